package param_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/param"
)

// vector is a recorded call of StackStorm's st2common.util.schema.validate.
type vector struct {
	Instance json.RawMessage `json:"instance"`
	Schema   struct {
		Type                 string                     `json:"type"`
		Properties           map[string]json.RawMessage `json:"properties"`
		AdditionalProperties any                        `json:"additionalProperties"`
		Required             any                        `json:"required"`
		Definitions          any                        `json:"definitions"`
	} `json:"schema"`
	OK     bool           `json:"ok"`
	Result map[string]any `json:"result"`
	Test   string         `json:"test"`
}

// isParameters reports whether the vector's schema has the form that StackStorm makes of an action's parameters: the others
// are of whole files (aliases, triggers, output schemas), which do not pass through this package.
func (v vector) isParameters() bool {
	return v.Schema.Type == "object" && v.Schema.AdditionalProperties == false && v.Schema.Required == nil && v.Schema.Definitions == nil &&
		!strings.Contains(v.Test, "test_pack_action_alias") && !strings.Contains(v.Test, "test_action_alias_registrar")
}

// A vector's schema goes the whole way: written as an action file, read by package pack, checked here.
func TestStackStormVectors(t *testing.T) {
	vectors := readVectors(t)
	passed, other := 0, 0
	for i, v := range vectors {
		if !v.isParameters() {
			other++
			continue
		}
		parameters, err := json.Marshal(v.Schema.Properties)
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{
			"p/pack.yaml":      {Data: []byte("name: p\ndescription: d\nversion: 1.0.0\nauthor: a\n")},
			"p/actions/a.yaml": {Data: []byte("name: a\nrunner_type: noop\nparameters: " + string(parameters) + "\n")},
		}
		p, problems := pack.Load(fsys, "p", pack.Options{Runners: []string{"noop"}})
		if pack.HasErrors(problems) || len(p.Actions) != 1 {
			t.Errorf("vector %d (%s): %v", i, v.Test, problems)
			continue
		}
		var instance map[string]any
		if err := json.Unmarshal(v.Instance, &instance); err != nil {
			t.Fatal(err)
		}
		got, err := param.Check(p.Actions[0], instance)
		switch {
		case (err == nil) != v.OK:
			t.Errorf("vector %d (%s): StackStorm takes it: %v; we answer %v", i, v.Test, v.OK, err)
		case v.OK && !cmp.Equal(v.Result, got):
			t.Errorf("vector %d (%s) (-StackStorm +ours):\n%s", i, v.Test, cmp.Diff(v.Result, got))
		default:
			passed++
		}
	}
	t.Logf("%d vectors: %d agree, %d are not about parameters", len(vectors), passed, other)
	if passed == 0 {
		t.Error("no vector was compared")
	}
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	folder, ok := os.LookupEnv("PETREL_VECTORS") //nolint:forbidigo // a test outside the repository has no other way to tell
	if !ok {
		folder = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	data, err := os.ReadFile(filepath.Join(folder, "schema_validate.jsonl"))
	if err != nil {
		t.Skipf("the recorded vectors are absent: set PETREL_VECTORS to their folder (%v)", err)
	}
	var out []vector
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
