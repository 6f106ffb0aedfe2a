package expr_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
)

// vector is a recorded render of StackStorm.
type vector struct {
	Template       string         `json:"template"`
	Context        map[string]any `json:"context"`
	AllowUndefined bool           `json:"allow_undefined"`
	OK             bool           `json:"ok"`
	Result         string         `json:"result"`
	Test           string         `json:"test"`
}

func vectorFolder(t *testing.T) string {
	t.Helper()
	folder, ok := os.LookupEnv("PETREL_VECTORS") //nolint:forbidigo // a test outside the repository has no other way to tell
	if !ok {
		folder = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	return folder
}

func readVectors[V any](t *testing.T, name string) []V {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(vectorFolder(t), name))
	if err != nil {
		t.Skipf("the recorded vectors are absent: set PETREL_VECTORS to their folder (%v)", err)
	}
	var out []V
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v V
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// datastore is a Lookup in memory. Keys are scope and name with a dot between.
type datastore map[string]string

func (d datastore) Get(_ context.Context, scope, name string) (string, error) {
	if v, ok := d[scope+"."+name]; ok {
		return v, nil
	}
	return "", bot.E(bot.CodeNotFound, "test.datastore.get", "There is no such key.", nil)
}

func (d datastore) Decrypt(ctx context.Context, scope, name string) (string, error) {
	v, err := d.Get(ctx, scope, name)
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(v, "sealed:"), nil
}

// recorded is what the datastore of StackStorm's tests held; the records only say that there was one. Some of those tests hold other
// values under one key, so the test's name may stand before it.
var recorded = map[string]datastore{
	"": {
		"system.actionnumber": "1.0", "system.actionstr": "foo", "system.test_key": "foo", "system.key1": "valuea",
		"system.key2": "valueb", "system.k8": "sealed:Build a wall", "user.k8": "sealed:Build a wall",
		"system.test_value_1": "non matching", "system.test_value_2": "v1", "system.test_value_3": "YYY",
	},
	"valuestanley1": {"user.key1": "valuestanley1"},
	"valuejoe1":     {"user.key1": "valuejoe1"},
	"bar":           {"user.test_key": "bar"},
	"baz":           {"user.test_key": "baz"},
}

// restore puts back what could not be recorded: the datastore, and the module six, which is built in.
func restore(v vector) map[string]any {
	d := recorded[""]
	if other, ok := recorded[v.Result]; ok {
		d = other
	}
	vars := map[string]any{}
	for name, value := range v.Context {
		switch m, _ := value.(map[string]any); {
		case name == "six":
		case name == "st2kv":
			vars[name] = d
		case m["$kv"] != nil:
			vars[name] = `["a", "b", "c"]`
		default:
			vars[name] = value
		}
	}
	return vars
}

// jinjaDifferences are the recorded renders that come out otherwise on purpose, by the name that docs/templates.md gives the case.
var jinjaDifferences = map[string]string{
	// The test replaced the datastore by a mock that cannot be made JSON; a key that is not there is empty text.
	"{{st2kv.system.inexistent_value  | to_complex}}": "missing-key-is-empty",
}

func TestJinjaVectors(t *testing.T) {
	passed, different := 0, map[string]int{}
	for i, v := range readVectors[vector](t, "jinja_render.jsonl") {
		e := expr.New(expr.Options{AllowUndefined: v.AllowUndefined})
		got, err := "", error(nil)
		tmpl, err := e.Compile(v.Template)
		if err == nil {
			got, err = tmpl.Text(t.Context(), restore(v))
		}
		switch {
		case (err == nil) == v.OK && got == v.Result:
			passed++
		case jinjaDifferences[v.Template] != "":
			different[jinjaDifferences[v.Template]]++
		case err != nil:
			t.Errorf("vector %d (%s): %q: %v", i, v.Test, v.Template, err)
		default:
			t.Errorf("vector %d (%s): %q:\n got %q\nwant %q (ok %v)", i, v.Test, v.Template, got, v.Result, v.OK)
		}
	}
	t.Logf("jinja_render.jsonl: %d vectors pass, intended differences: %v", passed, different)
	if passed == 0 {
		t.Error("no vector was compared")
	}
}

// docs/templates.md lists each difference by its name; what Petrel does instead is in the tables of this package and of param.
func TestDifferencesAreExplained(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "templates.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(slices.Collect(maps.Values(jinjaDifferences)), "values-of-people", "items-of-comma-lists", "truth-values") {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/templates.md does not explain %s", name)
		}
	}
}
