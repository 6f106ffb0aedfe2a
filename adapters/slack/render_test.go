package slack_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

const execution = "6721f0a3c5d7e9b1a2c4d6e8"

// TestRender pins what people see: what they read as text, and the whole layout in the golden files.
func TestRender(t *testing.T) {
	buttons := bot.Block{Buttons: []bot.Button{{Label: "Cancel", Command: "cancel " + execution}, {Label: "Run again", Command: "rerun " + execution, Danger: true}}}
	for name, r := range map[string]bot.Reply{
		"running": {Execution: execution, Action: "clary.node.status.set", Status: bot.Running, Title: "clary.node.status.set", Blocks: []bot.Block{bot.TextBlock("3 of 10: irene4002"), buttons}},
		"succeeded": {Execution: execution, Status: bot.Succeeded, Title: "clary.node.status.get in 80ms", Blocks: []bot.Block{
			bot.TableBlock([]string{"host", "status", "note"}, [][]string{{"irene4000", "production", ""}, {"irene<4001>", "draining", "a & b"}}),
			bot.TableBlock([]string{"", ""}, [][]string{{"second", "table"}}),
			{Fields: []bot.Field{{Name: "node", Value: "irene4000"}, {Name: "empty"}}},
			{Code: "$ uptime\n  up 3 days"},
		}},
		"failed":  {Execution: execution, Status: bot.Failed, Title: "core.echo in 1s", Problem: true, Blocks: []bot.Block{bot.TextBlock("It did <not> work & <!channel> knows *nothing*.")}},
		"problem": bot.Problem("I do not know \"x\". Type help to see what can be typed."),
		"long":    {Execution: execution, Status: bot.Succeeded, Title: "long", Blocks: []bot.Block{{Code: strings.Repeat("line\n", 1000)}, {File: &bot.File{Name: "../a\u202e.csv", Content: []byte("x")}}, {File: &bot.File{Name: "a.csv", Content: []byte("y")}}}},
		"empty":   {},
	} {
		t.Run(name, func(t *testing.T) {
			got := slack.Render(r, "U0ANN")
			text, err := json.MarshalIndent(got, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "render", name+".json")
			if *update {
				if err := os.WriteFile(golden, append(text, '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(text)+"\n"); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// judge is the simulator as the judge of a message.
type judge struct{ sim *simslack.Server }

func newJudge(t *testing.T) judge {
	t.Helper()
	j := judge{simslack.New(t.Context(), simslack.Options{Unlimited: true, Ledger: io.Discard})}
	t.Cleanup(j.sim.Close)
	return j
}

// refuses returns why Slack would refuse the message, nothing when it would not.
func (j judge) refuses(r slack.Rendered) string {
	blocks, err := json.Marshal(r.Blocks)
	if err != nil {
		return err.Error()
	}
	form := url.Values{"token": {simslack.DefaultBotToken}, "channel": {"C0OPS"}, "text": {r.Text}, "blocks": {string(blocks)}}
	request := httptest.NewRequest(http.MethodPost, "/api/chat.postMessage", strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	adaptertest.Keep(*sent, j.sim).ServeHTTP(w, request)
	var answer struct {
		OK     bool
		Error  string
		Errors []string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || !answer.OK {
		return fmt.Sprint(answer.Error, answer.Errors, err)
	}
	return ""
}

// TestLimitsAreKept: no reply, however large or odd, becomes a message that Slack refuses, and all that it holds is in the message or
// in its files.
func TestLimitsAreKept(t *testing.T) {
	j := newJudge(t)
	odd := rapid.SampledFrom([]string{"", " ", "x", "<@U1> & <!here>", "\u202e\u200b", "💥", "a\nb\tc", "\x1b[31mred", "`*_~", "ß"})
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(odd.Draw(t, "text"), rapid.SampledFrom([]int{0, 1, 1, 1, 3, 74, 76, 500, 2999, 3001, 7000}).Draw(t, "times"))
	})
	block := rapid.Custom(func(t *rapid.T) bot.Block {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return bot.TextBlock(text.Draw(t, "text"))
		case 1:
			return bot.Block{Code: text.Draw(t, "code")}
		case 2:
			columns, rows := rapid.SampledFrom([]int{0, 1, 3, 20, 21}).Draw(t, "columns"), rapid.SampledFrom([]int{0, 1, 5, 99, 100, 101}).Draw(t, "rows")
			cell := odd.Draw(t, "cell")
			table := bot.Table{}
			for range columns {
				table.Columns = append(table.Columns, cell)
			}
			for range rows {
				table.Rows = append(table.Rows, table.Columns)
			}
			return bot.Block{Table: &table}
		case 3:
			var fields []bot.Field
			for range rapid.IntRange(0, 12).Draw(t, "fields") {
				fields = append(fields, bot.Field{Name: odd.Draw(t, "name"), Value: odd.Draw(t, "value")})
			}
			return bot.Block{Fields: fields}
		case 4:
			return bot.Block{File: &bot.File{Name: text.Draw(t, "name"), Content: []byte("x")}}
		}
		var buttons []bot.Button
		for range rapid.IntRange(0, 30).Draw(t, "buttons") {
			buttons = append(buttons, bot.Button{Label: text.Draw(t, "label"), Command: text.Draw(t, "command")})
		}
		return bot.Block{Buttons: buttons}
	})
	rapid.Check(t, func(t *rapid.T) {
		r := bot.Reply{
			Execution: odd.Draw(t, "execution"), Status: rapid.SampledFrom(append(bot.Statuses(), "")).Draw(t, "status"), Title: text.Draw(t, "title"),
			Blocks: rapid.SliceOfN(block, 0, 60).Draw(t, "blocks"),
		}
		got := slack.Render(r, rapid.SampledFrom([]string{"", "U0ANN", "not an id"}).Draw(t, "asker"))
		if why := j.refuses(got); why != "" {
			t.Fatalf("Slack refuses it: %s", why)
		}
		names := map[string]bool{}
		for _, f := range got.Files {
			if names[f.Name] || strings.ContainsAny(f.Name, `/\`) || f.Name == "" {
				t.Errorf("a file is named %q", f.Name)
			}
			names[f.Name] = true
		}
	})
}

// TestNothingIsLost: every word of a reply can be read in the message or in a file.
func TestNothingIsLost(t *testing.T) {
	var r bot.Reply
	var words []string
	word := func() string {
		words = append(words, fmt.Sprintf("word%05d.", len(words)))
		return words[len(words)-1]
	}
	r.Title = word()
	for range 30 {
		table := bot.Table{Columns: []string{word(), word()}}
		for range 40 {
			table.Rows = append(table.Rows, []string{word(), word()})
		}
		r.Blocks = append(r.Blocks, bot.TextBlock(word()), bot.Block{Code: word()}, bot.Block{Fields: []bot.Field{{Name: word(), Value: word()}}},
			bot.Block{Table: &table}, bot.Block{Buttons: []bot.Button{{Label: "x", Command: "run " + word() + strings.Repeat("y", 900)}}})
	}
	got := slack.Render(r, "")
	if why := newJudge(t).refuses(got); why != "" {
		t.Fatal(why)
	}
	text, err := json.Marshal(got.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	all := string(text)
	for _, f := range got.Files {
		all += string(f.Content)
	}
	for _, w := range words {
		if strings.Count(all, w) != 1 {
			t.Errorf("%s can be read %d times", w, strings.Count(all, w))
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add("title", "text", "code", "cell", "label")
	f.Add("\xff", "\x1b]0;x", "```", "<!channel>", "\u202e")
	sim := simslack.New(f.Context(), simslack.Options{Unlimited: true, Ledger: io.Discard})
	f.Cleanup(sim.Close)
	f.Fuzz(func(t *testing.T, title, text, code, cell, label string) {
		r := bot.Reply{Title: title, Blocks: []bot.Block{
			bot.TextBlock(text),
			{Code: code},
			bot.TableBlock([]string{cell}, [][]string{{cell, cell}, {}}),
			{Fields: []bot.Field{{Name: cell, Value: text}}},
			{Buttons: []bot.Button{{Label: label, Command: text}}},
			{File: &bot.File{Name: label, Content: []byte(code)}},
		}}
		if why := (judge{sim}).refuses(slack.Render(r, "")); why != "" {
			t.Errorf("Slack refuses it: %s", why)
		}
	})
}
