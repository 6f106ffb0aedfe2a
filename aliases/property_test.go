package aliases_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/aliases"
)

// expression draws a regular expression that Go's regexp reads as Python does. Repeats have parts that cannot be empty: engines
// differ in what a repeat of nothing captures.
func expression(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		atom := rapid.SampledFrom([]string{"a", "b", " ", "[ab]", "[^a]", ".", "ab", `\d`, "(?:a|bb)", "(?:b|bb|a )"})
		var out strings.Builder
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			part := atom.Draw(t, "atom")
			if rapid.Bool().Draw(t, "repeat") {
				part = "(?:" + part + ")" + rapid.SampledFrom([]string{"*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?"}).Draw(t, "times")
			}
			if depth > 0 && rapid.IntRange(0, 3).Draw(t, "deeper") == 0 {
				part = "(?:" + expression(depth-1).Draw(t, "inner") + "|" + part + ")"
			}
			out.WriteString(part)
		}
		return out.String()
	})
}

// TestAgreesWithRegexp: on what Go's regexp can express, captures are the same, for short texts and for long ones.
func TestAgreesWithRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, two := expression(2).Draw(t, "one"), expression(2).Draw(t, "two")
		format := "(?P<x>" + one + ")(?P<y>" + two + ")"
		text := rapid.StringMatching(`[ab1 ]{0,6}[ab1][ab1 ]{0,6}`).Draw(t, "text")
		if rapid.Bool().Draw(t, "long") {
			text = strings.Repeat(text, 50)
		}
		check := func(format string) {
			want := regexp.MustCompile("(?s)" + strings.ReplaceAll(format, `\s`, "[ ]")).FindStringSubmatch(" " + text + " ")
			got, err := aliases.ParseFormat(format, text, false)
			if err != nil {
				if want != nil {
					t.Fatalf("%q for %q: %v, regexp says %q", format, text, err, want)
				}
				return
			}
			if want == nil {
				t.Fatalf("%q for %q: %v, regexp does not match", format, text, flat(got))
			}
			if diff := cmp.Diff([]map[string]string{{"x": want[1], "y": want[2]}}, flat(got)); diff != "" {
				t.Fatalf("%q for %q:\n%s", format, text, diff)
			}
		}
		check(`^\s*` + format + `\s*$`)
		check(`(?:b|^)` + format + `(?:a|$)`)
	})
}

// TestAgreesAlone: an index over many formats finds exactly those that match alone.
func TestAgreesAlone(t *testing.T) {
	part := rapid.SampledFrom([]string{"run", "on", " ", " ", "{{a}}", "{{b=1}}", "{{c}}", "(run|go)", "( on {{d=x}})?", `\d+`, "[!.]?", "^", "$", `\b`, ".*", "x*", "|", "?"})
	word := rapid.SampledFrom([]string{"run", "on", "go", " ", " ", "1", "!", "x", "k=v", `"`, `"a b"`, "'", "{", "}", "é"})
	rapid.Check(t, func(t *rapid.T) {
		var formats []string
		for range rapid.IntRange(1, 6).Draw(t, "formats") {
			formats = append(formats, strings.Join(rapid.SliceOfN(part, 1, 7).Draw(t, "format"), ""))
		}
		text := strings.Join(rapid.SliceOfN(word, 0, 9).Draw(t, "text"), "")
		if rapid.IntRange(0, 4).Draw(t, "long") == 0 {
			text = strings.Repeat(text+" ", 60)
		}
		list := make([]*aliases.Alias, len(formats))
		for i, f := range formats {
			list[i] = command(fmt.Sprintf("p.a%d", i), f)
		}
		index, _ := aliases.Compile(list, aliases.Options{})
		ex := index.Explain(text)
		got := map[string]bool{}
		for _, m := range ex.Outcome.Matches {
			got[m.Alias.Name] = true
		}
		for _, c := range ex.Outcome.Ambiguous {
			got[c.Alias.Name] = true
		}
		for _, l := range ex.Lost {
			got[l.Alias.Name] = true
		}
		for i, f := range formats {
			_, err := aliases.ParseFormat(f, text, false)
			if name := list[i].Name; got[name] != (err == nil) {
				t.Fatalf("%q for %q: alone %v, in the index %v", f, text, err, got[name])
			}
		}
	})
}

// TestHostile: 40,000 characters that make backtracking matchers hang are read in no time. The deadline is far above the time
// that is needed and far below what anything quadratic would take; BenchmarkHostile holds the real figures.
func TestHostile(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	formats := []string{
		"deploy {{app}} to {{env}} {{note=none}}",
		"deploy" + fifteen(),
		"{{a}} {{b}} {{c}}",
		`(?P<a>(x+x+)+y)`,
		`(?:\b|^)(?P<k>a.*?b|[a-z])(?:|$)`,
	}
	index := compile(t, []*aliases.Alias{command("p.a", formats...)})
	length := 40_000
	if testing.Short() {
		length = 4000
	}
	for name, text := range hostile(length) {
		for _, format := range formats {
			for _, multiple := range []bool{false, true} {
				if _, err := aliases.ParseFormat(format, text, multiple); ctx.Err() != nil {
					t.Fatalf("%s with %q took too long (%v)", name, format, err)
				}
			}
		}
		index.Explain(text)
		index.Suggest(text, nil, 3)
		if ctx.Err() != nil {
			t.Fatalf("%s took too long", name)
		}
	}
}

// fifteen is the end of a format with fifteen parameters.
func fifteen() string {
	var b strings.Builder
	for i := range 15 {
		fmt.Fprintf(&b, " {{p%d=%d}}", i, i)
	}
	return b.String()
}

// TestOddTexts: bytes that are no text, and characters that one cannot see, are values like any other.
func TestOddTexts(t *testing.T) {
	for _, value := range []string{"\x00", "\xff\xfe", "a\xc3", "\u202egnp", "\u0000\u001b[31m", "\U0010ffff", strings.Repeat("é", 20000)} {
		got, err := aliases.ParseFormat("say {{x}}", "say "+value, false)
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		if *got[0]["x"] != value {
			t.Errorf("got %q, want %q", *got[0]["x"], value)
		}
	}
}
