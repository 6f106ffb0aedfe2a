package console_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/petrelops/petrel/adapters/console"
)

func TestDecode(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "clary node status get irene4000", "clary node status get irene4000"},
		{"spaces around", "  help \r", "help"},
		{"inner spaces stay", `comment "a  b"`, `comment "a  b"`},
		{"tab", "help\tclary", "help clary"},
		{"carriage return inside", "help\rclary", "help clary"},
		{"pasted lines", "help\nclary", "help clary"},
		{"invalid UTF-8", "a\xff\xfeb", "a\uFFFDb"},
		{"cut rune", "caf\xc3", "caf\uFFFD"},
		{"control characters", "a\x00b\x07c\x7fd", "abcd"},
		{"colour", "\x1b[1;31mred\x1b[0m text", "red text"},
		{"title, closed by bell", "a\x1b]0;owned\x07b", "ab"},
		{"title, closed by string end", "a\x1b]0;owned\x1b\\b", "ab"},
		{"title, not closed", "a\x1b]0;owned", "a"},
		{"device string", "a\x1bP1$r\x1b\\b", "ab"},
		{"8-bit colour", "a\u009b31mb", "ab"},
		{"bracketed paste", "\x1b[200~help clary\x1b[201~", "help clary"},
		{"lone escape", "a\x1b", "a"},
		{"smart double quotes", "“hw swap” „x‟", `"hw swap" "x"`},
		{"smart single quotes", "‘hw’ ‚swap‛", "'hw' 'swap'"},
		{"non-breaking spaces", "a\u00a0b\u202fc\u3000d", "a b c d"},
		{"zero width", "ir\u200bene\u200d40\ufeff00\u00ad", "irene4000"},
		{"bidirectional override", "a\u202eb\u2066c\u2069", "abc"},
		{"line separator", "a\u2028b", "a b"},
		{"wide and accented letters stay", "kommentar größe 節点 ☕", "kommentar größe 節点 ☕"},
		{"nothing", " \t\x1b[0m ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := console.Decode([]byte(tt.in)); got != tt.want {
				t.Errorf("Decode(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// TestCopies: a line may be a copy of what a chat platform sent, and may call the bot by its name.
func TestCopies(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"Slack", "page <@U1> in <#C1|ops> about <http://x.y|x.y> &amp;&amp; more", "page @U1 in #ops about x.y && more"},
		{"Discord", "page <@!1> in <#2> about <https://x.y> </a b:3>", "page @1 in #2 about https://x.y /a b"},
		{"escaped token of Slack's", "say &lt;@12&gt;", "say <@12>"},
		{"code", "clary set `irene4000` draining", "clary set irene4000 draining"},
		{"block", "``` help clary ```", "help clary"},
		{"smart quotes around a shell command", "run “echo `date`”", "run \"echo `date`\""},
		{"name", "@petrel help", "help"},
		{"name before code", "Petrel: `help`", "help"},
		{"name within code", "`petrel help`", "help"},
		{"name alone", "petrel", "petrel"},
		{"a channel is no comment", "<#C1|ops> help", "#ops help"},
		{"white space of a label", "<#C1|ops\u2003> ", "#ops"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got := run(t, tt.line+"\n", console.Options{}, toParrot)
			if want := "console:user said " + tt.want + "\n"; got != want {
				t.Errorf("%q: output %q, want %q", tt.line, got, want)
			}
		})
	}
}

func TestNameIsAnOption(t *testing.T) {
	_, got := run(t, "gannet: help\npetrel: help\n", console.Options{Name: "gannet", Echo: true}, toParrot)
	want := "> gannet: help\nconsole:user said help\n> petrel: help\nconsole:user said petrel: help\n"
	if got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"help", "a\x1b]0;t\x07b", "\x1b[200~x\x1b[201~", "\u009b31m", "“x”", "\xff\x1b[\x1b[", "a\u202eb\u0085c", "\x1bP\x18x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := console.Decode(raw)
		if !utf8.ValidString(got) {
			t.Errorf("%q is not UTF-8", got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }); i >= 0 {
			t.Errorf("%q has a control character at byte %d", got, i)
		}
		if strings.TrimSpace(got) != got {
			t.Errorf("%q has spaces around it", got)
		}
		if again := console.Decode([]byte(got)); again != got {
			t.Errorf("decoding %q again gives %q", got, again)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	raw := []byte(strings.Repeat("irene[4000-4009]“\x1b[1m\u200b", 2000))
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		console.Decode(raw)
	}
}
