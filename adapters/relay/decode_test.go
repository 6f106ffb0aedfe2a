package relay_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/petrelops/petrel/adapters/relay"
	"github.com/petrelops/petrel/bot"
)

func TestDecodeText(t *testing.T) {
	for in, want := range map[string]string{
		"help":                      "help",
		"  @petrel:  help \n":       "help",
		"set “a b” on\nirene4000":   `set "a b" on irene4000`,
		"a\u202eb\x00c\u200b":       "abc",
		"petrel":                    "petrel",
		"caf\xc3":                   "caf\uFFFD",
		"petrel help\u2028and more": "help and more",
	} {
		if got := relay.DecodeText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestRender(t *testing.T) {
	r := bot.Reply{
		Execution: "6721f0a3c5d7e9b1a2c4d6e8", Status: bot.Failed, Title: "clary.node.status.set in 2s",
		Blocks: []bot.Block{
			bot.TextBlock("Two hosts failed."),
			{Fields: []bot.Field{{Name: "user", Value: "ann"}}},
			bot.TableBlock([]string{"host", "why"}, [][]string{{"n1", "gone"}}),
			{Code: "a\nb"},
			{Buttons: []bot.Button{{Label: "Run again", Command: "rerun 6721f0"}}},
		},
	}
	want := "failed: clary.node.status.set in 2s (6721f0a3c5d7e9b1a2c4d6e8)\nTwo hosts failed.\nuser: ann\nhost\twhy\nn1\tgone\n    a\n    b\nRun again: type rerun 6721f0"
	if got := relay.Rendered(r); got != want {
		t.Errorf("it reads\n%s\nwant\n%s", got, want)
	}
	if got := relay.Rendered(bot.Reply{}); got == "" {
		t.Error("a reply that says nothing has no text")
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"help", "@petrel help", "“x”", `{"type":"message","delivery":"d1","message":{"id":"m1"}}`, "a\u202eb\x85c"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		relay.DecodeEvent(raw)
		got := relay.DecodeText(string(raw))
		bad := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
		if !utf8.ValidString(got) || strings.ContainsFunc(got, bad) || strings.TrimSpace(got) != got {
			t.Errorf("%q decodes to %q", raw, got)
		}
	})
}
