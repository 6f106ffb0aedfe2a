package pack

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/internal/pack/pyyaml"
	"github.com/petrelops/petrel/internal/spell"
)

// file is one content file while it is read.
type file struct {
	name     string // as problems show it
	strict   bool
	failed   bool // an error was found: the file is set aside
	problems []Problem
}

// errorf reports what makes the file unusable.
func (f *file) errorf(line int, format string, args ...any) {
	f.failed = true
	f.add(Error, line, fmt.Sprintf(format, args...))
}

// warnf reports what StackStorm would let pass: an error only for strict reading.
func (f *file) warnf(line int, format string, args ...any) {
	if f.strict {
		f.errorf(line, format, args...)
		return
	}
	f.add(Warning, line, fmt.Sprintf(format, args...))
}

func (f *file) add(s Severity, line int, text string) {
	f.problems = append(f.problems, Problem{Source: f.source(line), Severity: s, Text: text})
}

func (f *file) source(line int) string { return fmt.Sprintf("%s:%d", f.name, line) }

// root reads the YAML of the file and returns its mapping, or nil.
func (f *file) root(data []byte) *pyyaml.Node {
	n, faults := pyyaml.Read(data)
	for _, fault := range faults {
		if fault.Mild {
			f.warnf(fault.Line, "%s", fault.Text)
		} else {
			f.errorf(fault.Line, "%s", fault.Text)
		}
	}
	if n == nil || f.failed {
		return nil
	}
	if n.Kind != pyyaml.Mapping {
		f.errorf(n.Line, "The file must hold a mapping of keys to values, not %s.", n.Kind)
		return nil
	}
	return n
}

// form says which keys a mapping may have, and of which kinds their values may be; an empty list allows any.
type form map[string][]pyyaml.Kind

// object is a mapping whose keys and kinds were checked.
type object struct {
	line   int
	values map[string]*pyyaml.Node
	wrong  map[string]bool // the keys whose values are of a wrong kind: that was reported
}

// object checks a mapping. Unknown keys and values of a wrong kind are reported and left out; null counts as not there.
// where ends "The key x is not known", such as "in an action".
func (f *file) object(n *pyyaml.Node, where string, known form) object {
	o := object{line: n.Line, values: map[string]*pyyaml.Node{}, wrong: map[string]bool{}}
	for _, field := range n.Fields {
		kinds, ok := known[field.Key]
		switch {
		case !ok:
			f.warnf(field.Line, "The key %s is not known %s and is ignored%s", field.Key, where, spell.Hint(field.Key, sortedKeys(known)))
		case field.Value.Kind == pyyaml.Null:
		case len(kinds) > 0 && !slices.Contains(kinds, field.Value.Kind):
			o.wrong[field.Key] = true
			f.errorf(field.Line, "The key %s must be %s, not %s%s", field.Key, either(kinds), field.Value.Kind, remedy(kinds, field.Value.Kind))
		default:
			o.values[field.Key] = field.Value
		}
	}
	return o
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func either(kinds []pyyaml.Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, " or ")
}

// remedy ends the sentence about a value of a wrong kind.
func remedy(wanted []pyyaml.Kind, got pyyaml.Kind) string {
	switch {
	case wanted[0] == pyyaml.Bool:
		return "; write true or false."
	case wanted[0] == pyyaml.String && got != pyyaml.List && got != pyyaml.Mapping:
		return "; put it in quotes."
	}
	return "."
}

// text returns the string under a key, or "".
func (o object) text(key string) string {
	if n := o.values[key]; n != nil {
		return n.Text
	}
	return ""
}

// truth returns the boolean under a key.
func (o object) truth(key string, fallback bool) bool {
	if n := o.values[key]; n != nil {
		return n.Any() == true
	}
	return fallback
}

// number returns the number under a key, or 0.
func (o object) number(key string) float64 {
	if n := o.values[key]; n != nil {
		if v, err := strconv.ParseFloat(n.Text, 64); err == nil {
			return v
		}
	}
	return 0
}

// mapping returns the mapping under a key as JSON would hold it, or nil.
func (o object) mapping(key string) map[string]any {
	if n := o.values[key]; n != nil {
		if m, ok := n.Any().(map[string]any); ok {
			return m
		}
	}
	return nil
}

// lineOf returns the line of a key's value, or that of the mapping.
func (o object) lineOf(key string) int {
	if n := o.values[key]; n != nil {
		return n.Line
	}
	return o.line
}

// need reports the keys that are missing or empty, and whether all are there.
func (f *file) need(o object, keys ...string) bool {
	all := true
	for _, key := range keys {
		if strings.TrimSpace(o.text(key)) == "" {
			all = false
			if !o.wrong[key] {
				f.errorf(o.line, "The key %s is missing; add it.", key)
			}
		}
	}
	return all
}
