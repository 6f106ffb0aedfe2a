package param_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
	"github.com/petrelops/petrel/internal/param"
)

func rendering() param.Rendering {
	return param.Rendering{Templates: expr.New(expr.Options{}), Vars: map[string]any{
		"action_context": map[string]any{"api_user": "ann", "none": nil},
		"config_context": map[string]any{"port": 8080},
	}}
}

func templated(name, kind string, value any) bot.Param {
	schema := map[string]any{}
	if kind != "" {
		schema["type"] = kind
	}
	return bot.Param{Name: name, Type: kind, Default: value, HasDefault: value != nil, Schema: schema}
}

func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		params []bot.Param
		given  map[string]any
		want   map[string]any // what Check then returns
	}{
		{"nothing to render", []bot.Param{templated("a", "string", "x")}, nil, map[string]any{"a": "x"}},
		{
			"in any order",
			[]bot.Param{templated("a", "string", "{{ b }}!"), templated("b", "string", "{{ c }}?"), templated("c", "string", nil)},
			map[string]any{"c": "x"},
			map[string]any{"a": "x?!", "b": "x?", "c": "x"},
		},
		{"text without a type", []bot.Param{templated("a", "", "{{ true }}")}, nil, map[string]any{"a": "True"}},
		{"null is a word in text", []bot.Param{templated("a", "string", "{{ action_context.none }}")}, nil, map[string]any{"a": "None"}},
		{"unless it is asked for", []bot.Param{templated("a", "string", "{{ action_context.none | use_none }}")}, nil, map[string]any{"a": nil}},
		{"number", []bot.Param{templated("a", "integer", "{{ config_context.port + 1 }}")}, nil, map[string]any{"a": int64(8081)}},
		{"number from text", []bot.Param{templated("a", "integer", "80{{ 81 }}")}, nil, map[string]any{"a": int64(8081)}},
		{"truth from a number", []bot.Param{templated("a", "boolean", "{{ 1 }}")}, nil, map[string]any{"a": true}},
		{"list from text", []bot.Param{templated("a", "array", "{{ 'x,y' }}")}, nil, map[string]any{"a": []any{"x", "y"}}},
		{
			"inside an object",
			[]bot.Param{templated("a", "object", map[string]any{"n": "{{ 1 }}", "l": []any{"{{ b }}", "is {{ b }}"}}), templated("b", "boolean", true)},
			nil,
			map[string]any{"a": map[string]any{"n": int64(1), "l": []any{true, "is True"}}, "b": true},
		},
		{"immutable", []bot.Param{{Name: "a", Type: "string", Default: "{{ action_context.api_user }}", HasDefault: true, Immutable: true, Schema: map[string]any{"type": "string"}}}, nil, map[string]any{"a": "ann"}},
		{
			"what people give is never rendered",
			[]bot.Param{templated("a", "string", "{{ b }}"), templated("b", "string", nil), templated("c", "string", "{{ 1 }}")},
			map[string]any{"b": "{{ action_context.api_user }}", "c": "{{ 2 }}"},
			map[string]any{"a": "{{ action_context.api_user }}", "b": "{{ action_context.api_user }}", "c": "{{ 2 }}"},
		},
		{
			"a broken default that is not needed",
			[]bot.Param{templated("a", "string", "{{ nothing }}")},
			map[string]any{"a": "x"},
			map[string]any{"a": "x"},
		},
		{
			"a parameter does not hide what the program says",
			[]bot.Param{templated("a", "string", "{{ action_context.api_user }}"), templated("action_context", "object", nil)},
			map[string]any{"action_context": map[string]any{"api_user": "eve"}},
			map[string]any{"a": "ann", "action_context": map[string]any{"api_user": "eve"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := &bot.ActionSpec{Pack: "p", Name: "a", Params: c.params}
			before := cmp.Diff(nil, spec)
			rendered, err := param.Defaults(t.Context(), spec, c.given, rendering())
			if err != nil {
				t.Fatal(err)
			}
			got, err := param.Check(rendered, c.given)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if cmp.Diff(nil, spec) != before {
				t.Error("the action itself was changed")
			}
		})
	}
}

func TestDefaultsRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		params []bot.Param
		want   string
	}{
		{
			"unknown variable",
			[]bot.Param{templated("a", "string", "{{ nothing }}")},
			"Dependency unsatisfied: the default of a uses nothing, which is no parameter of the action. Give a a value, and tell whoever keeps the pack.",
		},
		{
			"circle",
			[]bot.Param{templated("x", "", "{{ b }}"), templated("b", "", "{{ c }}"), templated("c", "", "{{ b }}")},
			"Cyclic dependency: the defaults of b, c need each other. Give one of them a value, and tell whoever keeps the pack.",
		},
		{
			"itself",
			[]bot.Param{templated("a", "", "{{ a }}")},
			"Cyclic dependency: the defaults of a need each other. Give one of them a value, and tell whoever keeps the pack.",
		},
		{
			"part that is not there",
			[]bot.Param{templated("a", "string", "{{ action_context.missing }}")},
			`The default of a could not be rendered. The template "{{ action_context.missing }}" could not be rendered: line 1: action_context.missing is not defined. Mend it where it is written.`,
		},
		{
			"no template",
			[]bot.Param{templated("a", "string", "{{ 1 +")},
			`The default of a could not be rendered. The template cannot be read: line 1, column 7: expected either a number, string, keyword or identifier, in "{{ 1 +". Mend it where it is written.`,
		},
		{
			"wrong type",
			[]bot.Param{templated("a", "integer", "{{ 'many' }}")},
			`The parameter a cannot be "many": it takes an integer.`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := param.Defaults(t.Context(), &bot.ActionSpec{Pack: "p", Name: "a", Params: c.params}, nil, rendering())
			if bot.ErrorCode(err) != bot.CodeInvalid || bot.ErrorText(err) != c.want {
				t.Errorf("code %s\n got %s\nwant %s", bot.ErrorCode(err), bot.ErrorText(err), c.want)
			}
		})
	}
}
