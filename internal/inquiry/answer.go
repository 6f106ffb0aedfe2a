package inquiry

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// Given is an answer as it came. One of the fields is set.
type Given struct {
	Text   string            // typed: JSON, key=value, or the bare value where one is asked for
	Fields map[string]string // filled into a form
}

// Read returns what was answered, of the schema's types and with its defaults. CodeInvalid names each fault at its field.
func (s *Schema) Read(g Given) (map[string]any, error) {
	values, err := s.values(g)
	if err != nil {
		return nil, err
	}
	return s.check(values)
}

const readOp = "inquiry.answer.read"

// values reads what was given, by the types of the schema.
func (s *Schema) values(g Given) (map[string]any, error) {
	if g.Fields != nil {
		filled := maps.Clone(g.Fields)
		maps.DeleteFunc(filled, func(_, value string) bool { return value == "" }) // a form knows no other way to leave a field out
		return param.Cast(s.spec, filled)
	}
	text := strings.TrimSpace(g.Text)
	if strings.HasPrefix(text, "{") {
		var values map[string]any
		if err := json.Unmarshal([]byte(text), &values); err != nil {
			return nil, bot.E(bot.CodeInvalid, readOp, "The answer is no JSON object: "+err.Error()+". "+s.Hint(), err)
		}
		return values, nil
	}
	if given, ok := pairs(text); ok {
		return param.Cast(s.spec, given)
	}
	if text == "" || len(s.spec.Params) != 1 {
		return nil, bot.E(bot.CodeInvalid, readOp, s.Hint(), nil)
	}
	return param.Cast(s.spec, map[string]string{s.spec.Params[0].Name: unquoted(text)})
}

// Hint says how the answer is typed.
func (s *Schema) Hint() string {
	example := param.Example(s.spec)
	if example == "" {
		return `Give the answer as key=value or as JSON, such as {"key": "value"}.`
	}
	return fmt.Sprintf("Give the answer as key=value, such as %s, or as JSON.", example)
}

// pairs reads a text that is nothing but key=value, by the rules of the alias language.
func pairs(text string) (map[string]string, bool) {
	const only = "pairs" // a format without values, so that all the text after it is pairs or does not fit
	found, err := aliases.ParseFormat(only, only+" "+text, false)
	if err != nil || len(found) != 1 || len(found[0]) == 0 {
		return nil, false
	}
	given := map[string]string{}
	for name, value := range found[0] {
		if value != nil {
			given[name] = *value
		}
	}
	return given, true
}

// unquoted takes the quotes off a value that is in them as a whole.
func unquoted(text string) string {
	for _, mark := range []string{`"`, "'"} {
		if inner, ok := strings.CutPrefix(text, mark); ok && len(inner) > 0 && strings.Index(inner, mark) == len(inner)-1 {
			return inner[:len(inner)-1]
		}
	}
	return text
}

// check returns the values with defaults where they fit the schema.
func (s *Schema) check(values map[string]any) (map[string]any, error) {
	named, others := map[string]any{}, map[string]any{}
	for name, value := range values {
		if _, known := s.spec.Param(name); known || !s.more {
			named[name] = value
		} else {
			others[name] = value
		}
	}
	out, err := param.Check(s.spec, named)
	if err != nil {
		return nil, err
	}
	for name, value := range out {
		if value == nil && !asks(s.spec, name, "null") {
			delete(out, name) // null stands for what is left out, as in StackStorm
		}
	}
	maps.Copy(out, others)
	if why := s.whole.Check(out); len(why) > 0 {
		return nil, bot.E(bot.CodeInvalid, readOp, "The answer does not fit: "+strings.Join(why, " and ")+". "+s.Hint(), nil)
	}
	return out, nil
}

func asks(spec *bot.ActionSpec, name, kind string) bool {
	p, _ := spec.Param(name)
	return p.Type == kind
}

// Shown returns an answer as people see it, secret values masked.
func (s *Schema) Shown(values map[string]any) string {
	masked := param.Mask(s.spec, values)
	var parts []string
	for _, p := range s.spec.Params {
		if v, ok := masked[p.Name]; ok {
			parts = append(parts, p.Name+"="+param.Typed(v))
			delete(masked, p.Name)
		}
	}
	if len(masked) > 0 {
		parts = append(parts, param.Typed(masked))
	}
	return strings.Join(parts, " ")
}
