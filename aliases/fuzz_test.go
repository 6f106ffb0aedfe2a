package aliases_test

import (
	"testing"
	"unicode/utf8"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
)

// fuzzFormats are seeds: one of each construct, and what is refused.
var fuzzFormats = []string{
	"", "run {{cmd}}", "run {{cmd}}( on {{host=h0}})?", `{{ a = "x" }} {{b='y'}} {{c={"d": 1}}}`, "{{a=1}}{{b=2}}", "{{x=}}",
	"(?i)^a$", "(?i:a)|b", `\bfoo\B`, "[^a-z]{2,3}?", "a**", "(?P<n>.*?)(?P<m>.*)", "x++y", "(a|^b)*", "((a?)*)*", "(?x: a # b\n)",
	`\101\x41\u0041\1`, "(?<=a)(?!b)", "(?>a)", "{{a}}={{b}}", "{,2}", "a{,2}", "(((", "[", "\\", "{{", "}}", "a{1000}{1000}",
}

var fuzzTexts = []string{
	"", " ", "run date on h1", `run "a b" k=v k="v w" j={"a": 1}`, "a==b a==b \"", "x=\"", "\x00\xff", "“run” date", "a\nb\n", "k = v",
}

// FuzzCompileFormat: no format makes the compiler panic or produce a program over its caps, and a refusal says where and what.
func FuzzCompileFormat(f *testing.F) {
	for _, s := range fuzzFormats {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, format string) {
		_, problems := aliases.Compile([]*aliases.Alias{command("p.a", format)}, aliases.Options{})
		if len(problems) > 1 {
			t.Fatalf("one format, problems %+v", problems)
		}
		_, err := aliases.ParseFormat(format, format, false)
		if refused := bot.ErrorCode(err) == bot.CodeInvalid; refused != (len(problems) == 1) {
			t.Fatalf("Compile says %+v, ParseFormat says %v", problems, err)
		}
		for _, p := range problems {
			if p.Text == "" || p.Offset < 0 || p.Offset > len(format) {
				t.Fatalf("a problem without a place or a text: %+v", p)
			}
		}
	})
}

// FuzzMatch: the index, which reads forwards, and the parser, which reads backwards, agree on who matches and on the values; the
// result is the same with a table that is emptied all the time; values are pieces of the text.
func FuzzMatch(f *testing.F) {
	for i, s := range fuzzFormats {
		f.Add(s, fuzzFormats[(i+1)%len(fuzzFormats)], fuzzTexts[i%len(fuzzTexts)])
	}
	f.Fuzz(func(t *testing.T, one, two, text string) {
		if len(one)+len(two) > 500 || len(text) > 5000 {
			t.Skip("a long input only makes the fuzzer slow")
		}
		agree(t, []string{one, two}, text)
	})
}

// agree compares the index over some formats with the formats alone.
func agree(t *testing.T, formats []string, text string) {
	t.Helper()
	index, _ := aliases.Compile([]*aliases.Alias{command("p.a", formats...)}, aliases.Options{})
	tight, _ := aliases.Compile([]*aliases.Alias{command("p.a", formats...)}, aliases.Options{CacheBytes: 1})
	var matching []int
	for i, format := range formats {
		if params, err := aliases.ParseFormat(format, text, false); err == nil {
			matching = append(matching, i)
			pieces(t, params[0], text)
		}
	}
	got := index.Match(text)
	if (len(got.Matches) == 1) != (len(matching) > 0) {
		t.Fatalf("formats %q, text %q: the index says %s, alone these match: %v", formats, text, told(got), matching)
	}
	if told(got) != told(tight.Match(text)) {
		t.Fatalf("formats %q, text %q: with a small table %s, else %s", formats, text, told(tight.Match(text)), told(got))
	}
	for _, m := range got.Matches {
		params, err := aliases.ParseFormat(formats[m.Format], text, false)
		if err != nil {
			t.Fatalf("%q wins for %q, but alone it says %v", formats[m.Format], text, err)
		}
		for name, value := range params[0] {
			if in, ok := m.Params[name]; ok != (value != nil) || ok && in != *value {
				t.Fatalf("%q for %q: %s is %q in the index, %v alone", formats[m.Format], text, name, in, value)
			}
		}
	}
}

// pieces checks that values hold nothing that nobody wrote.
func pieces(t *testing.T, params aliases.Params, text string) {
	t.Helper()
	for name, value := range params {
		if value != nil && utf8.ValidString(text) && !utf8.ValidString(*value) {
			t.Fatalf("%s is %q, which cuts a character of %q", name, *value, text)
		}
	}
}
