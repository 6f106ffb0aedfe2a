package console_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// replies are drawn in every style, into testdata/render/NAME.STYLE.golden.
var replies = map[string]bot.Reply{
	"answer": {Title: "Type a command, or help."},
	"problem": bot.Problem(`I do not know "clary node statsu".`,
		bot.TextBlock("Did you mean:"), bot.Block{Code: "clary node status get HOST\nclary node status set HOST STATUS"}),
	"title_only_action": {Execution: execution, Action: "core.noop", Status: bot.Succeeded},
	"failed":            {Execution: execution, Status: bot.Failed, Title: "clary.node.status.set: irene4003 refuses the move from failed to in_service", Blocks: []bot.Block{bot.TextBlock("Ask for the way with: clary status next failed")}},
	"living":            {Execution: execution, Status: bot.Running, Title: "clary.node.status.ensure irene[4000-4009] maintenance", Blocks: []bot.Block{bot.TextBlock("3 of 10 hosts")}},
	"id_in_title":       {Execution: execution, Status: bot.Delayed, Title: "Execution " + execution + " waits for irene4000"},
	"text": {Title: "Notes", Blocks: []bot.Block{
		bot.TextBlock("A paragraph that is longer than the narrow style and has to be broken into several lines, at spaces.\nA line of its own.\n\tSet in."),
		bot.TextBlock("節点は保守中です。節点は保守中です。節点は保守中です。節点は保守中です。"),
	}},
	"fields": {Status: bot.Succeeded, Title: "irene4000", Blocks: []bot.Block{{Fields: []bot.Field{
		{Name: "status", Value: "in_service"},
		{Name: "last comment", Value: "replaced the second power supply after it had tripped the breaker of the rack"},
		{Name: "節点", Value: "wide name"},
		{Name: "lines", Value: "first\nsecond"},
		{Name: "empty", Value: ""},
	}}}},
	"table": {Status: bot.Failed, Title: "9 of 10 hosts", Blocks: []bot.Block{bot.TableBlock(
		[]string{"host", "status", "note"},
		[][]string{
			{"irene4000", "maintenance", "was in_service"},
			{"irene4001", "failed", "Clary refuses: the node is held by rack_move since last night, ask the owner of the rack"},
			{"節点", "保守中", "wide runes"},
			{"short row"},
			{"", "", "", "one cell too many"},
		})}},
	"table_without_header": {Blocks: []bot.Block{bot.TableBlock([]string{"", ""}, [][]string{{"help", "List what can be typed."}, {"exit", "End."}})}},
	"code":                 {Title: "Playbook", Blocks: []bot.Block{{Code: "- hosts: all\n  tasks:\n\t- debug: msg=hi\n\n  # a very long line that is not wrapped even where the style is narrow, so that it can be copied\n"}}},
	"files": {Title: "Report", Blocks: []bot.Block{
		{File: &bot.File{Name: "small.txt", Content: make([]byte, 999)}},
		{File: &bot.File{Name: "report.csv", Content: make([]byte, 12_345)}},
		{File: &bot.File{Name: "dump.bin", Content: make([]byte, 2_500_000)}},
	}},
	"buttons": {Execution: execution, Status: bot.Pending, Title: "Waits for an approval", Blocks: []bot.Block{{Buttons: []bot.Button{
		{Label: "Approve", Command: "approve 6721f0a3c5d7"},
		{Label: "Reject", Command: "reject 6721f0a3c5d7", Danger: true},
		{Command: `comment irene4000 "hw swap"`},
	}}}},
	"hostile": {Status: bot.Succeeded, Title: "a\x1b]0;owned\x07b\x1b[2J\r\nc", Blocks: []bot.Block{
		bot.TextBlock("progress 10%\rprogress 20%\x1b[1A\nnext\u202eline \x1b]8;;http://x\x07link"),
		{Fields: []bot.Field{{Name: "n\n\x1b[31mame", Value: "v\x08\x08alue"}}},
		bot.TableBlock([]string{"c\tol"}, [][]string{{"two\nlines"}}),
		{Code: "\u009b31mred\nstill here"},
		{File: &bot.File{Name: "../../.ssh/authorized_keys\x1b[A"}},
		{Buttons: []bot.Button{{Label: "OK\x07", Command: "help\nexit"}}},
	}},
	"nothing": {},
}

func TestRender(t *testing.T) {
	styles := map[string]console.Style{"plain": {}, "narrow": {Width: 40}, "color": {Width: 80, Color: true}}
	for name, r := range replies {
		for kind, style := range styles {
			t.Run(name+"/"+kind, func(t *testing.T) {
				got := console.Render(r, style)
				path := filepath.Join("testdata", "render", name+"."+kind+".golden")
				if *update {
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", path, diff)
				}
			})
		}
	}
}

// TestColorAddsOnlyColor proves that no word hangs on colour.
func TestColorAddsOnlyColor(t *testing.T) {
	for name, r := range replies {
		plain, colored := console.Render(r, console.Style{Width: 60}), console.Render(r, console.Style{Width: 60, Color: true})
		if diff := cmp.Diff(plain, ansi.Strip(colored)); diff != "" {
			t.Errorf("%s (-plain +colored):\n%s", name, diff)
		}
	}
}

// TestEveryStatusHasItsWord draws each status, so that a new one cannot be forgotten.
func TestEveryStatusHasItsWord(t *testing.T) {
	for _, status := range bot.Statuses() {
		got := console.Render(bot.Reply{Status: status, Title: "t"}, console.Style{})
		if want := string(status) + "  t\n"; got != want {
			t.Errorf("%s: %q, want %q", status, got, want)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add("title", "a\x1b[31mb\nc", 40)
	f.Add("\x1b]0;x\x07", "節点 \u0085 \xff\t|", 9)
	f.Add("", "\x1b\x1b[\u009d", 0)
	f.Add("", " 00000000000000000000000000\uFFFD00000000", 35) // a long word behind a space
	f.Fuzz(func(t *testing.T, title, text string, width int) {
		if width < 0 || width > 500 || len(text) > 10_000 {
			t.Skip()
		}
		r := bot.Reply{Title: title, Status: bot.Failed, Execution: text, Blocks: []bot.Block{
			bot.TextBlock(text),
			{Fields: []bot.Field{{Name: title, Value: text}}},
			bot.TableBlock([]string{title, "b"}, [][]string{{text, title}, {text}, {text, text, text}}),
			{Code: text},
			{File: &bot.File{Name: text}},
			{Buttons: []bot.Button{{Label: title, Command: text}}},
		}}
		got := console.Render(r, console.Style{Width: width})
		bad := func(r rune) bool {
			return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
		}
		if i := strings.IndexFunc(got, bad); i >= 0 {
			t.Errorf("%q has a control character at byte %d", got, i)
		}
		if width < 20 {
			return
		}
		wrapped := console.Render(bot.Reply{Blocks: []bot.Block{bot.TextBlock(text)}}, console.Style{Width: width})
		for l := range strings.Lines(wrapped) {
			if w := lipgloss.Width(strings.TrimSuffix(l, "\n")); w > width {
				t.Errorf("%q is %d columns wide, want at most %d", l, w, width)
			}
		}
	})
}

func BenchmarkRenderTable(b *testing.B) {
	var rows [][]string
	for range 10_000 {
		rows = append(rows, []string{"irene4000", "maintenance", "was in_service"})
	}
	r := bot.Reply{Blocks: []bot.Block{bot.TableBlock([]string{"host", "status", "note"}, rows)}}
	for b.Loop() {
		console.Render(r, console.Style{Width: 30})
	}
}
