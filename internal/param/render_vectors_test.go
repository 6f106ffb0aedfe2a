package param_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
	"github.com/petrelops/petrel/internal/param"
)

// renderVector is a recorded call of StackStorm's render_live_params.
type renderVector struct {
	call
	KW     *call          `json:"kw"`
	OK     bool           `json:"ok"`
	Result map[string]any `json:"result"`
	Error  string         `json:"message"`
	Test   string         `json:"test"`
}

type call struct {
	Runner     map[string]map[string]any `json:"runner_parameters"`
	Action     map[string]map[string]any `json:"action_parameters"`
	Params     map[string]any            `json:"params"`
	Context    map[string]any            `json:"action_context"`
	Additional map[string]any            `json:"additional_contexts"`
}

// keys is what StackStorm's tests had in the datastore. A person has other values there than the next.
type keys map[string]string

func (k keys) Get(_ context.Context, scope, name string) (string, error) {
	return k[scope+"."+name], nil
}

func (k keys) Decrypt(ctx context.Context, scope, name string) (string, error) {
	return k.Get(ctx, scope, name)
}

func datastoreOf(c call) keys {
	k := keys{"system.actionnumber": "1.0", "system.actionstr": "foo", "system.test_key": "foo"}
	switch c.Context["user"] {
	case "user1":
		k["user.test_key"] = "bar"
	case nil:
		k["user.test_key"] = "baz"
	}
	return k
}

// spec makes an action of the parameters of a runner and an action, as StackStorm merges them. Values that are templates become
// defaults: Petrel renders only what a pack's author wrote. A value of no parameter becomes one, so that templates can use it.
func (c call) spec() (spec *bot.ActionSpec, given map[string]any, moved bool) {
	merged := map[string]map[string]any{}
	for name, schema := range c.Runner {
		merged[name] = maps.Clone(schema)
	}
	for name, schema := range c.Action {
		if merged[name] == nil {
			merged[name] = map[string]any{}
		}
		for key, v := range schema {
			// An action cannot change the type of its runner's parameter, nor the value of an immutable one.
			_, typed := c.Runner[name]["type"]
			if (key != "type" || !typed) && (key != "default" || c.Runner[name]["immutable"] != true) {
				merged[name][key] = v
			}
		}
	}
	given = map[string]any{}
	for name, v := range c.Params {
		if merged[name] == nil {
			merged[name] = map[string]any{}
		}
		if param.IsTemplate(v) {
			merged[name]["default"], moved = v, true
		} else {
			given[name] = v
		}
	}
	spec = &bot.ActionSpec{Pack: "p", Name: "a"}
	for name, schema := range merged {
		kind, _ := schema["type"].(string)
		p := bot.Param{Name: name, Type: kind, Schema: map[string]any{}, Immutable: schema["immutable"] == true}
		p.Default, p.HasDefault = schema["default"]
		spec.Params = append(spec.Params, p)
	}
	return spec, given, moved
}

// renderDifferences are the recorded answers that Petrel gives otherwise on purpose, by the name that docs/templates.md gives the
// case. In all of them StackStorm renders values, which is the case values-of-people.
var renderDifferences = map[string]string{
	// a,b,1 becomes a list of texts, as where a person types it; StackStorm reads it as a tuple of Python.
	"test_get_finalized_params_cross_talk_with_cast": "items-of-comma-lists",
	// The text 1 becomes true, as where a person types it; StackStorm leaves the number 1 in a parameter of type boolean.
	"test_get_finalized_params_with_cast_overridden": "truth-values",
}

func TestRenderVectors(t *testing.T) {
	passed, people, different := 0, 0, map[string]int{}
	for i, v := range readRenderVectors(t) {
		c := v.call
		if v.KW != nil {
			c = *v.KW
		}
		spec, given, moved := c.spec()
		how := param.Rendering{Templates: expr.New(expr.Options{}), Vars: map[string]any{
			"st2kv": datastoreOf(c), "action_context": c.Context, "config_context": map[string]any{"generic_config_param": "So generic"},
			"additional": map[string]any{"stuff": "generic"},
		}}
		maps.Copy(how.Vars, c.Additional)
		rendered, err := param.Defaults(t.Context(), spec, given, how)
		if (err == nil) != v.OK {
			t.Errorf("vector %d (%s): StackStorm: %v %s; we: %v", i, v.Test, v.OK, v.Error, err)
			continue
		}
		for _, words := range []string{"Dependency unsatisfied", "Cyclic dependency"} {
			if strings.HasPrefix(v.Error, words) != strings.HasPrefix(bot.ErrorText(err), words) {
				t.Errorf("vector %d (%s): StackStorm says %s; we: %v", i, v.Test, v.Error, err)
			}
		}
		got := map[string]any{}
		for name := range v.Result {
			p, _ := rendered.Param(name)
			got[name] = p.Default
			if value, ok := given[name]; ok && !p.Immutable {
				got[name] = value
			}
		}
		if diff := cmp.Diff(plainJSON(t, v.Result), plainJSON(t, got)); v.OK && diff != "" {
			if why := renderDifferences[v.Test[strings.LastIndex(v.Test, ":")+1:]]; why != "" {
				different[why]++
				continue
			}
			t.Errorf("vector %d (%s) (-StackStorm +ours):\n%s", i, v.Test, diff)
			continue
		}
		passed++
		if moved {
			people++
			staysAsTyped(t, c, how)
		}
	}
	t.Logf("param_render.jsonl: %d vectors pass, intended differences: %v", passed, different)
	t.Logf("in %d of those that pass StackStorm renders what people typed (values-of-people): with that as defaults the answer is the same, "+
		"and as values Petrel leaves it as it was typed", people)
	if passed == 0 {
		t.Error("no vector was compared")
	}
}

// staysAsTyped checks the difference values-of-people: templates among the values are no templates.
func staysAsTyped(t *testing.T, c call, how param.Rendering) {
	t.Helper()
	spec := &bot.ActionSpec{Pack: "p", Name: "a"}
	for name := range c.Params {
		spec.Params = append(spec.Params, bot.Param{Name: name, Schema: map[string]any{}})
	}
	rendered, err := param.Defaults(t.Context(), spec, c.Params, how)
	if err != nil {
		t.Error(err)
		return
	}
	got, err := param.Check(rendered, c.Params)
	if err != nil || !cmp.Equal(c.Params, got) {
		t.Errorf("%v was rendered: %v, %v", c.Params, got, err)
	}
}

func plainJSON(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func readRenderVectors(t *testing.T) []renderVector {
	t.Helper()
	folder, ok := os.LookupEnv("PETREL_VECTORS") //nolint:forbidigo // a test outside the repository has no other way to tell
	if !ok {
		folder = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	data, err := os.ReadFile(filepath.Join(folder, "param_render.jsonl"))
	if err != nil {
		t.Skipf("the recorded vectors are absent: set PETREL_VECTORS to their folder (%v)", err)
	}
	var out []renderVector
	for line := range strings.Lines(string(data)) {
		var v renderVector
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}
