package inquiry_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/inquiry"
	"github.com/petrelops/petrel/internal/param"
)

// schemas by a word for each. The first is StackStorm's default of core.ask.
func schemas() map[string]map[string]any {
	one := func(name string, property map[string]any) map[string]any {
		return map[string]any{"type": "object", "properties": map[string]any{name: property}}
	}
	return map[string]map[string]any{
		"continue": one("continue", map[string]any{"type": "boolean", "required": true, "description": "Would you like to continue the workflow?"}),
		"colour":   one("colour", map[string]any{"type": "string", "enum": []any{"red", "dark blue"}, "required": true}),
		"note":     one("note", map[string]any{"type": "string", "required": true, "minLength": float64(3)}),
		"secret":   one("pin", map[string]any{"type": "string", "required": true, "secret": true}),
		"several": {"type": "object", "required": []any{"window"}, "additionalProperties": false, "properties": map[string]any{
			"window": map[string]any{"type": "integer", "minimum": float64(1), "maximum": float64(8), "description": "How many hours"},
			"why":    map[string]any{"type": "string", "default": "as planned"},
			"hosts":  map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
		}},
		"quotes":   one("words", map[string]any{"type": "string", "enum": []any{`say "hi"`, "bye"}}),
		"numbers":  one("n", map[string]any{"type": "integer", "enum": []any{1.0, 2.0}}),
		"anything": {},
		"either":   {"properties": map[string]any{"a": map[string]any{"type": "integer"}, "b": map[string]any{"type": "integer"}}, "minProperties": float64(1)},
	}
}

