package syntax_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/aliases/internal/syntax"
)

var limits = syntax.Limits{MaxFormat: 4096, MaxSize: 2000, MaxRepeat: 1000}

func parse(t *testing.T, format string) *syntax.Format {
	t.Helper()
	f, err := syntax.Parse(format, limits)
	if err != nil {
		t.Fatalf("%q: %v", format, err)
	}
	return f
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		format string
		want   []syntax.Value
	}{
		{"run", nil},
		{"run {{ cmd }}", []syntax.Value{{Name: "cmd"}}},
		{"{{a=1}} {{ b = two words }}", []syntax.Value{{Name: "a", Default: "1", Optional: true}, {Name: "b", Default: "two words", Optional: true}}},
		{`{{a=""}}{{ b='x y' }}`, []syntax.Value{{Name: "a", Optional: true}, {Name: "b", Default: "x y", Optional: true}}},
		{`{{a={"k": {"l": 1}} }}`, []syntax.Value{{Name: "a", Default: `{"k": {"l": 1}}`, Optional: true}}},
		{"{{a={{ x.y }} }}", []syntax.Value{{Name: "a", Default: "{{ x.y }}", Optional: true}}},
		{`{{a="un}}`, []syntax.Value{{Name: "a", Default: `"un`, Optional: true}}},
		{`(?P<k>\d) {{v}}`, []syntax.Value{{Name: "k"}, {Name: "v"}}},
		{"{{ no name }} {not one}", nil},
	} {
		if diff := cmp.Diff(c.want, parse(t, c.format).Values); diff != "" {
			t.Errorf("%q:\n%s", c.format, diff)
		}
	}
}

func TestRank(t *testing.T) {
	for _, c := range []struct {
		format string
		want   syntax.Rank
	}{
		{"", syntax.Rank{}},
		{"run", syntax.Rank{Literal: 3}},
		{"run {{x}}", syntax.Rank{Literal: 4, Free: 1}},
		{"run {{x=1}}", syntax.Rank{Literal: 3, Free: 1, Optional: 1}},
		{"(run|execute) {{x}}", syntax.Rank{Literal: 4, Free: 1}},
		{"run( {{x}})? now", syntax.Rank{Literal: 7, Free: 1, Optional: 1}},
		{`id [0-9]{4}-x{2,3}`, syntax.Rank{Literal: 6}},
		{`(?i:ID) .*`, syntax.Rank{Literal: 3, Free: 1, Optional: 1}},
		{`[a-z]+ [^,]+`, syntax.Rank{Literal: 1, Free: 1}},
		{"^go$|stop", syntax.Rank{Literal: 2}},
	} {
		if got := parse(t, c.format).Rank; got != c.want {
			t.Errorf("%q: got %+v, want %+v", c.format, got, c.want)
		}
	}
}

// TestCompare: more literal text, then fewer free parts, then fewer optional ones.
func TestCompare(t *testing.T) {
	ordered := []syntax.Rank{
		{Literal: 5, Free: 3, Optional: 3},
		{Literal: 4},
		{Literal: 4, Optional: 2},
		{Literal: 4, Free: 1},
		{},
	}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := a.Compare(b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%+v against %+v: got %d", a, b, got)
			}
		}
	}
}

func TestPrefix(t *testing.T) {
	for _, c := range []struct{ format, want string }{
		{"run {{x}}", "run "},
		{"  run {{x}}", ""},
		{`^\s*run\d`, "run"},
		{"run{{x=1}}", "run"},
		{"{{x}} now", ""},
		{"(run|go)", ""},
		{"run|go", ""},
		{"^run$|x", ""},
	} {
		if got := parse(t, c.format).Prefix; got != c.want {
			t.Errorf("%q: got %q, want %q", c.format, got, c.want)
		}
	}
}

// TestFault: what is refused says where. TestRefused in package aliases holds the whole list.
func TestFault(t *testing.T) {
	_, err := syntax.Parse("grüß ({{x}}", limits)
	f, ok := errors.AsType[*syntax.Fault](err)
	if !ok || f.At != len("grüß ") || f.Text == "" {
		t.Errorf("got %#v", err)
	}
}

func TestSet(t *testing.T) {
	digit, ok := parse(t, `\d`).Tree.(syntax.Seq).Parts[2].(syntax.Char)
	if !ok {
		t.Fatal("\\d is no set")
	}
	for r, want := range map[rune]bool{'0': true, '9': true, '٣': true, 'a': false, '/': false, ':': false} {
		if got := digit.Set.Has(r); got != want {
			t.Errorf("%q in \\d: got %v", r, got)
		}
	}
	if first := digit.Set.First(); first != '0' {
		t.Errorf("the first digit is %q", first)
	}
	if _, one := digit.Set.One(); one {
		t.Error("\\d is not one character")
	}
	if r, one := (syntax.Set{'x', 'x'}).One(); !one || r != 'x' {
		t.Errorf("got %q %v, want x", r, one)
	}
	if string(digit.Set.AppendKey(nil)) == string(syntax.Space.AppendKey(nil)) {
		t.Error("two sets share a key")
	}
}
