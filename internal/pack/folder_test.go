package pack_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/petrelops/petrel/internal/pack"
)

// write makes a file and the folders above it.
func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func TestLoadFolder(t *testing.T) {
	base := t.TempDir()
	tools := filepath.Join(base, "tools")
	write(t, filepath.Join(tools, "pack.yaml"), packYAML)
	write(t, filepath.Join(tools, "shared", "b.yaml"), "name: b\nrunner_type: noop\n")
	write(t, filepath.Join(base, "outside.yaml"), "name: c\nrunner_type: noop\n")
	actions := filepath.Join(tools, "actions")
	write(t, filepath.Join(actions, "a.yaml"), "name: a\nrunner_type: noop\n")
	link(t, "../shared/b.yaml", filepath.Join(actions, "b.yaml"))
	link(t, "../../outside.yaml", filepath.Join(actions, "c.yaml"))
	link(t, filepath.Join(base, "outside.yaml"), filepath.Join(actions, "d.yaml"))
	link(t, "e.yaml", filepath.Join(actions, "e.yaml"))
	if err := syscall.Mkfifo(filepath.Join(actions, "f.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(actions, "g.yaml", "x.yaml"), "")
	write(t, filepath.Join(actions, "h.yaml"), "name: h\nrunner_type: noop\n#"+strings.Repeat("x", 1<<20))

	p, problems := pack.LoadFolder(tools, pack.Options{Runners: []string{"noop"}})
	var names []string
	for _, a := range p.Actions {
		names = append(names, a.Name)
	}
	equal(t, names, []string{"a", "b"})
	wants := []string{
		"c.yaml:1: error: The file cannot be read: path escapes from parent.",
		"d.yaml:1: error: The file cannot be read: path escapes from parent.",
		"e.yaml:1: error: The file cannot be read: too many levels of symbolic links.",
		"f.yaml:1: error: This is not a regular file",
		"g.yaml:1: error: This is not a regular file",
		"h.yaml:1: error: The file has more than 1048576 bytes",
	}
	if len(problems) != len(wants) {
		t.Fatalf("got %d problems, want %d: %v", len(problems), len(wants), problems)
	}
	for i, want := range wants {
		if got := problems[i].String(); !strings.HasPrefix(got, filepath.Join(actions, want[:6])) || !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
