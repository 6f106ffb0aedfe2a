package markup_test

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/petrelops/petrel/internal/markup"
)

type sample struct{ name, in, want string }

func check(t *testing.T, decode func(string) string, samples []sample) {
	t.Helper()
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			if got := decode(s.in); got != s.want {
				t.Errorf("%q becomes %q, want %q", s.in, got, s.want)
			}
		})
	}
}

func TestTrimName(t *testing.T) {
	check(t, func(s string) string { return markup.TrimName(s, "Petrel") }, []sample{
		{"mention", "@petrel help", "help"},
		{"name", "petrel help", "help"},
		{"letter case", "PETREL help", "help"},
		{"colon", "petrel: help", "help"},
		{"comma", "@Petrel,  help clary", "help clary"},
		{"line end", "petrel:\nhelp", "help"},
		{"blank before", " petrel help ", "help "},
		{"once", "petrel petrel help", "petrel help"},
		{"nothing else", "petrel", "petrel"},
		{"nothing but blanks", "petrel: ", "petrel: "},
		{"longer word", "petrels help", "petrels help"},
		{"colon within", "petrel:help", "petrel:help"},
		{"two colons", "petrel:: help", "petrel:: help"},
		{"shorter word", "petre help", "petre help"},
		{"later", "help petrel now", "help petrel now"},
		{"plain", "help", "help"},
		{"empty", "", ""},
	})
}

func TestTrimNameOfAnyKind(t *testing.T) {
	for _, tt := range []struct{ text, name, want string }{
		{"@U024BE7LH help", "U024BE7LH", "help"},
		{"Sturmvögel: help", "sturmvögel", "help"},
		{"@ help", "", "@ help"},
		{"\xff\xff\xff help", "\uFFFD", "\xff\xff\xff help"},
	} {
		if got := markup.TrimName(tt.text, tt.name); got != tt.want {
			t.Errorf("TrimName(%q, %q) = %q, want %q", tt.text, tt.name, got, tt.want)
		}
	}
}

// TestLine: the steps are done in an order in which none hides a mark from another.
func TestLine(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		platform   func(string) string
		bot, want  string
	}{
		{"Slack", "\u201cset\u201d `<http://irene4000.x|irene4000.x>`\n<@U1> &amp; up ", markup.Slack, "", "\"set\" irene4000.x @U1 & up"},
		{"Discord", "``set irene4000``\n<@!1> &amp; up ", markup.Discord, "", "set irene4000 @1 &amp; up"},
		{"hidden characters", "set\u200b \u202eirene4000", markup.Slack, "", "set irene4000"},
		{"nothing", " \n", markup.Slack, "", "help"},
		{"nothing that can be seen", "\u200b", markup.Discord, "Petrel", "help"},
		{"name", "`@petrel: set x`", markup.Discord, "Petrel", "set x"},
		{"name alone", "@PETREL", markup.Slack, "petrel", "help"},
		{"name in a channel", "petrel set x", markup.Slack, "", "petrel set x"},
		{"name alone in a channel", "petrel", markup.Slack, "", "petrel"},
		{"no name", "@", markup.Slack, "", "@"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := markup.Line(tt.text, tt.platform, tt.bot); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// TestTwice: decoding what was typed in the usual way changes nothing more. It cannot hold for every text: what is an escape or
// a code mark within another one shows only after the outer one has gone.
func TestTwice(t *testing.T) {
	text := "@petrel page <@U1> <@12> in <#C1|ops> a &amp; b `irene4000` <http://x.y|x.y> </a b:1> \"`date`\""
	for name, decode := range decoders {
		once := decode(text)
		if twice := decode(once); twice != once || once == text {
			t.Errorf("%s: %q becomes %q, then %q", name, text, once, twice)
		}
	}
}

// decoders are the functions of the package, with a name for TrimName.
var decoders = map[string]func(string) string{
	"Slack":    markup.Slack,
	"Discord":  markup.Discord,
	"Code":     markup.Code,
	"TrimName": func(s string) string { return markup.TrimName(s, "petrel") },
}

// TestLinear: nothing that is repeated over half a megabyte makes a decoder slow. The deadline is far above the time that is needed
// and far below that of anything quadratic.
func TestLinear(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, part := range hostile {
		text := strings.Repeat(part, 1<<19/len(part))
		for name, decode := range decoders {
			if decode(text); ctx.Err() != nil {
				t.Fatalf("%s of many %q took too long", name, part)
			}
		}
	}
}

// hostile are parts that invite a decoder to look for an end which does not come, or to come back.
var hostile = []string{
	"<", "<>", "<@", "<<@U1>", "<http://", "<http://x|", "<a:", "&", "&amp;", "&amp", "`", "` ", "`` `", "`` ` ``` \" '", "`a`b ",
	"\"", " \"\\", " \\\"", "\\", "' \"", "```\n", " `", "` `` ", "@petrel ", "\n", "<\n",
}

func BenchmarkHostile(b *testing.B) {
	for name, decode := range decoders {
		b.Run(name, func(b *testing.B) {
			text := strings.Repeat(strings.Join(hostile, ""), 400)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				decode(text)
			}
		})
	}
}

func FuzzDecoders(f *testing.F) {
	for _, seed := range append(hostile,
		"page <@U1|ann> <#C1|ops> <!subteam^S1|@ops> <http://x.y|x.y> <mailto:a@b.c|a@b.c> &amp;lt;",
		"<@!1> <@&1> <:a:1> </a b:1> <t:1:R>", "```sh\nrun `date`\n``` ``a`b`` x", "run \"`date`\" 'a`", "petrel: help", "\xff<@U\xff>`\xff",
	) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, decode := range decoders {
			got := decode(text)
			if len(got) > len(text) {
				t.Errorf("%s made %q longer: %q", name, text, got)
			}
			if utf8.ValidString(text) && !utf8.ValidString(got) {
				t.Errorf("%s of %q is not UTF-8: %q", name, text, got)
			}
			if strings.TrimSpace(text) != "" && strings.TrimSpace(got) == "" {
				t.Errorf("%s left nothing of %q", name, text)
			}
			if !strings.ContainsAny(text, "<&`") && name != "TrimName" && got != text {
				t.Errorf("%s changed %q, which has no markup, to %q", name, text, got)
			}
		}
	})
}
