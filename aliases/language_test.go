package aliases_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
)

// none stands for a named part of a format that took no part in the match.
const none = "<none>"

// flat makes the values of a match easy to compare.
func flat(params []aliases.Params) []map[string]string {
	var out []map[string]string
	for _, p := range params {
		m := map[string]string{}
		for name, value := range p {
			m[name] = none
			if value != nil {
				m[name] = *value
			}
		}
		out = append(out, m)
	}
	return out
}

type values = map[string]string

// language is the format language by example. Without want the text does not fit.
var language = []struct {
	name, format, text string
	want               values
}{
	{"words only", "list hosts", "list hosts", values{}},
	{"case counts", "list hosts", "List hosts", nil},
	{"blanks around the text do not count", "list hosts", "  list hosts\n", values{}},
	{"blanks inside the text do", "list hosts", "list  hosts", nil},
	{"a parameter takes what is left", "run {{cmd}}", "run uname -a", values{"cmd": "uname -a"}},
	{"more blanks are part of the value", "run {{cmd}}", "run   date", values{"cmd": "  date"}},
	{"a parameter needs something", "run {{cmd}}", "run", nil},
	{"names may have blanks around them", "run {{ cmd }}", "run date", values{"cmd": "date"}},
	{"a parameter stops as early as it can", "run {{cmd}} on {{host}}", "run a on b on c", values{"cmd": "a", "host": "b on c"}},
	{"double quotes are taken away", "run {{cmd}} on {{host}}", `run "a on b" on c`, values{"cmd": "a on b", "host": "c"}},
	{"single quotes too", "run {{cmd}}", "run 'uname -a'", values{"cmd": "uname -a"}},
	{"a stray quote too", "run {{cmd}}", `run "date`, values{"cmd": "date"}},
	{"braces are kept", "set {{v}} now", `set {"a": 1} now`, values{"v": `{"a": 1}`}},
	{"text may have line ends", "say {{x}}", "say a\nb", values{"x": "a\nb"}},
	{"letters of any script", "sag {{x}}", "sag grüße 世界", values{"x": "grüße 世界"}},

	{"a default fills in", "run {{cmd}} {{host=h0}}", "run date", values{"cmd": "date", "host": "h0"}},
	{"a default gives way", "list {{n=10}} hosts", "list 5 hosts", values{"n": "5"}},
	{"the blank before it is optional as well", "list {{n=10}} hosts", "list hosts", values{"n": "10"}},
	{"a literal before it is not", "run {{cmd}} on {{host=h0}}", "run date", nil},
	{"a group makes that optional", "run {{cmd}}( on {{host=h0}})?", "run date", values{"cmd": "date", "host": "h0"}},
	{"a quoted default", `say {{x='a b'}}`, "say", values{"x": "a b"}},
	{"an empty default", `say {{x=""}}`, "say", values{"x": ""}},
	{"a JSON default", `say {{x={"k": 1}}}`, "say", values{"x": `{"k": 1}`}},
	{"a template as default", "say {{x={{ a.b }} }}", "say", values{"x": "{{ a.b }}"}},
	{"a bare default", "say {{ x = two words }}", "say", values{"x": "two words"}},

	{"pairs at the end add values", "run {{cmd}}", "run date on=h1 n=2", values{"cmd": "date", "on": "h1", "n": "2"}},
	{"pairs override", "run {{cmd}}", "run date cmd=uname", values{"cmd": "uname"}},
	{"pairs override defaults", "run {{cmd}} {{n=1}}", "run date n=2", values{"cmd": "date", "n": "2"}},
	{"quoted pairs", "run {{cmd}}", `run date a="x y" b='z w' c={"k": [1, 2]}`, values{"cmd": "date", "a": "x y", "b": "z w", "c": `{"k": [1, 2]}`}},
	{"empty pairs", "run {{cmd}}", `run date a="" b=''`, values{"cmd": "date", "a": "", "b": ""}},
	{"a pair without a value is none", "run {{cmd}}", "run date a=", values{"cmd": "date a="}},
	{"pairs in the middle are text", "run {{cmd}}", "run a=1 b", values{"cmd": "a=1 b"}},
	{"blanks may stand before the =", "run {{cmd}}", "run date a =1", values{"cmd": "date", "a": "1"}},
	{"the value may hold =", "get {{url}}", "get it url=http://x/?a=b", values{"url": "http://x/?a=b"}},
	{"a quote that never closes is a word", "run {{cmd}}", `run date a="x`, values{"cmd": "date", "a": `"x`}},
	{"options are pairs too", "run {{cmd}}", "run date --fast=1", values{"cmd": "date", "--fast": "1"}},
	{"only pairs", "", "a=1 b=2", values{"a": "1", "b": "2"}},
	{"pairs leave nothing for the parameter", "run {{cmd}}", "run x=1", nil},
	{"nothing at all", "", "", values{}},
	{"an empty text has no value to give", `{{x=""}}`, "", nil},
	{"an empty text with a default", "{{x=1}}", "", values{"x": "1"}},

	{"a choice of words", "(run|execute) {{cmd}}", "execute date", values{"cmd": "date"}},
	{"an optional class", "run {{cmd}}[!.]?", "run date!", values{"cmd": "date"}},
	{"an unset parameter in a group", "run( as {{user}})? now", "run now", values{"user": none}},
	{"a named group", `show (?P<key>[A-Z]+-\d+)`, "show ABC-12", values{"key": "ABC-12"}},
	{"a named group that does not fit", `show (?P<key>[A-Z]+-\d+)`, "show abc", nil},
	{"own anchors", `^\s*show {{x}}\s*$`, "show it", values{"x": "it"}},
	{"an own start leaves the end tied", `^\s*show (?P<n>\d+)`, "show 12 please", nil},
	{"an anchor sees the blank around the text", "^show {{x}}$", "show it", nil},
	{"a search for a word", `(^|.*)\bred\b(.*|$)`, "the red fox", values{}},
	{"a lazy repeat", `(?P<a>x+?)(?P<b>x*)`, "xxx", values{"a": "x", "b": "xx"}},
	{"the first way counts", `(?P<a>x|xy)(?P<b>y?)`, "xy", values{"a": "x", "b": "y"}},
	{"a count", `id (?P<id>[0-9a-f]{4,6})`, "id 12345", values{"id": "12345"}},
	{"a count without a start", `id (?P<id>\d{,2})x`, "id 12x", values{"id": "12"}},
	{"a brace that counts nothing", "a{b {{x}}", "a{b c", values{"x": "c"}},
	{"flags for a part", "(?i:run) {{cmd}}", "RUN Date", values{"cmd": "Date"}},
	{"flags for all", `(?i)^\s*run {{cmd}}$`, "RUN x", values{"cmd": "x "}},
	{"blanks for reading", `^\s*(?x: run [ ] now # soon
		)`, "run now", values{}},
	{"a comment", "run(?#the command) {{cmd}}", "run x", values{"cmd": "x"}},
	{"digits of any script", `n (?P<n>\d+)`, "n ٣٤", values{"n": "٣٤"}},
	{"ASCII digits only", `n (?a:(?P<n>\d+))`, "n ٣٤", nil},
	{"escapes", `a\.b\x20\u0041\t{{x}}`, "a.b A\tc", values{"x": "c"}},
	{"an octal escape", `\101\0`, "A\x00", values{}},
	{"a class of its own", `[^\W\d_-]+[]x\-\]]`, "ab]", values{}},
	{"one character ahead", `{{x}}(?= )`, "ab", values{"x": "ab"}},
	{"not one character behind", `{{x}}(?<!b)c`, "abc", nil},
	{"a possessive repeat", "C++ {{x}}", "C it", values{"x": "it"}},
	{"a question mark after a parameter", "what is {{x}}?", "what is love", values{"x": "love"}},
	{"an escaped one", `what is {{x}}\?`, "what is love?", values{"x": "love"}},
	{"an alternation of whole formats", "go {{a}}|stop {{b}}", "please stop b", values{"a": none, "b": "b"}},
	{"multi-line anchors", `(?m:^b$)`, "a\nb\nc", values{}},
}

