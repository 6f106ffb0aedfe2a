// Package jsonpath reads and follows the paths of the Python library jsonpath_rw, as far as StackStorm's users write them: names,
// quoted names, [*], *, [1], [0:2], .. and $. It exists so that criteria of rules and the template filter jsonpath_query find the same.
// Filters, unions and arithmetic are refused.
package jsonpath

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// maxDepth bounds how deep .. goes; JSON that anybody sends is never that deep.
const maxDepth = 1000

// Path is a path that was read. It never changes.
type Path struct {
	source string
	steps  []step
}

// step is one step of a path.
type step struct {
	name  string // of a part; "" for the others
	all   bool   // *: every part of a map
	below bool   // of everything inside as well
	index *int   // [1]
	slice *[3]*int
}

// Compile reads a path. CodeInvalid says where it cannot be read.
func Compile(text string) (Path, error) {
	p := Path{source: text}
	rest := strings.TrimSpace(text)
	if after, ok := strings.CutPrefix(rest, "$"); ok {
		rest = after
	} else if rest == "" {
		return p, refuse(text, rest)
	}
	for rest != "" {
		s, after, ok := read(rest, len(p.steps) == 0)
		if !ok {
			return p, refuse(text, rest)
		}
		p.steps, rest = append(p.steps, s), after
	}
	return p, nil
}

func refuse(text, rest string) error {
	return bot.E(bot.CodeInvalid, "jsonpath.compile", fmt.Sprintf(
		"The path %q cannot be read from %q on. It has names, ['name'], [1], [0:2], [*], * and .. in it.", text, rest), nil)
}

// read reads the step at the beginning of text.
func read(text string, first bool) (s step, rest string, ok bool) {
	rest = text
	if after, found := strings.CutPrefix(rest, ".."); found {
		s.below, rest = true, after
	} else if after, found := strings.CutPrefix(rest, "."); found {
		rest = after
	} else if !first && !strings.HasPrefix(rest, "[") {
		return s, "", false
	}
	switch {
	case strings.HasPrefix(rest, "*"):
		s.all = true
		return s, rest[1:], true
	case strings.HasPrefix(rest, "["):
		// After a single dot a bracket is no step of that library.
		if strings.HasPrefix(text, ".") && !s.below {
			return s, "", false
		}
		return s.bracket(rest[1:])
	case strings.HasPrefix(rest, "'"), strings.HasPrefix(rest, `"`):
		s.name, rest, ok = quoted(rest)
		return s, rest, ok
	}
	end := 0
	for end < len(rest) && inName(rest[end], end == 0) {
		end++
	}
	s.name = rest[:end]
	return s, rest[end:], end > 0
}

func inName(c byte, first bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '@' || !first && (c >= '0' && c <= '9' || c == '-')
}

func quoted(text string) (name, rest string, ok bool) {
	name, rest, ok = strings.Cut(text[1:], text[:1])
	return name, rest, ok && name != ""
}

// bracket reads what follows [.
func (s step) bracket(text string) (step, string, bool) {
	text = strings.TrimLeft(text, " ")
	if text != "" && (text[0] == '\'' || text[0] == '"') {
		name, rest, ok := quoted(text)
		rest, closed := strings.CutPrefix(strings.TrimLeft(rest, " "), "]")
		s.name = name
		return s, rest, ok && closed
	}
	inside, rest, closed := strings.Cut(text, "]")
	if !closed {
		return s, "", false
	}
	inside = strings.TrimSpace(inside)
	if inside == "*" {
		s.slice = &[3]*int{}
		return s, rest, true
	}
	parts := strings.Split(inside, ":")
	var numbers [3]*int
	for i, part := range parts {
		part = strings.TrimSpace(part)
		if i >= len(numbers) || part == "" && len(parts) == 1 {
			return s, "", false
		}
		if part == "" {
			continue
		}
		n, err := strconv.ParseInt(part, 10, 32)
		if err != nil {
			return s, "", false
		}
		whole := int(n)
		numbers[i] = &whole
	}
	if len(parts) == 1 {
		s.index = numbers[0]
	} else {
		s.slice = &numbers
	}
	return s, rest, true
}

// String returns the path as it was written.
func (p Path) String() string { return p.source }

// Names returns the names of a path that consists of nothing else, and false for any other.
func (p Path) Names() ([]string, bool) {
	names := make([]string, len(p.steps))
	for i, s := range p.steps {
		if s.name == "" || s.below {
			return nil, false
		}
		names[i] = s.name
	}
	return names, true
}

// Find returns everything that the path leads to, in the order of that library; parts of maps come in the order of their names. Pay is
// called before each piece of work with its size, and its error ends the walk. Nil pays nothing.
func (p Path) Find(value any, pay func(steps int) error) ([]any, error) {
	if pay == nil {
		pay = func(int) error { return nil }
	}
	found := []any{value}
	for _, s := range p.steps {
		var next []any
		for _, v := range found {
			var err error
			if next, err = s.take(v, next, walk{pay: pay}); err != nil {
				return nil, err
			}
		}
		found = next
	}
	return found, nil
}

// walk is how far one step has gone.
type walk struct {
	pay   func(int) error
	depth int
}

// take appends the parts of a value that the step leads to.
func (s step) take(value any, found []any, w walk) ([]any, error) {
	if w.depth++; w.depth > maxDepth {
		return nil, bot.E(bot.CodeInvalid, "jsonpath.find", fmt.Sprintf("The value is nested more than %d deep.", maxDepth), nil)
	}
	var parts []any
	switch v := value.(type) {
	case map[string]any:
		if part, ok := v[s.name]; ok && s.name != "" {
			found = append(found, part)
		}
		if s.all || s.below {
			for _, k := range slices.Sorted(maps.Keys(v)) {
				parts = append(parts, v[k])
			}
		}
		if s.all {
			found = append(found, parts...)
		}
	case []any:
		parts = v
	}
	if err := w.pay(1 + len(parts)); err != nil {
		return nil, err
	}
	found = append(found, s.elements(value)...)
	for i := 0; s.below && i < len(parts); i++ {
		var err error
		if found, err = s.take(parts[i], found, w); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// elements returns what an index or a slice takes. A value that is no list is taken for a list of itself by a slice, as there.
func (s step) elements(value any) []any {
	list, isList := value.([]any)
	switch {
	case s.index != nil:
		i := *s.index
		if i < 0 {
			i += len(list)
		}
		if i >= 0 && i < len(list) {
			return list[i : i+1]
		}
	case s.slice != nil:
		if !isList && value != nil && !s.below {
			list = []any{value}
		}
		return cut(list, *s.slice)
	}
	return nil
}

// cut is Python's list[start:end:step].
func cut(list []any, bounds [3]*int) []any {
	n := len(list)
	by := 1
	if bounds[2] != nil {
		by = min(max(*bounds[2], -math.MaxInt32), math.MaxInt32)
	}
	start, end, low, high := 0, n, 0, n
	if by < 0 {
		start, end, low, high = n-1, -1, -1, n-1
	}
	place := func(at *int, otherwise int) int {
		if at == nil {
			return otherwise
		}
		i := *at
		if i < 0 {
			i += n
		}
		return min(max(i, low), high)
	}
	start, end = place(bounds[0], start), place(bounds[1], end)
	var out []any
	for i := start; by > 0 && i < end || by < 0 && i > end; i += by {
		out = append(out, list[i])
	}
	return out
}
