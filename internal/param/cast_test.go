package param_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// typed makes a parameter of a type, with more keywords of its schema.
func typed(name, kind string, pairs ...any) bot.Param {
	p := bot.Param{Name: name, Type: kind, Position: -1, Schema: map[string]any{}}
	if kind != "" {
		p.Schema["type"] = kind
	}
	for i := 0; i < len(pairs); i += 2 {
		p.Schema[pairs[i].(string)] = pairs[i+1]
	}
	p.Enum, _ = p.Schema["enum"].([]any)
	return p
}

func action(params ...bot.Param) *bot.ActionSpec {
	return &bot.ActionSpec{Pack: "tools", Name: "run", Params: params}
}

// check compares values, and the text of the error where one is wanted.
func check(t *testing.T, got map[string]any, err error, want map[string]any, says string) {
	t.Helper()
	if says != "" {
		if bot.ErrorCode(err) != bot.CodeInvalid || bot.ErrorText(err) != says {
			t.Errorf("got the error %q (%s), want %q", bot.ErrorText(err), bot.ErrorCode(err), says)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCast(t *testing.T) {
	tests := []struct {
		kind  string
		texts []string
		want  any
	}{
		{"string", []string{"12"}, "12"},
		{"string", []string{" true "}, " true "},
		{"", []string{"[1]"}, "[1]"},
		{"integer", []string{"12", " 12 ", "+12", "012"}, int64(12)},
		{"integer", []string{"-9223372036854775808"}, int64(-9223372036854775808)},
		{"number", []string{"1.5", "15e-1", "+1.50"}, 1.5},
		{"number", []string{"3"}, 3.0},
		{"boolean", []string{"true", "True", "TRUE", "yes", "on", "1", "t", "Y"}, true},
		{"boolean", []string{"false", "False", "no", "off", "0", "f", "N"}, false},
		{"array", []string{"a,b", " a , b ", `["a", "b"]`, "['a', 'b']", "('a', 'b',)"}, []any{"a", "b"}},
		{"array", []string{"", "[]", "()"}, []any{}},
		{"array", []string{"[1-3],x"}, []any{"[1-3]", "x"}},
		{"array", []string{`[1, 2.5, null, {"a": [true]}]`, "[1, 2.5, None, {'a': [True]}]"}, []any{int64(1), 2.5, nil, map[string]any{"a": []any{true}}}},
		{"object", []string{`{"a": 1}`, "{'a': 1}", " {u'a': 1,} "}, map[string]any{"a": int64(1)}},
		{"null", []string{"", "null", "None"}, nil},
	}
	for _, test := range tests {
		for _, text := range test.texts {
			t.Run(test.kind+" "+text, func(t *testing.T) {
				got, err := param.Cast(action(typed("p", test.kind)), map[string]string{"p": text})
				check(t, got, err, map[string]any{"p": test.want}, "")
			})
		}
	}
}

func TestCastListItems(t *testing.T) {
	spec := action(typed("p", "array", "items", map[string]any{"type": "integer"}))
	got, err := param.Cast(spec, map[string]string{"p": "1, 2"})
	check(t, got, err, map[string]any{"p": []any{int64(1), int64(2)}}, "")
	got, err = param.Cast(spec, map[string]string{"p": "1,two"})
	check(t, got, err, nil, `The parameter p cannot be "1,two": it has an item, number 2, that must be an integer; it takes a list such as a,b.`)
}

func TestCastKeepsNamesAsTyped(t *testing.T) {
	p := typed("concurrency", "integer")
	p.Spellings = []string{"concurency"}
	got, err := param.Cast(action(p), map[string]string{"concurency": "4", "other": "1"})
	check(t, got, err, map[string]any{"concurency": int64(4), "other": "1"}, "")
}

func TestCastRefuses(t *testing.T) {
	secret := typed("p", "integer")
	secret.Secret = true
	tests := []struct {
		name string
		p    bot.Param
		text string
		want string
	}{
		{"integer", typed("p", "integer", "minimum", int64(1), "maximum", int64(50)), "ten", `The parameter p cannot be "ten": it takes an integer, at least 1, at most 50.`},
		{"fraction", typed("p", "integer"), "1.5", `The parameter p cannot be "1.5": it takes an integer.`},
		{"too large", typed("p", "integer"), "9223372036854775808", `The parameter p cannot be "9223372036854775808": it takes an integer.`},
		{"infinity", typed("p", "number"), "inf", `The parameter p cannot be "inf": it takes a number.`},
		{"not a number", typed("p", "number"), "NaN", `The parameter p cannot be "NaN": it takes a number.`},
		{"beyond float64", typed("p", "number"), "1e999", `The parameter p cannot be "1e999": it takes a number.`},
		{"hexadecimal", typed("p", "number"), "0x10", `The parameter p cannot be "0x10": it takes a number.`},
		{"boolean", typed("p", "boolean"), "maybe", `The parameter p cannot be "maybe": it takes true or false.`},
		{"broken list", typed("p", "array"), "[1, b]", `The parameter p cannot be "[1, b]": it is not a list (at character 5: this is neither a number, a string in quotes, True, False, None, a list nor a dictionary); it takes a list such as a,b.`},
		{"no object", typed("p", "object"), "a", `The parameter p cannot be "a": it is not an object (at character 1: this is neither a number, a string in quotes, True, False, None, a list nor a dictionary); it takes an object such as {"key": "value"}.`},
		{"list for an object", typed("p", "object"), "[1]", `The parameter p cannot be "[1]": it takes an object such as {"key": "value"}.`},
		{"huge number in JSON", typed("p", "object"), `{"a": 1e999}`, `The parameter p cannot be "{\"a\": 1e999}": it is not an object (a number is too large); it takes an object such as {"key": "value"}.`},
		{"null", typed("p", "null"), "x", `The parameter p cannot be "x": it takes null.`},
		{"secret", secret, "hunter2", `The parameter p cannot be the value given (it is secret and not shown): it takes an integer.`},
		{"control characters", typed("p", "integer"), "a\x1b[2J\n", `The parameter p cannot be "a\u001b[2J\n": it takes an integer.`},
		{"long", typed("p", "integer"), strings.Repeat("x", 40_000), `The parameter p cannot be "` + strings.Repeat("x", 59) + `…: it takes an integer.`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := param.Cast(action(test.p), map[string]string{"p": test.text})
			check(t, got, err, nil, test.want)
		})
	}
}

// Whoever typed three things wrong wants to hear of three, but not of a parameter that an alias will set.
func TestCastNamesEveryFaultOfWhatWasTyped(t *testing.T) {
	needed := typed("user", "string")
	needed.Required = true
	spec := action(typed("a", "integer"), typed("b", "boolean"), typed("status", "string", "enum", []any{"ok", "broken"}), needed)
	_, err := param.Cast(spec, map[string]string{"a": "x", "b": "y?", "status": "brokn", "c": "1"})
	check(t, nil, err, nil, strings.Join([]string{
		`The parameter a cannot be "x": it takes an integer.`,
		`The parameter b cannot be "y?": it takes true or false.`,
		`tools.run has no parameter c; it takes a, b, status, user.`,
		`The parameter status cannot be "brokn": it takes one of ok, broken; did you mean broken?`,
	}, "\n"))
}
