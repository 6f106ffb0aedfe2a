package param

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/spell"
)

const checkOp = "param.check"

// Check returns the values that an action runs with: the given ones under their proper names, defaults where none was given,
// each valid by its schema. The error has CodeInvalid and names every fault: unknown, missing, immutable, twice given and
// invalid ones. values is left as it is. What Check returned passes Check again.
//
// As in StackStorm, null takes the default where there is one and is otherwise allowed for parameters that are not required.
// Unlike there, a required parameter is missing when it is null, and null inside an object needs a schema that allows it.
func Check(spec *bot.ActionSpec, values map[string]any) (map[string]any, error) {
	out, faults := check(spec, values, false)
	return out, failure(checkOp, faults)
}

// check does the work of Check. Of values that are only part of the whole, nothing is missing.
func check(spec *bot.ActionSpec, values map[string]any, part bool) (map[string]any, []fault) {
	named, faults := rename(spec, values)
	out := make(map[string]any, len(spec.Params))
	for _, p := range spec.Params {
		v, given := named[p.Name]
		if given && p.Immutable && !(p.HasDefault && reflect.DeepEqual(v, p.Default)) {
			faults = append(faults, fault{p.Name, "The parameter " + p.Name + " cannot be set; leave it out."})
			continue
		}
		if v == nil && p.HasDefault {
			v, given = p.Default, true
		}
		switch {
		case v != nil:
			v = fill(v, p.Schema)
			if text := checkValue(p, v); text != "" {
				faults = append(faults, fault{p.Name, text})
			}
			out[p.Name] = v
		case p.Required && !part:
			faults = append(faults, fault{p.Name, missing(p)})
		case given:
			out[p.Name] = nil
		}
	}
	return out, faults
}

// rename puts values under their parameters' names.
func rename(spec *bot.ActionSpec, values map[string]any) (map[string]any, []fault) {
	var faults []fault
	named := make(map[string]any, len(values))
	from := make(map[string]string, len(values))
	for _, name := range sortedKeys(values) {
		p, ok := spec.Param(name)
		if !ok {
			faults = append(faults, fault{name, unknown(spec, name)})
			continue
		}
		if other, twice := from[p.Name]; twice {
			faults = append(faults, fault{name, fmt.Sprintf("%s and %s are the same parameter; give only one.", other, name)})
			continue
		}
		from[p.Name] = name
		named[p.Name] = values[name]
	}
	return named, faults
}

func unknown(spec *bot.ActionSpec, name string) string {
	var names []string
	for _, p := range spec.Params {
		if !p.Immutable {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return fmt.Sprintf("%s takes no parameters; leave out %s.", spec.Ref(), word(name))
	}
	hint := spell.Hint(name, names)
	if hint == "." {
		hint = "; it takes " + strings.Join(names, ", ") + "."
	}
	return fmt.Sprintf("%s has no parameter %s%s", spec.Ref(), word(name), hint)
}

func missing(p bot.Param) string {
	return fmt.Sprintf("The parameter %s is missing; it takes %s.", p.Name, takes(p.Schema))
}

func checkValue(p bot.Param, v any) string {
	schema, err := Compile(p.Schema)
	if err != nil {
		return fmt.Sprintf("The schema of the parameter %s is wrong (%v), so its value cannot be checked; tell whoever keeps the pack.", p.Name, err)
	}
	if why := schema.Check(v); len(why) > 0 {
		return refusal(p, v, why)
	}
	return ""
}

// refusal is the sentence about a value that its parameter does not take. A secret value is not repeated.
func refusal(p bot.Param, v any, why []string) string {
	shown := show(v)
	if p.Secret {
		shown = "the value given (it is secret and not shown)"
	}
	text := fmt.Sprintf("The parameter %s cannot be %s: ", p.Name, shown)
	// What it must be is part of what it takes.
	if why = slices.DeleteFunc(why, func(s string) bool { return strings.HasPrefix(s, "it must be ") }); len(why) > 0 {
		text += strings.Join(why, " and ") + "; "
	}
	text += "it takes " + takes(p.Schema)
	if typed, ok := v.(string); ok && len(p.Enum) > 0 && !p.Secret {
		return text + spell.Hint(typed, texts(p.Enum))
	}
	return text + "."
}

func texts(values []any) []string {
	var out []string
	for _, v := range values {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// fault is a complaint about one parameter.
type fault struct{ param, text string }

// failure makes the one error of all faults, a line each; nil when there are none.
func failure(op string, faults []fault) error {
	if len(faults) == 0 {
		return nil
	}
	lines, fields := make([]string, len(faults)), make(map[string]string, len(faults))
	for i, f := range faults {
		lines[i], fields[f.param] = f.text, f.text
	}
	return &bot.Error{Code: bot.CodeInvalid, Op: op, Text: strings.Join(lines, "\n"), Fields: fields}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
