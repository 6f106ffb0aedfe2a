package param_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

func withDefault(p bot.Param, v any) bot.Param {
	p.Default, p.HasDefault = v, true
	return p
}

func required(p bot.Param) bot.Param {
	p.Required = true
	return p
}

func immutable(p bot.Param) bot.Param {
	p.Immutable = true
	return p
}

func TestCheck(t *testing.T) {
	spelled := withDefault(typed("concurrency", "integer", "minimum", int64(1)), int64(4))
	spelled.Spellings = []string{"concurency"}
	status := []any{"in production", "failed"}
	login := typed("login", "object", "required", []any{"name"}, "properties", map[string]any{
		"name": map[string]any{"type": "string"},
		"port": map[string]any{"type": "integer", "default": int64(22)},
	})
	tests := []struct {
		name   string
		params []bot.Param
		given  map[string]any
		want   map[string]any
		says   string
	}{
		{"default", []bot.Param{withDefault(typed("p", "string"), "ST2")}, nil, map[string]any{"p": "ST2"}, ""},
		{"null takes the default", []bot.Param{withDefault(typed("p", "string"), "ST2")}, map[string]any{"p": nil}, map[string]any{"p": "ST2"}, ""},
		{"null stays where there is no default", []bot.Param{typed("p", "string")}, map[string]any{"p": nil}, map[string]any{"p": nil}, ""},
		{"null as default", []bot.Param{withDefault(typed("p", "string"), nil)}, nil, map[string]any{"p": nil}, ""},
		{"optional and not given", []bot.Param{typed("p", "string")}, nil, map[string]any{}, ""},
		{"required with default", []bot.Param{required(withDefault(typed("p", "string"), "ST2"))}, nil, map[string]any{"p": "ST2"}, ""},
		{"spelling", []bot.Param{spelled}, map[string]any{"concurency": int64(8)}, map[string]any{"concurrency": int64(8)}, ""},
		{"whole float from JSON", []bot.Param{spelled}, map[string]any{"concurrency": 8.0}, map[string]any{"concurrency": 8.0}, ""},
		{"immutable", []bot.Param{immutable(withDefault(typed("p", "string"), "x"))}, nil, map[string]any{"p": "x"}, ""},
		{"immutable given as it is", []bot.Param{immutable(withDefault(typed("p", "string"), "x"))}, map[string]any{"p": "x"}, map[string]any{"p": "x"}, ""},
		{"nested default", []bot.Param{login}, map[string]any{"login": map[string]any{"name": "ann", "port": nil}}, map[string]any{"login": map[string]any{"name": "ann", "port": int64(22)}}, ""},

		{"missing", []bot.Param{required(typed("hosts", "string"))}, nil, nil, "The parameter hosts is missing; it takes text."},
		{"missing because null", []bot.Param{required(typed("hosts", "string"))}, map[string]any{"hosts": nil}, nil, "The parameter hosts is missing; it takes text."},
		{"missing enum", []bot.Param{required(typed("status", "string", "enum", status))}, nil, nil, "The parameter status is missing; it takes one of in production, failed."},
		{"unknown", []bot.Param{typed("hosts", "string")}, map[string]any{"host": "a"}, nil, "tools.run has no parameter host; did you mean hosts?"},
		{"unknown, nothing near", []bot.Param{typed("hosts", "string"), typed("user", "string")}, map[string]any{"temperature": "a"}, nil, "tools.run has no parameter temperature; it takes hosts, user."},
		{"unknown, none at all", nil, map[string]any{"a\n": "a"}, nil, `tools.run takes no parameters; leave out "a\n".`},
		{"both spellings", []bot.Param{spelled}, map[string]any{"concurency": int64(8), "concurrency": int64(8)}, nil, "concurency and concurrency are the same parameter; give only one."},
		{"immutable override", []bot.Param{immutable(withDefault(typed("p", "string"), "x"))}, map[string]any{"p": "y"}, nil, "The parameter p cannot be set; leave it out."},
		{"type", []bot.Param{typed("p", "string")}, map[string]any{"p": int64(1)}, nil, "The parameter p cannot be 1: it takes text."},
		{"enum", []bot.Param{typed("p", "string", "enum", status)}, map[string]any{"p": "faild"}, nil, `The parameter p cannot be "faild": it takes one of in production, failed; did you mean failed?`},
		{"enum of one", []bot.Param{typed("p", "string", "enum", []any{"now"})}, map[string]any{"p": "later"}, nil, `The parameter p cannot be "later": it takes only "now".`},
		{"range", []bot.Param{spelled}, map[string]any{"concurrency": int64(0)}, nil, "The parameter concurrency cannot be 0: it takes an integer, at least 1."},
		{"open range", []bot.Param{typed("p", "number", "minimum", int64(0), "exclusiveMinimum", true, "maximum", 0.5, "exclusiveMaximum", true)}, map[string]any{"p": int64(0)}, nil, "The parameter p cannot be 0: it takes a number, more than 0, less than 0.5."},
		{"pattern", []bot.Param{typed("p", "string", "pattern", "^a+$")}, map[string]any{"p": "b"}, nil, `The parameter p cannot be "b": it must match ^a+$; it takes text, matching ^a+$.`},
		{"length", []bot.Param{typed("p", "string", "minLength", int64(2))}, map[string]any{"p": "b"}, nil, `The parameter p cannot be "b": it must have at least 2 characters; it takes text, at least 2 characters long.`},
		{"items", []bot.Param{typed("p", "array", "uniqueItems", true, "minItems", int64(3))}, map[string]any{"p": []any{"a", "a"}}, nil, `The parameter p cannot be ["a","a"]: it must have at least 3 items and it must not hold the same item twice; it takes a list such as a,b, with at least 3 items.`},
		{"nested", []bot.Param{login}, map[string]any{"login": map[string]any{"port": "x"}}, nil, `The parameter login cannot be {"port":"x"}: it needs the key name and its part port must be an integer; it takes an object such as {"key": "value"}.`},
		{"forms", []bot.Param{typed("p", "", "anyOf", []any{map[string]any{"type": "string"}, map[string]any{"type": "boolean"}})}, map[string]any{"p": int64(1)}, nil, "The parameter p cannot be 1: it fits none of the allowed forms; it takes any value."},
		{"several types", []bot.Param{typed("p", "", "type", []any{"string", "boolean"})}, map[string]any{"p": int64(1)}, nil, "The parameter p cannot be 1: it takes text or true or false."},
		{"schema that is none", []bot.Param{typed("p", "strng")}, map[string]any{"p": "x"}, nil, "The schema of the parameter p is wrong (its part type fits none of the allowed forms), so its value cannot be checked; tell whoever keeps the pack."},
		{"what JSON cannot hold", []bot.Param{typed("p", "number")}, map[string]any{"p": math.NaN()}, nil, "The parameter p cannot be this value: it is not allowed by its schema; it takes a number."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := param.Check(action(test.params...), test.given)
			check(t, got, err, test.want, test.says)
			if err == nil {
				again, err := param.Check(action(test.params...), got)
				check(t, again, err, got, "")
			}
		})
	}
}

