package chat_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/chat"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Help names what the person may run and nothing else, in the order of the packs.
func TestHelp(t *testing.T) {
	for name, test := range map[string]struct{ person, line string }{
		"all":             {"ann", "help"},
		"visible":         {"bob", "help"},
		"pack":            {"ann", "help lab"},
		"words":           {"ann", "help alias twin"},
		"one":             {"ann", "help lab set"},
		"one_by_rule":     {"bob", "help lab get"},
		"not_runnable":    {"ann", "help hello"},
		"nothing_visible": {"bob", "help drain"},
		"nothing":         {"ann", "help make coffee"},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, words(newWorld(t).says(t, test.person, test.line)))
		})
	}
}

func TestDescribe(t *testing.T) {
	w := newWorld(t)
	action, err := w.content.Actions.Action("lab.set")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "describe", plain(chat.Describe(action.Spec)))
}

// golden compares with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "help", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs, -update writes it anew:\n%s", path, diff)
	}
}

func TestComplete(t *testing.T) {
	tests := []struct {
		name, person, line string
		want               []string
	}{
		{"first word", "bob", "e", []string{"execution", "executions"}},
		{"only what may be run", "bob", "ca", nil},
		{"for those who may", "ann", "ca", []string{"cancel"}},
		{"next word", "bob", "lab ", []string{"get", "hello", "twin"}},
		{"next word begun", "ann", "lab d", []string{"drain", "double"}},
		{"a live value", "bob", "lab get ", []string{"host-1", "2"}},
		{"a live value begun", "bob", "lab get h", []string{"host-1", "h2"}},
		{"a value that nobody knows", "ann", "lab set ", nil},
		{"other words before", "ann", "lob ", nil},
		{"behind the end", "ann", "whoami ", nil},
		{"a stranger", "eve", "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			var got []string
			for _, c := range w.desk.Complete(t.Context(), bot.Origin{Adapter: "console", User: test.person}, test.line) {
				got = append(got, c.Word)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
