package layout_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/layout"
)

// pen notes what it is to draw, as far as that is no longer than its width.
type pen struct {
	width int
	wide  bool // it knows tables
	drawn []string
}

func (p *pen) draw(kind, text string) bool {
	if len(text) > p.width {
		return false
	}
	p.drawn = append(p.drawn, kind+": "+text)
	return true
}

func (p *pen) Text(text string) bool { return p.draw("text", text) }

func (p *pen) Code(code string) bool { return p.draw("code", code) }

func (p *pen) Fields(fields []bot.Field) bool { return p.draw("fields", fmt.Sprint(fields)) }

func (p *pen) Table(rows [][]string) bool { return p.wide && p.draw("table", fmt.Sprint(rows)) }

func TestDraw(t *testing.T) {
	table := bot.TableBlock([]string{"host", "up"}, [][]string{{"irene4000", "y\u202ees"}})
	fields := bot.Block{Fields: []bot.Field{{Name: " node\n", Value: "a\x1b[31m\r\nb"}, {Name: "empty"}}}
	for _, tt := range []struct {
		name  string
		block bot.Block
		pen   pen
		drawn string
		files []string
	}{
		{"text", bot.TextBlock("\n a\x1b[31m\r\nb \n"), pen{width: 20}, "text: a\nb", nil},
		{"text without room", bot.TextBlock("\n ab "), pen{width: 1}, "", []string{"text.txt: ab\n"}},
		{"no text", bot.TextBlock(" \n\u200b"), pen{}, "", nil},
		{"code", bot.Block{Code: "\n  a\n b\n\n"}, pen{width: 20}, "code:   a\n b", nil},
		{"code without room", bot.Block{Code: "\n  a\n"}, pen{width: 1}, "", []string{"output.txt:   a\n"}},
		{"no code", bot.Block{Code: " \n"}, pen{}, "", nil},
		{"fields", fields, pen{width: 40}, "fields: [{node a\nb} {empty }]", nil},
		{"fields without room", fields, pen{width: 1}, "", []string{"fields.txt: node: a\nb\nempty: \n"}},
		{"table", table, pen{width: 50, wide: true}, "table: [[host up] [irene4000 y\u202ees]]", nil},
		{"no tables", table, pen{width: 50}, "code: host       up\nirene4000  yes", nil},
		{"table without room", table, pen{width: 1, wide: true}, "", []string{"table.txt: host       up\nirene4000  yes\n"}},
		{"no headers", bot.TableBlock([]string{" "}, [][]string{{"x"}}), pen{width: 50}, "code: x", nil},
		{"no rows", bot.TableBlock(nil, nil), pen{}, "", nil},
		{"file", bot.Block{File: &bot.File{Name: "../a\u202e.csv", Content: []byte("x")}}, pen{}, "", []string{"a.csv: x"}},
		{"buttons", bot.Block{Buttons: []bot.Button{{Command: "x"}}}, pen{width: 20}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var files []string
			for _, f := range layout.Draw([]bot.Block{tt.block}, &tt.pen) {
				files = append(files, f.Name+": "+string(f.Content))
			}
			if got := strings.Join(tt.pen.drawn, "\n"); got != tt.drawn {
				t.Errorf("it draws %q, want %q", got, tt.drawn)
			}
			if diff := cmp.Diff(tt.files, files); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFileNames: files of one reply do not take each other's place.
func TestFileNames(t *testing.T) {
	file := bot.Block{File: &bot.File{Name: "text.txt"}}
	var names []string
	for _, f := range layout.Draw([]bot.Block{bot.TextBlock("long"), file, file}, &pen{}) {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"text.txt", "text-2.txt", "text-3.txt"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestButtons(t *testing.T) {
	got := layout.Buttons([]bot.Block{
		{Buttons: []bot.Button{{Label: " Run\nagain ", Command: "rerun\u200b x", Danger: true}, {Label: "nothing", Command: " \n"}}},
		bot.TextBlock("x"),
		{Buttons: []bot.Button{{Label: "\u200b", Command: "help"}}},
	})
	want := []bot.Button{{Label: "Run again", Command: "rerun x", Danger: true}, {Label: "help", Command: "help"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	typed := bot.Button{Label: "To maintenance", Command: "press 1a2b 3", Typed: "clary ensure irene1 maintenance fan"}
	wanted := []bot.Block{bot.TextBlock("Type this: help"), bot.TextBlock("Type this: clary ensure irene1 maintenance fan")}
	if diff := cmp.Diff(wanted, layout.Spare(append(got[1:], typed))); diff != "" {
		t.Error(diff)
	}
}

func TestTitle(t *testing.T) {
	for want, r := range map[string]bot.Reply{
		"a b":       {Title: " a\nb ", Action: "core.echo"},
		"core.echo": {Title: " \u200b", Action: "core.echo"},
		"":          {},
	} {
		if got := layout.Title(r); got != want {
			t.Errorf("the title of %+v is %q, want %q", r, got, want)
		}
	}
}

func TestLabel(t *testing.T) {
	for want, f := range map[string]bot.FormField{
		"Node":  {Name: "node", Label: " Node "},
		"node":  {Name: "node", Label: "\n"},
		"Value": {Name: "\u200b"},
	} {
		if got := layout.Label(f); got != want {
			t.Errorf("the label of %+v is %q, want %q", f, got, want)
		}
	}
}

// TestFields: what is required is asked about first, and the order stays.
func TestFields(t *testing.T) {
	fields := []bot.FormField{{Name: "a"}, {Name: "b", Required: true}, {Name: "c"}, {Name: "d", Required: true}, {Name: "e"}}
	var asked string
	got := layout.Fields(fields, func(f bot.FormField) bool {
		asked += f.Name
		return f.Name != "d" && len(asked) < 5
	})
	if want := []bot.FormField{fields[0], fields[1], fields[2]}; asked != "bdace" || !cmp.Equal(want, got) {
		t.Errorf("asked about %s it keeps %v", asked, got)
	}
}
