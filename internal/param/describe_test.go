package param_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

func TestDescribe(t *testing.T) {
	hosts := required(typed("hosts", "string"))
	hosts.Description = "A node set"
	secret := withDefault(typed("token", "string"), "hunter2")
	secret.Secret = true
	spec := action(
		hosts,
		withDefault(typed("user", "string"), "ST2"),
		required(withDefault(typed("impacting", "boolean"), false)),
		withDefault(typed("concurrency", "integer", "minimum", int64(1), "maximum", int64(64)), int64(4)),
		withDefault(typed("avoid", "array"), []any{"failed", "decommissioned"}),
		withDefault(typed("note", "string"), "hw swap"),
		typed("status", "string", "enum", []any{"ok", int64(2), ""}),
		secret,
		immutable(withDefault(typed("hidden", "string"), "x")),
		typed("anything", ""),
		withDefault(typed("nothing", "string"), nil),
	)
	want := []param.Row{
		{"hosts", "string", "required", "text", "A node set"},
		{"user", "string", "default ST2", "text", ""},
		{"impacting", "boolean", "default false", "true or false", ""},
		{"concurrency", "integer", "default 4", "an integer, at least 1, at most 64", ""},
		{"avoid", "array", "default failed,decommissioned", "a list such as a,b", ""},
		{"note", "string", `default "hw swap"`, "text", ""},
		{"status", "string", "optional", `one of ok, 2, ""`, ""},
		{"token", "string", "default ********", "text", ""},
		{"anything", "any", "optional", "any value", ""},
		{"nothing", "string", "optional", "text", ""},
	}
	if diff := cmp.Diff(want, param.Describe(spec)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLongEnumsAreCut(t *testing.T) {
	var values []any
	for i := range 23 {
		values = append(values, int64(i))
	}
	rows := param.Describe(action(typed("p", "integer", "enum", values)))
	want := "one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, or 3 more"
	if rows[0].Takes != want {
		t.Errorf("got %q, want %q", rows[0].Takes, want)
	}
}

func TestExample(t *testing.T) {
	tests := []struct {
		name   string
		params []bot.Param
		want   string
	}{
		{"no parameters", nil, ""},
		{"what must be given", []bot.Param{required(typed("hosts", "string")), typed("note", "string"), required(typed("status", "string", "enum", []any{"in repair", "ok"}))}, `hosts=HOSTS status="in repair"`},
		{"the first one where none must", []bot.Param{withDefault(typed("limit", "integer"), int64(10)), typed("note", "string")}, "limit=10"},
		{"types", []bot.Param{required(typed("a", "integer", "minimum", int64(5))), required(typed("b", "boolean")), required(typed("c", "array")), required(typed("d", "object")), required(typed("e", "number"))}, `a=5 b=true c=a,b d='{"key": "value"}' e=1`},
		{"what cannot be set", []bot.Param{immutable(required(withDefault(typed("a", "string"), "x")))}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := param.Example(action(test.params...)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