func TestLanguage(t *testing.T) {
	var parser aliases.Parser
	for _, c := range language {
		t.Run(c.name, func(t *testing.T) {
			got, err := parser.Parse(c.format, c.text, false)
			if c.want == nil {
				if bot.ErrorCode(err) != bot.CodeNotFound {
					t.Fatalf("got %v and error %v, want no match", flat(got), err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]map[string]string{c.want}, flat(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMultiple(t *testing.T) {
	for _, c := range []struct {
		name, format, text string
		want               []map[string]string
	}{
		{"each match", `(?:\b|^)x(?P<n>\d)(?:\b|$)`, "x1 x2 y x3", []map[string]string{{"n": "1"}, {"n": "2"}, {"n": "3"}}},
		{"none", `show (?P<n>\d)`, "hide 1", nil},
		{"tied to both ends there is one", `show (?P<n>\d)`, "show 1", []map[string]string{{"n": "1"}}},
		{"pairs go to each", `(?:\b|^)x(?P<n>\d)(?:\b|$)`, "x1 x2 k=v", []map[string]string{{"n": "1", "k": "v"}, {"n": "2", "k": "v"}}},
		{"empty matches move on", `^|(?P<n>a*)$|b`, "ab", []map[string]string{{"n": none}, {"n": none}, {"n": ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := aliases.ParseFormat(c.format, c.text, true)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, flat(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRefused: what cannot be taken is refused with its place and a way to write it.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		format string
		at     int
		says   string
	}{
		{"say {{x=}}", 4, `{{x=""}}`},
		{"say {{my-app}}", 4, `{{my_app}}`},
		{"say {{a.b}}", 4, `{{a_b}}`},
		{"{{k}}={{v}}", 0, `\x3d`},
		{"{{a}} and {{a}}", 10, "twice"},
		{"grüß (?P<a>x) {{a}}", 16, "twice"},
		{"bad ({{x}}", 4, "never closed"},
		{"bad {{x}})", 9, "closes nothing"},
		{"*x", 0, `\*`},
		{"a** {{x}}", 2, "( )"},
		{"^* {{x}}", 1, "anchor"},
		{"{{x}}* y", 5, "match_multiple"},
		{"{{x=1}}+", 7, "cannot be repeated"},
		{`(a)\1`, 3, "parameter"},
		{`(?P<a>x)(?P=a)`, 8, "parameter"},
		{"a(?=bc)", 1, "one character"},
		{"a(?<!bc)", 1, "one character"},
		{"(?>a)b", 0, "(?:"},
		{"(a)?(?(1)b)", 4, "(?:"},
		{"(ab)*+", 4, "single characters"},
		{"a{1,2}+", 1, "single characters"},
		{"run (?i)x", 4, "(?i:"},
		{"(?i)run", 0, "(?i:"},
		{"(?y)x", 0, "not known"},
		{"(?<a>x)", 0, "(?P<name>"},
		{"(?Px)", 0, "(?P<name>"},
		{"(?P<a", 0, "closed"},
		{"(?#x", 0, "never closed"},
		{"(?", 0, "ends"},
		{"[a", 0, `\[`},
		{"[z-a]", 2, "backwards"},
		{`[\d-z]`, 3, "backwards"},
		{"[{{x}}]", 1, "inside"},
		{"(?{{x}})", 2, "directly after"},
		{`a\`, 1, `\\`},
		{`a\{{x}}`, 1, `\\`},
		{`\q`, 1, "escape"},
		{`\xg0`, 1, "hexadecimal"},
		{`\U00110000`, 1, "hexadecimal"},
		{`[\777]`, 2, `\x`},
		{"a{3,2}", 1, "{2,3}"},
		{"a{1001}", 1, "MaxRepeat"},
		{"a{99999999999999999999}", 1, "MaxRepeat"},
		{"(a{1000}){1000}", 0, "MaxSize"},
		{"say {{x='a\nb'}}", 4, "line"},
		{strings.Repeat("x", 4097), 4096, "MaxFormat"},
		{strings.Repeat("(", 200) + strings.Repeat(")", 200), 101, "deep"},
		{"a\xff", 0, "UTF-8"},
	} {
		t.Run(c.format[:min(len(c.format), 20)], func(t *testing.T) {
			_, problems := aliases.Compile([]*aliases.Alias{command("p.a", c.format)}, aliases.Options{})
			if len(problems) != 1 {
				t.Fatalf("got problems %+v, want one", problems)
			}
			p := problems[0]
			if p.Offset != c.at || !strings.Contains(p.Text, c.says) {
				t.Errorf("got %d %q, want %d and %q in it", p.Offset, p.Text, c.at, c.says)
			}
			if p.Alias != "p.a" || p.Source != "a.yaml:1" || p.Format != c.format {
				t.Errorf("the problem does not say where: %+v", p)
			}
			if _, err := aliases.ParseFormat(c.format, "x", false); bot.ErrorCode(err) != bot.CodeInvalid || bot.ErrorText(err) == "" {
				t.Errorf("ParseFormat says %v", err)
			}
		})
	}
}
