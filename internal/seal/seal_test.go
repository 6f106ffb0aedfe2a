package seal_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/seal"
)

func TestSealOpen(t *testing.T) {
	key := open(t, filepath.Join(t.TempDir(), "petrel.key"))
	for name, value := range map[string]any{
		"text":   "hunter2",
		"empty":  "",
		"number": 12.5,
		"list":   []any{"a", true, nil},
		"object": map[string]any{"user": "ann"},
	} {
		t.Run(name, func(t *testing.T) {
			sealed, err := key.Seal(value)
			if err != nil {
				t.Fatal(err)
			}
			if !seal.Sealed(sealed) || seal.Sealed(value) {
				t.Error("Sealed tells them apart wrongly")
			}
			stored, err := json.Marshal(sealed)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(stored), "hunter2") {
				t.Errorf("the secret stands in %s", stored)
			}
			var back any
			if err := json.Unmarshal(stored, &back); err != nil {
				t.Fatal(err)
			}
			opened, err := key.Open(back)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(value, opened); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestKeyFileIsPrivateAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "petrel.key")
	sealed, err := open(t, path).Seal("x")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
	if got, err := open(t, path).Open(sealed); err != nil || got != "x" {
		t.Errorf("after a restart: %v, %v", got, err)
	}
}

func TestTwoStartsShareOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "petrel.key")
	keys := make([]*seal.Key, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() { keys[i] = open(t, path) })
	}
	wg.Wait()
	sealed, err := keys[0].Seal("x")
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range keys {
		if got, err := k.Open(sealed); err != nil || got != "x" {
			t.Errorf("key %d: %v, %v", i, got, err)
		}
	}
}

func TestWrongKey(t *testing.T) {
	dir := t.TempDir()
	sealed, err := open(t, filepath.Join(dir, "a")).Seal("x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, filepath.Join(dir, "b")).Open(sealed); bot.ErrorCode(err) != bot.CodeInvalid {
		t.Errorf("another key: %v", err)
	}
	garbage := filepath.Join(dir, "garbage")
	if err := os.WriteFile(garbage, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenKey(garbage); bot.ErrorCode(err) != bot.CodeInvalid {
		t.Errorf("a garbage file: %v", err)
	}
}

func open(t *testing.T, path string) *seal.Key {
	t.Helper()
	k, err := seal.OpenKey(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
