package adaptertest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Golden compares what was made with the file, or writes the file.
func Golden(tb testing.TB, update bool, file string, got []byte) {
	tb.Helper()
	if update {
		if err := os.WriteFile(file, append(got, '\n'), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		tb.Error(diff)
	}
}

// Payload is what a platform sends, in a file whose folder tells the kind.
type Payload struct {
	File, Kind string
	Data       []byte
}

// Payloads reads the files that fit the pattern.
func Payloads(tb testing.TB, pattern string) []Payload {
	tb.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		tb.Fatalf("%d files fit %s: %v", len(files), pattern, err)
	}
	list := make([]Payload, len(files))
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		list[i] = Payload{file, filepath.Base(filepath.Dir(file)), data}
	}
	return list
}

// Decodes compares what decode makes of each payload, or why it refuses it, with the golden file beside it.
func Decodes(t *testing.T, update bool, payloads []Payload, decode func(p Payload) (any, error)) {
	t.Helper()
	for _, p := range payloads {
		name := strings.TrimSuffix(p.File, filepath.Ext(p.File))
		t.Run(p.Kind+"/"+filepath.Base(name), func(t *testing.T) {
			e, err := decode(p)
			got := []byte("refused: ")
			if err != nil {
				got = append(got, err.Error()...)
			} else if got, err = json.MarshalIndent(e, "", "  "); err != nil {
				t.Fatal(err)
			}
			Golden(t, update, name+".golden", got)
		})
	}
}
