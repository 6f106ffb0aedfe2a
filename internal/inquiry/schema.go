package inquiry

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// Schema is what the answer to a question must be: an object with certain keys.
type Schema struct {
	spec  *bot.ActionSpec
	whole *param.Schema
	// more says that the answer may have keys that the schema does not name.
	more bool
}

// extras are StackStorm's keys that JSON Schema draft 4 does not have, or not like this.
var extras = []string{"required", "secret", "immutable", "position", "spellings", "id", "$schema"}

// typable is the name of a property that can stand before an equals sign.
var typable = regexp.MustCompile(`^[\w-]{1,64}$`)

// New reads the schema of the question with this id. CodeInvalid says why nobody could answer it.
func New(id string, schema map[string]any) (*Schema, error) {
	const op = "inquiry.schema.new"
	plain, _ := draft4(schema).(map[string]any)
	if kind, named := plain["type"]; named && kind != "object" {
		return nil, bot.E(bot.CodeInvalid, op, fmt.Sprintf("The schema of a question must be of type object, not %v. Put what is asked under properties.", kind), nil)
	}
	plain = with(plain, "type", "object")
	whole, err := param.Compile(plain)
	if err != nil {
		return nil, bot.E(bot.CodeInvalid, op, "The schema of the question is wrong: "+strings.TrimSuffix(err.Error(), ".")+". Mend it and ask again.", err)
	}
	s := &Schema{spec: &bot.ActionSpec{Pack: "inquiry", Name: id}, whole: whole}
	properties, _ := plain["properties"].(map[string]any)
	written, _ := schema["properties"].(map[string]any)
	needed, _ := plain["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !typable.MatchString(name) {
			return nil, bot.E(bot.CodeInvalid, op, fmt.Sprintf("The property %q of the question cannot be typed. Name it with letters, digits, _ and - only.", name), nil)
		}
		property, _ := properties[name].(map[string]any)
		as, _ := written[name].(map[string]any)
		s.spec.Params = append(s.spec.Params, parameter(name, property, as, slices.Contains(needed, any(name))))
	}
	slices.SortStableFunc(s.spec.Params, before)
	others, said := plain["additionalProperties"]
	s.more = said && others != false || len(properties) == 0 && !said || plain["patternProperties"] != nil
	return s, nil
}

// parameter reads one property. written is the property with StackStorm's keys.
func parameter(name string, property, written map[string]any, needed bool) bot.Param {
	p := bot.Param{Name: name, Schema: property, Position: -1, Required: needed, Secret: secret(written)}
	p.Type, _ = property["type"].(string)
	p.Description, _ = property["description"].(string)
	p.Enum, _ = property["enum"].([]any)
	p.Default, p.HasDefault = property["default"]
	switch at := written["position"].(type) {
	case int64:
		p.Position = int(at)
	case float64:
		p.Position = int(at)
	}
	return p
}

// before puts what has a position first, then what must be given.
func before(a, b bot.Param) int {
	rank := func(p bot.Param) int {
		switch {
		case p.Position >= 0:
			return p.Position - 1<<20
		case p.Required:
			return 0
		}
		return 1
	}
	return cmp.Compare(rank(a), rank(b))
}

// secret reports whether a schema marks something as secret, at any depth.
func secret(schema map[string]any) bool {
	if schema["secret"] == true {
		return true
	}
	for _, v := range schema {
		if inner, ok := v.(map[string]any); ok && secret(inner) {
			return true
		}
	}
	return false
}

// draft4 turns a schema as StackStorm writes it into a plain JSON Schema: required stands beside the properties, not in them.
func draft4(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = draft4(item)
		}
		return list
	case map[string]any:
		return draft4Object(v)
	}
	return v
}

func draft4Object(schema map[string]any) map[string]any {
	plain := map[string]any{}
	for key, value := range schema {
		switch key {
		case "properties", "patternProperties", "definitions", "dependencies":
			plain[key] = each(value)
		case "items", "additionalItems", "additionalProperties", "not", "allOf", "anyOf", "oneOf":
			plain[key] = draft4(value)
		default:
			if !slices.Contains(extras, key) {
				plain[key] = value
			}
		}
	}
	needed, _ := schema["required"].([]any)
	needed = slices.Clone(needed)
	properties, _ := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if property, _ := properties[name].(map[string]any); property["required"] == true && !slices.Contains(needed, any(name)) {
			needed = append(needed, name)
		}
	}
	if len(needed) > 0 {
		plain["required"] = needed
	}
	return plain
}

// each reads the schemas of a mapping whose keys are names.
func each(v any) any {
	named, ok := v.(map[string]any)
	if !ok {
		return v // the compiler says what is wrong with it
	}
	out := map[string]any{}
	for name, schema := range named {
		out[name] = draft4(schema)
	}
	return out
}

func with(m map[string]any, key string, value any) map[string]any {
	out := map[string]any{key: value}
	maps.Copy(out, m)
	return out
}

// Spec describes the answer as an action's parameters are described: for forms, help and masking.
func (s *Schema) Spec() *bot.ActionSpec { return s.spec }
