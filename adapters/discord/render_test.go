package discord_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/adapters/adaptertest"
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
			adaptertest.Golden(t, *update, filepath.Join("testdata", "render", name+".json"), bytes.TrimRight(text.Bytes(), "\n"))
		})
	}
}

// refuses returns why Discord would refuse the reply as a message, nothing when it would not.
func refuses(r discord.Rendered) string {
	body, err := json.Marshal(map[string]any{"content": r.Content, "embeds": r.Embeds, "components": r.Components})
	if err != nil {
		return err.Error()
	}
	if name, bad := adaptertest.BadFileName(r.Files); bad {
		return fmt.Sprintf("a file is named %q", name)
	}
	size := 0
	for _, f := range r.Files {
		size += len(f.Content)
	}
	if size > 25<<20 {
		return fmt.Sprintf("the files have %d bytes", size)
	}
	return strings.Join(simdiscord.CheckMessage(body, len(r.Files), false), "; ")
}

// drawText draws texts that are long, empty, hidden or markup.
func drawText() *rapid.Generator[string] {
	return adaptertest.Texts([]string{"", " ", "x", "<@1> & @everyone", "\u202e\u200b", "💥", "a\nb\tc", "\x1b[31mred", "`*_~|>#", "```", "1.", "ß", "[a](https://b.c)"},
		0, 1, 1, 1, 3, 25, 44, 46, 80, 99, 101, 255, 257, 1999, 2499, 2501, 4097)
}

// TestLimitsAreKept: no reply, however large or odd, becomes a message that Discord refuses.
func TestLimitsAreKept(t *testing.T) {
	replies := adaptertest.Replies(drawText())
	rapid.Check(t, func(t *rapid.T) {
		r := replies.Draw(t, "reply")
		if why := refuses(discord.Render(r, rapid.SampledFrom([]string{"", simdiscord.Ann, "not an id"}).Draw(t, "asker"))); why != "" {
			t.Fatalf("Discord refuses it: %s", why)
		}
	})
}

// TestFormLimitsAreKept: no form, however large or odd, becomes one that Discord refuses, and none shows a secret.
func TestFormLimitsAreKept(t *testing.T) {
	text := drawText()
	field := adaptertest.FormFields(text)
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
	adaptertest.NothingIsLost(t, 4, func(r bot.Reply) string {
		got := discord.Render(r, "")
		if why := refuses(got); why != "" {
			t.Fatal(why)
		}
		all := got.Embeds[0].Title + got.Embeds[0].Description
		for _, f := range got.Files {
			all += string(f.Content)
		}
		return all
	})
}

func FuzzRender(f *testing.F) {
	f.Add("title", "text", "code", "cell", "label")
	f.Add("\xff", "\x1b]0;x", "```", "@everyone", "\u202e")
	f.Fuzz(func(t *testing.T, title, text, code, cell, label string) {
		if why := refuses(discord.Render(adaptertest.OddReply(title, text, code, cell, label), "")); why != "" {
			t.Errorf("Discord refuses it: %s", why)
		}
	})
}
