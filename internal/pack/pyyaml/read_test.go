package pyyaml_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/pack/pyyaml"
)

// The wanted values were checked against PyYAML 6.0.3 (yaml.safe_load).
func TestPlainScalars(t *testing.T) {
	values := map[any][]string{
		nil:            {"", "~", "null", "Null", "NULL"},
		true:           {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"},
		false:          {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"},
		int64(0):       {"0", "-0", "+0", "0_", "00", "0x0", "0b0"},
		int64(5):       {"5", "+5", "0b101", "05", "0x5", "5_"},
		int64(-10):     {"-10", "-012", "-0xA", "-0b10_10", "-1_0"},
		int64(90):      {"1:30", "90", "0132", "+1:30"},
		int64(3690):    {"1:1:30"},
		int64(-685230): {"-190:20:30"},
		1000.5:         {"1_000.5", "1000.5", "+1000.50"},
		0.5:            {".5", "0.5", ".5_"},
		1.0:            {"1.", "1.0", "1.e+0"},
		100.0:          {"1.0e+2", "100.", "1.e+2"},
		90.5:           {"1:30.5", "90.5"},
		-0.25:          {"-0.25"},
		8.5:            {"08.5"},
	}
	for want, texts := range values {
		for _, text := range texts {
			check(t, "x: "+text, map[string]any{"x": want})
		}
	}
	// All of these look like something else to other readers.
	for _, text := range []string{
		"y", "n", "Y", "yEs", "nuLL", "tRue", "0o12", "08", "0b2", "0xg", "1e3", "1.0e3", "-.5", "+.nan", "1:60", "01:30", "_1",
		"2001-12-14", "2001-12-14t21:59:43.10-05:00", "1,000", "=", "<<", "1 2", ".", "+", "v1.2.3", "irene[4000-4009]",
	} {
		check(t, "x: "+text, map[string]any{"x": text})
	}
}

func TestValues(t *testing.T) {
	tests := []struct {
		name string
		text string
		want any
	}{
		{"empty file", "", nil},
		{"only a comment", "# nothing\n", nil},
		{"quoted scalars are strings", `['yes', "12", 'null', "", "a\tb"]`, []any{"yes", "12", "null", "", "a\tb"}},
		{"block scalars are strings", "a: |\n  12\nb: >-\n  yes\n  no\n", map[string]any{"a": "12\n", "b": "yes no"}},
		{"tags", "[!!str 12, !!str , !!int '012', !!float 3, !!float '1.5', !!bool yes, !!null '']", []any{"12", "", int64(10), 3.0, 1.5, true, nil}},
		{"anchor", "a: &x [1]\nb: *x\n", map[string]any{"a": []any{int64(1)}, "b": []any{int64(1)}}},
		{"merge", "a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n", map[string]any{
			"a": map[string]any{"p": int64(1), "q": int64(2)},
			"b": map[string]any{"p": int64(1), "q": int64(3)},
		}},
		{"the first of several merged mappings wins", "{<<: [{p: 1}, {p: 2, q: 2}]}", map[string]any{"p": int64(1), "q": int64(2)}},
		{"a quoted << is a key", `{"<<": {p: 1}}`, map[string]any{"<<": map[string]any{"p": int64(1)}}},
		{"start and end of the document", "--- \nx: 1\n...\n", map[string]any{"x": int64(1)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { check(t, test.text, test.want) })
	}
}

func TestMergedKeysComeFirst(t *testing.T) {
	n, faults := pyyaml.Read([]byte("a: &x {p: 1, q: 2}\nb:\n  own: 0\n  <<: *x\n  p: 3\n"))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	var got []string
	for _, f := range n.Get("b").Fields {
		got = append(got, fmt.Sprintf("%s=%s line %d", f.Key, f.Value.Text, f.Line))
	}
	want := []string{"p=3 line 5", "q=2 line 1", "own=0 line 3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	laughs := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 9; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	tests := []struct {
		name string
		text string
		line int
		want string
		mild bool
	}{
		{name: "syntax", text: "a: 1\nb: [\n", line: 2, want: "This is not YAML"},
		{name: "invalid UTF-8", text: "a: \xff", line: 1, want: "This is not YAML"},
		{name: "second document", text: "a: 1\n---\nb: 1\n", line: 2, want: "more than one document"},
		{name: "broken second document", text: "a: 1\n---\nb: [\n", line: 3, want: "more than one document"},
		{name: "same key twice", text: "a: 1\nb: 2\na: 3\n", line: 3, want: "The key a is there already, in line 1", mild: true},
		{name: "boolean key", text: "a: 1\non: 2\n", line: 2, want: "The key on is read as a boolean; put it in quotes."},
		{name: "integer key", text: "80: a\n", line: 1, want: "The key 80 is read as an integer"},
		{name: "list as key", text: "? [a]\n: b\n", line: 1, want: "A key must be a string, not a list."},
		{name: "merge of a scalar", text: "<<: 1\n", line: 1, want: "takes a mapping"},
		{name: "infinity", text: "a: .inf\n", line: 1, want: "not a finite number"},
		{name: "integer too large", text: "a: 9223372036854775808\n", line: 1, want: "no number of 64 bits"},
		{name: "float too large", text: "a: 1.0e+999\n", line: 1, want: "too large"},
		{name: "unknown tag", text: "a: !!binary aGk=\n", line: 1, want: "The tag !!binary is not read here"},
		{name: "Python object", text: "a: !!python/object/apply:os.system [ls]\n", line: 1, want: "is not read here"},
		{name: "tag that does not fit", text: "a: !!int x\n", line: 1, want: `"x" is not an integer, as its tag !!int says`},
		{name: "anchor that contains itself", text: "a: &x [*x]\n", line: 1, want: "nests deeper"},
		{name: "merge that contains itself", text: "a: &x {<<: *x}\n", line: 1, want: "nests deeper"},
		{name: "deep nesting", text: strings.Repeat("[", 200) + strings.Repeat("]", 200), line: 1, want: "nests deeper"},
		{name: "many laughs", text: laughs, line: 1, want: "grows beyond"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, faults := pyyaml.Read([]byte(test.text))
			if len(faults) == 0 {
				t.Fatal("no fault")
			}
			f := faults[0]
			if f.Line != test.line || !strings.Contains(f.Text, test.want) || f.Mild != test.mild {
				t.Errorf("got %+v, want line %d, mild %v and %q", f, test.line, test.mild, test.want)
			}
		})
	}
}

func TestLastOfEqualKeysCounts(t *testing.T) {
	n, _ := pyyaml.Read([]byte("a: 1\na: 2\n"))
	if diff := cmp.Diff(map[string]any{"a": int64(2)}, n.Any()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func check(t *testing.T, text string, want any) {
	t.Helper()
	n, faults := pyyaml.Read([]byte(text))
	if len(faults) > 0 {
		t.Errorf("%q: %v", text, faults)
		return
	}
	if diff := cmp.Diff(want, n.Any()); diff != "" {
		t.Errorf("%q (-want +got):\n%s", text, diff)
	}
}
