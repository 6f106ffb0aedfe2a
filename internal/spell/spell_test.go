package spell_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/spell"
)

func TestClosest(t *testing.T) {
	words := []string{"host", "hosts", "status", "comment", "concurrency", "Channel", "id"}
	tests := []struct {
		name  string
		word  string
		limit int
		want  []string
	}{
		{"missing letter", "concurency", 3, []string{"concurrency"}},
		{"swapped neighbours", "sttaus", 3, []string{"status"}},
		{"exact before near", "hosts", 3, []string{"hosts", "host"}},
		{"equally near are alphabetical", "hostx", 3, []string{"host", "hosts"}},
		{"limit", "hostx", 1, []string{"host"}},
		{"case is no difference", "CHANNEL", 3, []string{"Channel"}},
		{"nothing near", "temperature", 3, []string{}},
		{"no letter shared", "xy", 3, []string{}},
		{"one letter is no hint for another", "x", 3, []string{}},
		{"empty", "", 3, nil},
		{"too long to be a typing mistake", strings.Repeat("host", 10_000), 3, nil},
		{"letters beyond ASCII", "stätus", 3, []string{"status"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := spell.Closest(test.word, words, test.limit)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Closest(%q) (-want +got):\n%s", test.word, diff)
			}
		})
	}
}

func TestClosestNamesACandidateOnce(t *testing.T) {
	got := spell.Closest("hots", []string{"host", "host"}, 3)
	if diff := cmp.Diff([]string{"host"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHint(t *testing.T) {
	if got, want := spell.Hint("formts", []string{"formats", "name"}), "; did you mean formats?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := spell.Hint("zzz", []string{"formats"}); got != "." {
		t.Errorf("got %q, want a full stop", got)
	}
}
