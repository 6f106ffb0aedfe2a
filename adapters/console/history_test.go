package console_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/console"
)

func TestHistoryKeepsLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	first, err := console.OpenHistory(path)
	if err != nil {
		t.Fatalf("OpenHistory: %v", err)
	}
	for _, l := range []string{"one", "", " secret", "two\nlines", strings.Repeat("x", 5000), "three"} {
		if _, err := first.Write(l); err != nil {
			t.Fatalf("Write(%q): %v", l, err)
		}
	}
	second, err := console.OpenHistory(path)
	if err != nil {
		t.Fatalf("OpenHistory: %v", err)
	}
	want := []string{"one", "two lines", "three"}
	if diff := cmp.Diff(any(want), second.Dump()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if l, err := second.GetLine(1); err != nil || l != "two lines" || second.Len() != 3 {
		t.Errorf("GetLine(1) of %d = %q, %v", second.Len(), l, err)
	}
	for _, n := range []int{-1, 3} {
		if _, err := second.GetLine(n); err == nil {
			t.Errorf("GetLine(%d) gave no error", n)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v; want 0600", info.Mode(), err)
	}
}

func TestHistoryIsCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var long strings.Builder
	for i := range console.MaxHistory + 10 {
		fmt.Fprintf(&long, "line %d\n", i)
	}
	if err := os.WriteFile(path, []byte(long.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	h, err := console.OpenHistory(path)
	if err != nil {
		t.Fatalf("OpenHistory: %v", err)
	}
	if l, _ := h.GetLine(0); h.Len() != console.MaxHistory || l != "line 10" {
		t.Errorf("%d lines from %q, want %d from line 10", h.Len(), l, console.MaxHistory)
	}
	kept, err := os.ReadFile(path)
	if n := strings.Count(string(kept), "\n"); err != nil || n != console.MaxHistory {
		t.Errorf("the file keeps %d lines, %v; want %d", n, err, console.MaxHistory)
	}
}

func TestHistoryWithoutFile(t *testing.T) {
	h, err := console.OpenHistory("")
	if err != nil {
		t.Fatalf("OpenHistory: %v", err)
	}
	if n, err := h.Write("one"); n != 1 || err != nil {
		t.Errorf("Write = %d, %v", n, err)
	}
	if _, err := console.OpenHistory(t.TempDir()); err == nil {
		t.Error("a folder was read as history")
	}
}
