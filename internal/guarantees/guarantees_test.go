package guarantees_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/guarantees"
)

// The numbers of the page are those of the committed results.
func TestPageComesFromTheResults(t *testing.T) {
	page, err := os.ReadFile("../../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := guarantees.Page(string(page), os.DirFS("../../docs/guarantees"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(page)); diff != "" {
		t.Errorf("docs/guarantees.md does not come from docs/guarantees/*.json, run make guarantees:\n%s", diff)
	}
}

func TestPage(t *testing.T) {
	page := "before\n<!-- made by make guarantees from docs/guarantees/*.json -->\nold\n<!-- end of what make guarantees made -->\nafter\n"
	files := fstest.MapFS{
		"a.json": {Data: []byte(`{"results":[{"goal":"R10","title":"b","measured":"x|y"},{"goal":"R2","title":"a","passed":true}],"mutants":[{"defect":"d","scenario":"s"}]}`)},
	}
	got, err := guarantees.Page(page, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before\n", "| R2 a ", "| kept |", "| R10 b ", `x\|y`, "| missed |", "| not caught | breaks one too |", "\nafter\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "old") || strings.Index(got, "R2 a") > strings.Index(got, "R10 b") {
		t.Errorf("the page is\n%s", got)
	}
	for name, bad := range map[string]fstest.MapFS{"no JSON": {"a.json": {Data: []byte("{")}}} {
		if _, err := guarantees.Page(page, bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := guarantees.Page("no place", files); err == nil {
		t.Error("a page without a place for the table is no error")
	}
}
