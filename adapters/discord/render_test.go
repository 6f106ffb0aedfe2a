package discord_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// TestRender pins how replies and forms look to Discord.
func TestRender(t *testing.T) {
	buttons := bot.Block{Buttons: []bot.Button{{Label: "Cancel", Command: "cancel " + execution}, {Label: "Run again", Command: "rerun " + execution, Danger: true}}}
	full, ok := discord.RenderForm(form())
	if !ok {
		t.Fatal("the form cannot be shown")
	}
	show := func(r bot.Reply) any { return discord.Render(r, "") }
	for name, shown := range map[string]any{
		"running": show(bot.Reply{Execution: execution, Action: "clary.node.status.set", Status: bot.Running, Blocks: []bot.Block{bot.TextBlock("3 of 10: irene4002"), buttons}}),
		"succeeded": show(bot.Reply{Execution: execution, Status: bot.Succeeded, Title: "clary.node.status.get in 80ms", Blocks: []bot.Block{
			bot.TableBlock([]string{"host", "status", "note"}, [][]string{{"irene4000", "production", ""}, {"irene<4001>", "draining", "a & b"}}),
			{Fields: []bot.Field{{Name: "node", Value: "irene4000"}, {Name: "empty"}}},
			{Code: "$ uptime\n  up 3 days"},
		}}),
		"failed":  show(bot.Reply{Execution: execution, Status: bot.Failed, Title: "core.echo in 1s", Problem: true, Blocks: []bot.Block{bot.TextBlock("It did <@1> *not* work, see https://example.com/a_b and 1. <#2> ||x|| @everyone")}}),
		"problem": show(bot.Problem("I do not know \"x\". Type help to see what can be typed.")),
		"long":    show(bot.Reply{Execution: execution, Status: bot.Succeeded, Title: "long", Blocks: []bot.Block{{Code: strings.Repeat("line\n", 501)}, {File: &bot.File{Name: "../a\u202e.csv", Content: []byte("x")}}, {File: &bot.File{Name: "a.csv", Content: []byte("y")}}}}),
		"empty":   show(bot.Reply{}),
		"many":    show(question()),
		"asked":   discord.Render(bot.Reply{Title: "Done."}, simdiscord.Ann),
		"form":    full,
	} {
		t.Run(name, func(t *testing.T) {
			var text bytes.Buffer
			e := json.NewEncoder(&text)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(shown); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text.String(), "never shown") {
				t.Error("a secret can be read")
			}
			golden(t, filepath.Join("testdata", "render", name+".json"), bytes.TrimRight(text.Bytes(), "\n"))
		})
	}
}

// refuses returns why Discord would refuse the reply as a message, nothing when it would not.
func refuses(r discord.Rendered) string {
	body, err := json.Marshal(map[string]any{"content": r.Content, "embeds": r.Embeds, "components": r.Components})
	if err != nil {
		return err.Error()
	}
	size := 0
	names := map[string]bool{}
	for _, f := range r.Files {
		size += len(f.Content)
		if names[f.Name] || f.Name == "" || strings.ContainsAny(f.Name, `/\`) {
			return fmt.Sprintf("a file is named %q", f.Name)
		}
		names[f.Name] = true
	}
	if size > 25<<20 {
		return fmt.Sprintf("the files have %d bytes", size)
	}
	return strings.Join(simdiscord.CheckMessage(body, len(r.Files), false), "; ")
}

// drawText draws texts that are long, empty, hidden or markup.
func drawText() *rapid.Generator[string] {
	odd := rapid.SampledFrom([]string{"", " ", "x", "<@1> & @everyone", "\u202e\u200b", "💥", "a\nb\tc", "\x1b[31mred", "`*_~|>#", "```", "1.", "ß", "[a](https://b.c)"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(odd.Draw(t, "text"), rapid.SampledFrom([]int{0, 1, 1, 1, 3, 25, 44, 46, 80, 99, 101, 255, 257, 1999, 2499, 2501, 4097}).Draw(t, "times"))
	})
}

