package param_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/param"
)

func TestCompileRefuses(t *testing.T) {
	for name, schema := range map[string]map[string]any{
		"a type that is none":         {"type": "strng"},
		"a bound that is no number":   {"minimum": "low"},
		"a reference to the network":  {"$ref": "http://127.0.0.1:1/x.json"},
		"a reference to a file":       {"$ref": "file:///etc/hostname"},
		"a relative reference":        {"$ref": "other.json#/x"},
		"a reference to nothing":      {"$ref": "#/definitions/lost"},
		"a pattern that is none":      {"pattern": "("},
		"draft 3's required":          {"required": true},
		"an unknown meta-schema":      {"$schema": "http://127.0.0.1:1/meta.json"},
		"a schema that is no mapping": {"not": "x"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := param.Compile(schema); err == nil {
				t.Error("it compiled")
			}
		})
	}
}

func TestSchemaCheck(t *testing.T) {
	part := map[string]any{
		"type":          "object",
		"properties":    map[string]any{"a": map[string]any{"multipleOf": int64(3)}, "b": map[string]any{"maxLength": int64(1)}},
		"minProperties": int64(2), "maxProperties": int64(3), "additionalProperties": false,
		"dependencies": map[string]any{"a": []any{"b"}},
	}
	tests := []struct {
		name   string
		schema map[string]any
		value  any
		want   []string
	}{
		{"fits", part, map[string]any{"a": int64(3), "b": "x"}, nil},
		{"size and dependency", part, map[string]any{"a": int64(6)}, []string{"it must have at least 2 keys", "it needs the key b beside a"}},
		{"parts", part, map[string]any{"a": int64(4), "b": "xy"}, []string{"its part a must be a multiple of 3", "its part b must have at most 1 character"}},
		{"unknown key", part, map[string]any{"b": "x", "c": nil}, []string{"it must not have the key c"}},
		{"place in a list", map[string]any{"items": part}, []any{map[string]any{"b": "x", "a": int64(3)}, int64(1)}, []string{"its part 1 must be an object such as {\"key\": \"value\"}"}},
		{"too many items", map[string]any{"items": []any{map[string]any{}}, "additionalItems": false}, []any{int64(1), int64(2)}, []string{"it has 1 item too many"}},
		{"not", map[string]any{"not": map[string]any{"type": "string"}}, "x", []string{"it fits none of the allowed forms"}},
		{"all of", map[string]any{"allOf": []any{map[string]any{"minimum": int64(1)}, map[string]any{"maximum": 0.5}}}, 0.75, []string{"it must be at least 1", "it must be at most 0.5"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := param.Compile(test.schema)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, s.Check(test.value)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
