package target_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/target"
)

func TestExpand(t *testing.T) {
	groups := map[string]string{"gpu": "g[1-2]"}
	for text, want := range map[string][]string{
		"":                  nil,
		"irene1 ":           {"irene1"}, //nolint:gocritic // blanks around a name are what is tested
		"irene[1-3]!irene2": {"irene1", "irene3"},
		"@gpu,irene1":       {"g1", "g2", "irene1"},
		"rack/3":            {"rack/3"},
		"server/8f2c-41":    {"server/8f2c-41"},
	} {
		got, err := target.Expand(text, groups)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
	}
	for _, text := range []string{"irene[1-", "@nobody", "rack/3,rack/4", "a\x00b", strings.Repeat("x/", 101)} {
		if _, err := target.Expand(text, groups); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFold(t *testing.T) {
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("irene%d", 4000+i))
	}
	for want, names := range map[string][]string{
		"":                  nil,
		"irene[1-2]":        {"irene1", "irene2"},
		"irene[4000-4999]":  many,
		"rack/1,rack/2,web": {"rack/1", "rack/2", "web"},
	} {
		folded := target.Fold(names)
		if folded != want {
			t.Errorf("%v is folded as %q, want %q", names, folded, want)
		}
		if diff := cmp.Diff(names, target.Names(folded)); diff != "" {
			t.Errorf("%q: %s", folded, diff)
		}
	}
	for name, want := range map[string]bool{"irene4000": true, "irene4999": true, "irene5000": false, "irene": false} {
		if target.Contains("irene[4000-4999]", name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}

func TestEntries(t *testing.T) {
	if got := target.Entries([]string{"a", "b"}); len(got) != 2 || got[1].Value != "b" || got[1].Name != target.Index {
		t.Errorf("%v", got)
	}
	if got := target.Entries(make([]string, target.MaxIndexed+1)); len(got) != 1 || got[0].Value != target.Wide {
		t.Errorf("%v", got)
	}
}