func schema(t *testing.T, name string) *inquiry.Schema {
	t.Helper()
	s, err := inquiry.New("1a1f9287b336", schemas()[name])
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRead(t *testing.T) {
	type values = map[string]any
	tests := []struct {
		schema, text string
		fields       map[string]string
		want         values
		complains    string // of the field, or of the whole
		field        string
	}{
		{schema: "continue", text: "yes", want: values{"continue": true}},
		{schema: "continue", text: "continue=false", want: values{"continue": false}},
		{schema: "continue", text: `{"continue": true}`, want: values{"continue": true}},
		{schema: "continue", text: `{"continue": "yes"}`, complains: "true or false", field: "continue"},
		{schema: "continue", text: `{"continue": `, complains: "The answer is no JSON object"},
		{schema: "continue", text: "perhaps", complains: `The parameter continue cannot be "perhaps"`, field: "continue"},
		{schema: "continue", text: "{}", complains: "The parameter continue is missing", field: "continue"},
		{schema: "continue", text: "", complains: "such as continue=true"},
		{schema: "continue", text: "continue=true colour=red", complains: "has no parameter colour", field: "colour"},
		{schema: "colour", text: "dark blue", want: values{"colour": "dark blue"}},
		{schema: "colour", text: `"dark blue"`, want: values{"colour": "dark blue"}},
		{schema: "colour", text: `colour="dark blue"`, want: values{"colour": "dark blue"}},
		{schema: "colour", text: "green", complains: `cannot be "green"`, field: "colour"},
		{schema: "note", text: "we keep the old one", want: values{"note": "we keep the old one"}},
		{schema: "note", text: "no", complains: "at least 3", field: "note"},
		{schema: "several", text: "window=3", want: values{"window": int64(3), "why": "as planned"}},
		{schema: "several", text: `window=3 why="the disks came" hosts=a,b`, want: values{"window": int64(3), "why": "the disks came", "hosts": []any{"a", "b"}}},
		{schema: "several", text: "window=9", complains: "at most 8", field: "window"},
		{schema: "several", text: "3", complains: "such as window=1"},
		{schema: "several", fields: map[string]string{"window": "3", "why": "", "hosts": ""}, want: values{"window": int64(3), "why": "as planned"}},
		{schema: "several", fields: map[string]string{"window": ""}, complains: "The parameter window is missing", field: "window"},
		{schema: "several", text: `{"window": 3, "more": 1}`, complains: "has no parameter more", field: "more"},
		{schema: "anything", text: `{"a": [1]}`, want: values{"a": []any{float64(1)}}},
		{schema: "anything", text: "a=1", want: values{"a": "1"}},
		{schema: "either", text: "{}", complains: "The answer does not fit"},
		{schema: "either", text: "b=2", want: values{"b": int64(2)}},
	}
	for _, test := range tests {
		t.Run(test.schema+" "+test.text, func(t *testing.T) {
			got, err := schema(t, test.schema).Read(inquiry.Given{Text: test.text, Fields: test.fields})
			if test.complains != "" {
				at := bot.ErrorText(err)
				if test.field != "" {
					at = bot.ErrorFields(err)[test.field]
				}
				if bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(at, test.complains) {
					t.Fatalf("got %v, %v (%q)", got, err, bot.ErrorFields(err))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever is answered: it is refused, or it is valid by the schema as a plain validator reads it.
func TestReadNeverPassesWhatTheSchemaForbids(t *testing.T) {
	plain := map[string]any{"type": "object", "required": []any{"window"}, "additionalProperties": false, "properties": schemas()["several"]["properties"]}
	judge, err := param.Compile(plain)
	if err != nil {
		t.Fatal(err)
	}
	s := schema(t, "several")
	names := rapid.SampledFrom([]string{"window", "why", "hosts", "more"})
	values := rapid.SampledFrom([]any{"1", "8", "9", "-1", "x", "", " ", "null", true, nil, 3.0, 3.5, []any{"a"}, []any{1.0}, map[string]any{"a": 1.0}})
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		for _, g := range everyWay(t, rapid.MapOfN(names, values, 1, 3).Draw(t, "answer")) {
			got, err := s.Read(g)
			if err != nil {
				continue
			}
			taken++
			var asJSON any
			if err := json.Unmarshal(marshal(t, got), &asJSON); err != nil {
				t.Fatal(err)
			}
			if why := judge.Check(asJSON); len(why) > 0 {
				t.Fatalf("%+v was taken as %v: %v", g, got, why)
			}
		}
	})
	if taken == 0 && !testing.Short() { // a short run draws few answers
		t.Error("no answer was taken, which proves nothing")
	}
}

// everyWay returns an answer as JSON, as a form holds it, and as a line of pairs.
func everyWay(t *rapid.T, answer map[string]any) []inquiry.Given {
	fields := map[string]string{}
	var pairs []string
	for name, value := range answer {
		text, isText := value.(string)
		if !isText {
			text = string(marshal(t, value))
		}
		fields[name] = text
		pairs = append(pairs, name+"="+text)
	}
	return []inquiry.Given{{Text: string(marshal(t, answer))}, {Fields: fields}, {Text: strings.Join(pairs, " ")}}
}

func marshal(t *rapid.T, v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSchemaNobodyCanAnswer(t *testing.T) {
	for want, s := range map[string]map[string]any{
		"must be of type object, not boolean":                {"type": "boolean"},
		`The property "a b" of the question cannot be typed`: {"properties": map[string]any{"a b": map[string]any{}}},
		"The schema of the question is wrong":                {"properties": map[string]any{"a": map[string]any{"type": "colour"}}},
	} {
		if _, err := inquiry.New("x", s); !strings.Contains(bot.ErrorText(err), want) {
			t.Errorf("%v: %v", s, err)
		}
	}
}

func TestChoices(t *testing.T) {
	tests := map[string][]inquiry.Choice{
		"continue": {{Label: "Yes", Answer: "continue=true"}, {Label: "No", Answer: "continue=false"}},
		"colour":   {{Label: "red", Answer: "colour=red"}, {Label: "dark blue", Answer: `colour="dark blue"`}},
		"quotes":   nil, "numbers": {{Label: "1", Answer: "n=1"}, {Label: "2", Answer: "n=2"}},
		"note": nil, "several": nil, "anything": nil, "secret": nil,
	}
	for name, want := range tests {
		s := schema(t, name)
		if diff := cmp.Diff(want, s.Choices()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, c := range want {
			if _, err := s.Read(inquiry.Given{Text: c.Answer}); err != nil {
				t.Errorf("%s: the button %s is no answer: %v", name, c.Label, err)
			}
		}
	}
}

func TestWords(t *testing.T) {
	tests := []struct {
		schema string
		lines  []string
		line   string
	}{
		{"continue", []string{"Would you like to continue the workflow?"}, "inquiry respond 1a continue=true"},
		{"several", []string{
			"window (an integer, at least 1, at most 8, required): How many hours",
			"hosts (a list such as a,b, optional)", `why (text, default "as planned")`,
		}, "inquiry respond 1a window=1"},
		{"anything", nil, "inquiry respond 1a key=value"},
	}
	for _, test := range tests {
		s := schema(t, test.schema)
		if diff := cmp.Diff(test.lines, s.Lines()); diff != "" {
			t.Error(diff)
		}
		if got := s.Line("1a"); got != test.line {
			t.Errorf("it is typed %q, want %q", got, test.line)
		}
	}
	if got := schema(t, "secret").Shown(map[string]any{"pin": "1234"}); got != "pin=********" {
		t.Errorf("a secret is shown: %q", got)
	}
}
