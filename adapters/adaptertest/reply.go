package adaptertest

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
)

// Texts draws texts that are one of odd, so many times over.
func Texts(odd []string, times ...int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(rapid.SampledFrom(odd).Draw(t, "text"), rapid.SampledFrom(times).Draw(t, "times"))
	})
}

// Replies draws replies of any size whose every word is one of the texts.
func Replies(text *rapid.Generator[string]) *rapid.Generator[bot.Reply] {
	block := blocks(text)
	return rapid.Custom(func(t *rapid.T) bot.Reply {
		return bot.Reply{
			Execution: text.Draw(t, "execution"), Status: rapid.SampledFrom(append(bot.Statuses(), "")).Draw(t, "status"), Title: text.Draw(t, "title"),
			Blocks: rapid.SliceOfN(block, 0, 60).Draw(t, "blocks"),
		}
	})
}

func blocks(text *rapid.Generator[string]) *rapid.Generator[bot.Block] {
	return rapid.Custom(func(t *rapid.T) bot.Block {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return bot.TextBlock(text.Draw(t, "text"))
		case 1:
			return bot.Block{Code: text.Draw(t, "code")}
		case 2:
			cell := text.Draw(t, "cell")
			cell = cell[:min(len(cell), 40)]
			table := bot.Table{}
			for range rapid.SampledFrom([]int{0, 1, 3, 6, 20, 21}).Draw(t, "columns") {
				table.Columns = append(table.Columns, cell)
			}
			for range rapid.SampledFrom([]int{0, 1, 5, 60, 99, 100, 101}).Draw(t, "rows") {
				table.Rows = append(table.Rows, table.Columns)
			}
			return bot.Block{Table: &table}
		case 3:
			var fields []bot.Field
			for range rapid.IntRange(0, 12).Draw(t, "fields") {
				fields = append(fields, bot.Field{Name: text.Draw(t, "name"), Value: text.Draw(t, "value")})
			}
			return bot.Block{Fields: fields}
		case 4:
			return bot.Block{File: &bot.File{Name: text.Draw(t, "name"), Content: []byte(text.Draw(t, "content"))}}
		}
		var buttons []bot.Button
		for range rapid.IntRange(0, 60).Draw(t, "buttons") {
			buttons = append(buttons, bot.Button{Label: text.Draw(t, "label"), Command: text.Draw(t, "command")})
		}
		return bot.Block{Buttons: buttons}
	})
}

// FormFields draws fields of forms whose every word is one of the texts.
func FormFields(text *rapid.Generator[string]) *rapid.Generator[bot.FormField] {
	return rapid.Custom(func(t *rapid.T) bot.FormField {
		options := rapid.SampledFrom([]int{0, 0, 0, 1, 3, 30}).Draw(t, "options")
		return bot.FormField{
			Name: text.Draw(t, "name"), Label: text.Draw(t, "label"), Help: text.Draw(t, "help"), Default: text.Draw(t, "default"),
			Type:   rapid.SampledFrom([]string{"", "string", "integer", "number", "boolean", "array", "object", "null", "odd"}).Draw(t, "type"),
			Format: rapid.SampledFrom([]string{"", "date", "date-time"}).Draw(t, "format"), Options: rapid.SliceOfN(text, options, options).Draw(t, "options"),
			Required: rapid.Bool().Draw(t, "required"), Secret: rapid.IntRange(0, 9).Draw(t, "secret") == 0, Live: rapid.Bool().Draw(t, "live"),
		}
	})
}

// BadFileName returns a name among those of a reply's files that another has too or that is none, and whether there is one.
func BadFileName(files []bot.File) (name string, bad bool) {
	seen := map[string]bool{}
	for _, f := range files {
		if seen[f.Name] || f.Name == "" || strings.ContainsAny(f.Name, `/\`) {
			return f.Name, true
		}
		seen[f.Name] = true
	}
	return "", false
}

// NothingIsLost checks that every word of a reply of so many parts, for which a message has too little room, can be read once in what
// show returns: the text of the message and of its files.
func NothingIsLost(t *testing.T, parts int, show func(r bot.Reply) string) {
	t.Helper()
	var r bot.Reply
	var words []string
	word := func() string {
		words = append(words, fmt.Sprintf("word%05dx", len(words)))
		return words[len(words)-1]
	}
	r.Title = word()
	for range parts {
		table := bot.Table{Columns: []string{word(), word()}}
		for range 60 {
			table.Rows = append(table.Rows, []string{word(), word()})
		}
		r.Blocks = append(r.Blocks, bot.TextBlock(word()), bot.Block{Code: word()}, bot.Block{Fields: []bot.Field{{Name: word(), Value: word()}}},
			bot.Block{Table: &table}, bot.Block{Buttons: []bot.Button{{Label: "x", Command: "run " + word() + strings.Repeat("y", 400)}}})
	}
	all := show(r)
	for _, w := range words {
		if n := strings.Count(all, w); n != 1 {
			t.Errorf("%s can be read %d times", w, n)
		}
	}
}

// OddReply is a reply of every kind of block, for fuzzing.
func OddReply(title, text, code, cell, label string) bot.Reply {
	return bot.Reply{Title: title, Blocks: []bot.Block{
		bot.TextBlock(text),
		{Code: code},
		bot.TableBlock([]string{cell}, [][]string{{cell, cell}, {}}),
		{Fields: []bot.Field{{Name: cell, Value: text}}},
		{Buttons: []bot.Button{{Label: label, Command: text}}},
		{File: &bot.File{Name: label, Content: []byte(code)}},
	}}
}
