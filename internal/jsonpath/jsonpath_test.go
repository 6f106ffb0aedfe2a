package jsonpath_test

import (
	"encoding/json"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/jsonpath"
)

func TestFind(t *testing.T) {
	const value = `{"a": {"b": [1, 2, 3], "X-A": "x", "s p": 1, "null": null}, "c": [{"n": "p"}, {"n": "q", "deep": {"n": "r"}}], "t": "text"}`
	tests := []struct{ path, want string }{
		{"$", "[" + value + "]"},
		{"a.b[0]", "[1]"},
		{"a.b[-1]", "[3]"},
		{"a.b[9]", "[]"},
		{"a.b[0:2]", "[1, 2]"},
		{"a.b[::-1]", "[3, 2, 1]"},
		{"a.b[1:]", "[2, 3]"},
		{"a.b[*]", "[1, 2, 3]"},
		{"$.a.X-A", `["x"]`},
		{"a['s p']", "[1]"},
		{`a["X-A"]`, `["x"]`},
		{"a.'s p'", "[1]"},
		{"a.null", "[null]"},
		{"a.nope.x", "[]"},
		{"c[*].n", `["p", "q"]`},
		{"$..n", `["p", "q", "r"]`},
		{"c..deep.n", `["r"]`},
		{"t[*]", `["text"]`},
		{"t[0]", "[]"},
		{"c.*", "[]"},
		{"a.b.*", "[]"},
	}
	for _, tt := range tests {
		var v, want any
		for text, into := range map[string]*any{value: &v, tt.want: &want} {
			if err := json.Unmarshal([]byte(text), into); err != nil {
				t.Fatal(err)
			}
		}
		p, err := jsonpath.Compile(tt.path)
		if err != nil {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		found, err := p.Find(v, nil)
		if err != nil {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		got, _ := json.Marshal(append([]any{}, found...))
		wanted, _ := json.Marshal(want)
		if string(got) != string(wanted) {
			t.Errorf("%s: got %s, want %s", tt.path, got, wanted)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, path := range []string{"", "a.0", "a.", "a.[0]", "a[", "a[x]", "a['b]", "a b", "a[?(@.b)]", "a|b", "é", "a[1:2:3:4]", "a[]", "a['']"} {
		if _, err := jsonpath.Compile(path); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestNames(t *testing.T) {
	for path, plain := range map[string]bool{"a.b['c d']": true, "a[0]": false, "a..b": false, "*": false} {
		p, err := jsonpath.Compile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := p.Names(); ok != plain {
			t.Errorf("%s: only names: %v", path, ok)
		}
	}
}
