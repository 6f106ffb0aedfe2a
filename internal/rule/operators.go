package rule

import (
	"maps"
	"slices"
	"strings"

	"github.com/petrelops/petrel/internal/expr"
)

// operand is what an operator works on.
type operand struct {
	value, pattern any
	compiled       *pattern // a regular expression that was compiled when the rule was read; nil otherwise
	facts          *Facts
}

// operator answers whether a value fits a pattern. Its error is a fault of the criterion.
type operator struct {
	do      func(o operand) (bool, error)
	nothing bool // it takes a pattern that is null; all others are false for one
	compile func(source string) (*pattern, error)
}

// Search is the operator that looks into the items of a list.
const Search = "search"

// operators returns all of them by name.
func operators() map[string]operator {
	all := map[string]operator{
		"equals":        {do: equals},
		"nequals":       {do: not(equals), nothing: true},
		"iequals":       {do: folded(func(v, p string) bool { return v == p })},
		"contains":      {do: func(o operand) (bool, error) { return holds(o.value, o.pattern) }},
		"ncontains":     {do: func(o operand) (bool, error) { return negated(holds(o.value, o.pattern)) }},
		"icontains":     {do: folded(strings.Contains)},
		"incontains":    {do: folded(func(v, p string) bool { return !strings.Contains(v, p) })},
		"startswith":    {do: texts(strings.HasPrefix)},
		"istartswith":   {do: folded(strings.HasPrefix)},
		"endswith":      {do: texts(strings.HasSuffix)},
		"iendswith":     {do: folded(strings.HasSuffix)},
		"lessthan":      {do: ordered(func(n int) bool { return n < 0 })},
		"greaterthan":   {do: ordered(func(n int) bool { return n > 0 })},
		"matchregex":    {do: matches(compileMatch), compile: compileMatch},
		"regex":         {do: matches(compileSearch), compile: compileSearch},
		"iregex":        {do: matches(compileFolded), compile: compileFolded},
		"matchwildcard": {do: matches(compileWildcard), compile: compileWildcard},
		"timediff_lt":   {do: age(func(seconds, limit float64) bool { return seconds < limit })},
		"timediff_gt":   {do: age(func(seconds, limit float64) bool { return seconds > limit })},
		"exists":        {do: func(o operand) (bool, error) { return o.value != nil, nil }, nothing: true},
		"nexists":       {do: func(o operand) (bool, error) { return o.value == nil, nil }, nothing: true},
		"inside":        {do: func(o operand) (bool, error) { return holds(o.pattern, o.value) }},
		"ninside":       {do: func(o operand) (bool, error) { return negated(holds(o.pattern, o.value)) }},
	}
	for short, name := range map[string]string{
		"eq": "equals", "neq": "nequals", "ieq": "iequals", "lt": "lessthan", "gt": "greaterthan",
		"td_lt": "timediff_lt", "td_gt": "timediff_gt", "in": "inside", "nin": "ninside",
	} {
		all[short] = all[name]
	}
	return all
}

// Operators returns the names of all operators, sorted.
func Operators() []string {
	return append(slices.Sorted(maps.Keys(operators())), Search)
}

func equals(o operand) (bool, error) { return expr.Equal(o.value, o.pattern), nil }

func not(f func(operand) (bool, error)) func(operand) (bool, error) {
	return func(o operand) (bool, error) { return negated(f(o)) }
}

func negated(yes bool, err error) (bool, error) { return !yes && err == nil, err }

// texts makes an operator of a comparison of two texts.
func texts(f func(value, pattern string) bool) func(operand) (bool, error) {
	return func(o operand) (bool, error) {
		v, vOK := o.value.(string)
		p, pOK := o.pattern.(string)
		switch {
		case !vOK:
			return false, faultf("the value is %s, and the operator takes a text", kind(o.value))
		case !pOK:
			return false, faultf("the pattern is %s, and the operator takes a text", kind(o.pattern))
		}
		return f(v, p), nil
	}
}

// folded is texts without regard to case.
func folded(f func(value, pattern string) bool) func(operand) (bool, error) {
	return texts(func(v, p string) bool { return f(strings.ToLower(v), strings.ToLower(p)) })
}

// holds is Python's item in container: a text in a text, an item of a list, a key of a map.
func holds(container, item any) (bool, error) {
	switch c := container.(type) {
	case string:
		text, ok := item.(string)
		if !ok {
			return false, faultf("%s cannot be looked for in a text", kind(item))
		}
		return strings.Contains(c, text), nil
	case []any:
		return slices.ContainsFunc(c, func(v any) bool { return expr.Equal(v, item) }), nil
	case map[string]any:
		switch key := item.(type) {
		case []any, map[string]any:
			return false, faultf("%s cannot be a key of a map", kind(item))
		case string:
			_, ok := c[key]
			return ok, nil
		}
		return false, nil
	}
	return false, faultf("%s has nothing in it to look for", kind(container))
}

func ordered(f func(order int) bool) func(operand) (bool, error) {
	return func(o operand) (bool, error) {
		n, err := compare(o.value, o.pattern)
		return err == nil && f(n), err
	}
}