// TestLimitsAreKept: no reply, however large or odd, becomes a message that Discord refuses.
func TestLimitsAreKept(t *testing.T) {
	text := drawText()
	block := rapid.Custom(func(t *rapid.T) bot.Block {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return bot.TextBlock(text.Draw(t, "text"))
		case 1:
			return bot.Block{Code: text.Draw(t, "code")}
		case 2:
			table := bot.Table{}
			cell := text.Draw(t, "cell")
			for range rapid.IntRange(0, 6).Draw(t, "columns") {
				table.Columns = append(table.Columns, cell[:min(len(cell), 40)])
			}
			for range rapid.IntRange(0, 60).Draw(t, "rows") {
				table.Rows = append(table.Rows, table.Columns)
			}
			return bot.Block{Table: &table}
		case 3:
			var fields []bot.Field
			for range rapid.IntRange(0, 30).Draw(t, "fields") {
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
	rapid.Check(t, func(t *rapid.T) {
		r := bot.Reply{
			Execution: text.Draw(t, "execution"), Status: rapid.SampledFrom(append(bot.Statuses(), "")).Draw(t, "status"), Title: text.Draw(t, "title"),
			Blocks: rapid.SliceOfN(block, 0, 30).Draw(t, "blocks"),
		}
		if why := refuses(discord.Render(r, rapid.SampledFrom([]string{"", simdiscord.Ann, "not an id"}).Draw(t, "asker"))); why != "" {
			t.Fatalf("Discord refuses it: %s", why)
		}
	})
}

// TestFormLimitsAreKept: no form, however large or odd, becomes one that Discord refuses, and none shows a secret.
func TestFormLimitsAreKept(t *testing.T) {
	text := drawText()
	field := rapid.Custom(func(t *rapid.T) bot.FormField {
		return bot.FormField{
			Name: text.Draw(t, "name"), Label: text.Draw(t, "label"), Help: text.Draw(t, "help"), Default: text.Draw(t, "default"),
			Type:    rapid.SampledFrom([]string{"", "string", "integer", "boolean", "array", "object", "odd"}).Draw(t, "type"),
			Options: rapid.SliceOfN(text, 0, 30).Draw(t, "options"), Required: rapid.Bool().Draw(t, "required"), Secret: rapid.IntRange(0, 9).Draw(t, "secret") == 0,
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		f := bot.Form{Title: text.Draw(t, "title"), Command: text.Draw(t, "command"), Fields: rapid.SliceOfN(field, 0, 8).Draw(t, "fields")}
		shown, ok := discord.RenderForm(f)
		if !ok {
			return
		}
		body, err := json.Marshal(shown)
		if err != nil {
			t.Fatal(err)
		}
		if why := simdiscord.CheckForm(body); len(why) > 0 {
			t.Fatalf("Discord refuses it: %s", why)
		}
	})
}

// TestNothingIsLost: every word of a reply can be read in the message or in a file.
func TestNothingIsLost(t *testing.T) {
	var r bot.Reply
	var words []string
	word := func() string {
		words = append(words, fmt.Sprintf("word%05dx", len(words)))
		return words[len(words)-1]
	}
	r.Title = word()
	for range 4 {
		table := bot.Table{Columns: []string{word(), word()}}
		for range 60 {
			table.Rows = append(table.Rows, []string{word(), word()})
		}
		r.Blocks = append(r.Blocks, bot.TextBlock(word()), bot.Block{Code: word()}, bot.Block{Fields: []bot.Field{{Name: word(), Value: word()}}},
			bot.Block{Table: &table}, bot.Block{Buttons: []bot.Button{{Label: "x", Command: "run " + word() + strings.Repeat("y", 90)}}})
	}
	got := discord.Render(r, "")
	if why := refuses(got); why != "" {
		t.Fatal(why)
	}
	all := got.Embeds[0].Title + got.Embeds[0].Description
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
	f.Add("\xff", "\x1b]0;x", "```", "@everyone", "\u202e")
	f.Fuzz(func(t *testing.T, title, text, code, cell, label string) {
		r := bot.Reply{Title: title, Blocks: []bot.Block{
			bot.TextBlock(text),
			{Code: code},
			bot.TableBlock([]string{cell}, [][]string{{cell, cell}, {}}),
			{Fields: []bot.Field{{Name: cell, Value: text}}},
			{Buttons: []bot.Button{{Label: label, Command: text}}},
			{File: &bot.File{Name: label, Content: []byte(code)}},
		}}
		if why := refuses(discord.Render(r, "")); why != "" {
			t.Errorf("Discord refuses it: %s", why)
		}
	})
}