func TestCheckNamesEveryFault(t *testing.T) {
	spec := action(required(typed("hosts", "string")), required(typed("status", "string")), typed("limit", "integer"))
	_, err := param.Check(spec, map[string]any{"host": "a", "limit": "x"})
	check(t, nil, err, nil, strings.Join([]string{
		"tools.run has no parameter host; did you mean hosts?",
		"The parameter hosts is missing; it takes text.",
		"The parameter status is missing; it takes text.",
		`The parameter limit cannot be "x": it takes an integer.`,
	}, "\n"))
}

func TestCheckChangesNothingOfItsCaller(t *testing.T) {
	fallback := map[string]any{"a": []any{"b"}}
	p := withDefault(typed("p", "object", "properties", map[string]any{"n": map[string]any{"default": int64(1)}}), fallback)
	given := map[string]any{"p": map[string]any{}}
	if _, err := param.Check(action(p), given); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"p": map[string]any{}}, given); diff != "" {
		t.Errorf("the given values changed (-want +got):\n%s", diff)
	}
	got, err := param.Check(action(p), nil)
	if err != nil {
		t.Fatal(err)
	}
	got["p"].(map[string]any)["a"].([]any)[0] = "changed"
	if diff := cmp.Diff(map[string]any{"a": []any{"b"}}, fallback); diff != "" {
		t.Errorf("the default changed (-want +got):\n%s", diff)
	}
}

func TestMask(t *testing.T) {
	secret := typed("token", "string")
	secret.Secret, secret.Spellings = true, []string{"key"}
	given := map[string]any{"token": "hunter2", "key": "hunter2", "user": "ann"}
	got := param.Mask(action(secret, typed("user", "string")), given)
	if diff := cmp.Diff(map[string]any{"token": param.Masked, "key": param.Masked, "user": "ann"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if given["token"] != "hunter2" {
		t.Error("the given values changed")
	}
	if diff := cmp.Diff(map[string]any{"token": nil}, param.Mask(action(secret), map[string]any{"token": nil})); diff != "" {
		t.Errorf("null (-want +got):\n%s", diff)
	}
}
