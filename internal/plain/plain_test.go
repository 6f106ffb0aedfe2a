package plain_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/plain"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"as it is":                         "as it is",
		"two\nlines\tand a tab":            "two lines and a tab",
		"\x1b]0;owned\x07title\x1b[2Jgone": "titlegone",
		"8 bit \x9b31m":                    "8 bit \uFFFD31m",
		"8 bit \u009b31mred":               "8 bit red",
		"turned \u202eround\u200b":         "turned round",
	} {
		if got := plain.Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	if diff := cmp.Diff([]string{"10 %", "20 %", "\tin", "end"}, plain.Lines("10 %\r20 %\r\n\tin  \n\u202eend\n")); diff != "" {
		t.Error(diff)
	}
}

func TestAligned(t *testing.T) {
	rows := [][]string{{"node", "状態", "note"}, {"irene4000", "up", ""}, {"a\nb"}}
	if diff := cmp.Diff([]string{"node       状態  note", "irene4000  up", "a b"}, plain.Aligned(rows)); diff != "" {
		t.Error(diff)
	}
}
