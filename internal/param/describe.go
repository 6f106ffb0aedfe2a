package param

import (
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Row describes one parameter for help texts and --help.
type Row struct {
	Name        string
	Type        string // StackStorm's word, such as integer; "any" where none is given
	Need        string // "required", "optional", or "default" with the value as a person would type it
	Takes       string // what is allowed, in words
	Description string
}

// Describe returns a row for each parameter that a caller can set, positional ones first.
func Describe(spec *bot.ActionSpec) []Row {
	rows := make([]Row, 0, len(spec.Params))
	for _, p := range spec.Params {
		if p.Immutable {
			continue
		}
		row := Row{Name: p.Name, Type: p.Type, Need: need(p), Takes: takes(p.Schema), Description: p.Description}
		if row.Type == "" {
			row.Type = "any"
		}
		rows = append(rows, row)
	}
	return rows
}

func need(p bot.Param) string {
	switch {
	case mustGive(p):
		return "required"
	case p.Default == nil:
		return "optional"
	case p.Secret:
		return "default " + Masked
	}
	return "default " + Typed(p.Default)
}

func mustGive(p bot.Param) bool { return p.Required && p.Default == nil }

// Example returns a line such as "hosts=HOSTS impacting=true" with the parameters that must be given, or the first one where
// none must; empty for an action without parameters.
func Example(spec *bot.ActionSpec) string {
	settable := slices.DeleteFunc(slices.Clone(spec.Params), func(p bot.Param) bool { return p.Immutable })
	needed := slices.DeleteFunc(slices.Clone(settable), func(p bot.Param) bool { return !mustGive(p) })
	if len(needed) == 0 {
		needed = settable[:min(1, len(settable))]
	}
	pairs := make([]string, len(needed))
	for i, p := range needed {
		pairs[i] = p.Name + "=" + example(p)
	}
	return strings.Join(pairs, " ")
}

func example(p bot.Param) string {
	switch {
	case p.Default != nil && !p.Secret:
		return Typed(p.Default)
	case len(p.Enum) > 0:
		return Typed(p.Enum[0])
	}
	switch p.Type {
	case "integer", "number":
		if low, ok := p.Schema["minimum"]; ok && p.Schema["exclusiveMinimum"] != true {
			return Typed(low)
		}
		return "1"
	case "boolean":
		return "true"
	case "array":
		return "a,b"
	case "object":
		return `'{"key": "value"}'`
	}
	return strings.ToUpper(p.Name)
}

// Typed returns a value as a person would type it after name=.
func Typed(v any) string {
	switch v := v.(type) {
	case string:
		if v == "" || strings.ContainsAny(v, " \t\n\"'={}") {
			return show(v)
		}
		return v
	case []any:
		if len(v) > 0 && len(texts(v)) == len(v) && !strings.ContainsAny(strings.Join(texts(v), ""), ", \"'[]{}") {
			return strings.Join(texts(v), ",")
		}
	}
	return show(v)
}
