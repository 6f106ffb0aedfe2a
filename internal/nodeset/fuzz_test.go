package nodeset_test

import (
	"errors"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/nodeset"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"irene[4000-4010,4020]", "n[001-010]", "n[0-10/2]", "r[1-2]n[1-4]", "n[1-2]-ib0", "a[1-9]!a3&a[1-5]^b , c d",
		"@compute!irene1", "@all", "@loop", "a[0-999999999999]", "irene[4000-", "n[[1]]", "n[9-1]", "a!!", "é\x00\xff", "[1-2]3",
	} {
		f.Add(seed)
	}
	o := nodeset.Options{Max: 500, Groups: map[string]string{
		"compute": "irene[1-9]", "all": "@compute,login[1-2]", "loop": "@loop",
	}}
	f.Fuzz(func(t *testing.T, text string) {
		names, err := nodeset.Parse(text, o)
		if err != nil {
			checkHostile(t, text, err)
			return
		}
		if len(names) > o.Max {
			t.Fatalf("%d names, over the limit", len(names))
		}
		if len(names) == 0 {
			return
		}
		folded := nodeset.Fold(names)
		again, err := nodeset.Parse(folded, o)
		if err != nil {
			t.Fatalf("%q folds to %q: %v", text, folded, err)
		}
		if !slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(again))) {
			t.Fatalf("%q folds to %q, which reads as %q", text, folded, again)
		}
	})
}

// checkHostile checks that an error can be shown in a chat and points into the text.
func checkHostile(t *testing.T, text string, err error) {
	t.Helper()
	fault, ok := errors.AsType[*nodeset.SyntaxError](err)
	if !ok || bot.ErrorCode(err) != bot.CodeInvalid {
		t.Fatalf("error %v is not a SyntaxError of code invalid", err)
	}
	if fault.Column < 1 || fault.Column > utf8.RuneCountInString(text)+1 {
		t.Fatalf("column %d in %q", fault.Column, text)
	}
	if sentence := bot.ErrorText(err); !utf8.ValidString(sentence) || len(sentence) > 4000 {
		t.Fatalf("text of the error: %q", sentence)
	}
}

// FuzzFold folds whatever a server may call its nodes.
func FuzzFold(f *testing.F) {
	f.Add("n1", "n2", "n01")
	f.Add("r1n1", "r1n2", "[")
	f.Add("\x00", "1", "")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		folded := nodeset.Fold([]string{a, b, c})
		if other := nodeset.Fold([]string{c, b, a, a}); other != folded {
			t.Fatalf("%q in one order and %q in another", folded, other)
		}
	})
}
