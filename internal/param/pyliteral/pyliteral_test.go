package pyliteral_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/param/pyliteral"
)

// The wanted values were checked against ast.literal_eval of Python 3.11.
func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want any
	}{
		{"None", nil},
		{" True ", true},
		{"False", false},
		{"12", int64(12)},
		{"-1_000", int64(-1000)},
		{"+0x1F", int64(31)},
		{"0o17", int64(15)},
		{"0b11", int64(3)},
		{"00", int64(0)},
		{"1.5", 1.5},
		{"-.5e-1", -0.05},
		{"1.", 1.0},
		{"1e3", 1000.0},
		{`'a"b'`, `a"b`},
		{`"a'b"`, "a'b"},
		{"'''a\n'b'''", "a\n'b"},
		{`""`, ""},
		{`''''''`, ""},
		{`u'ä'`, "ä"},
		{`'\n\t\\\'\x41\u00e4\U0001F600\101\q'`, "\n\t\\'Aä😀A\\q"},
		{"'a\\\nb'", "ab"},
		{"()", []any{}},
		{"(1)", int64(1)},
		{"(1,)", []any{int64(1)}},
		{"[1, [2], (3, 4),]", []any{int64(1), []any{int64(2)}, []any{int64(3), int64(4)}}},
		{"{}", map[string]any{}},
		{"{'a': True, 'b': None, \"c\": (1, 2),}", map[string]any{"a": true, "b": nil, "c": []any{int64(1), int64(2)}}},
		{"{\n 'a' : {'b':1}\n}", map[string]any{"a": map[string]any{"b": int64(1)}}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := pyliteral.Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		text string
		want string
	}{
		{"", "at character 1: a value is missing"},
		{"true", "at character 1: this is neither a number"},
		{"[1 2]", "at character 4: a comma or ] is missing"},
		{"[1,,2]", "at character 4: this is neither"},
		{"[1", "at character 3: a comma or ] is missing"},
		{"[1,", "at character 4: a value is missing"},
		{"(1]", "at character 3: a comma or ) is missing"},
		{"{'a' 1}", "at character 6: a colon is missing after the key"},
		{"{'a': 1 'b': 2}", "at character 9: a comma or } is missing"},
		{"{1: 2}", "at character 2: a key must be a string in quotes"},
		{"{'a'}", "at character 5: a colon is missing"},
		{"1 2", "at character 3: nothing is expected after the value"},
		{"'a' 'b'", "at character 5: nothing is expected"},
		{"'a", "at character 1: the string has no end"},
		{"'a\\", "at character 3: the string has no end"},
		{"'a\nb'", "at character 3: the line ends inside a string"},
		{`'\x4'`, "at character 2: this escape names no character"},
		{`'\ud800'`, "at character 2: this escape names no character"},
		{`'\U00110000'`, "at character 2: this escape names no character"},
		{"b'a'", "at character 1: this is neither"},
		{"012", "at character 1: this number cannot be read"},
		{"1__0", "at character 1: this number cannot be read"},
		{"1e999", "at character 1: this number cannot be read"},
		{"9223372036854775808", "at character 1: this number cannot be read"},
		{"1+2j", "at character 1: this number cannot be read"},
		{"__import__('os').system('ls')", "at character 1: this is neither"},
		{strings.Repeat("[", 65), "at character 65: this nests deeper than 64 levels"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			_, err := pyliteral.Parse(test.text)
			var e *pyliteral.Error
			if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// FuzzParse feeds any text: Parse must not panic, and what it reads must survive JSON.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"{'a': True, 'b': (1, None), u'c': [-1.5e3, 0x1f]}", `'\x41\u00e4\101'`, "'''a\n'''", "((((1,),)))", "[1_0, .5,]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := pyliteral.Parse(text)
		if err != nil {
			if v != nil {
				t.Errorf("a value beside the error %v", err)
			}
			return
		}
		if _, err := json.Marshal(v); err != nil {
			t.Error(err)
		}
	})
}
