package rule

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/petrelops/petrel/internal/expr"
)

// Match holds the criteria against an event. No criteria match everything; criteria never match an event without a payload.
func (c *Criteria) Match(ctx context.Context, f Facts) Verdict {
	if len(c.list) == 0 {
		return Verdict{Match: true}
	}
	if !expr.Truth(f.Payload) {
		return Verdict{}
	}
	l := look{ctx: ctx, facts: &f, name: "trigger", root: f.Payload}
	l.verdict.Steps = make([]Step, 0, len(c.list))
	for i := range c.list {
		step := l.check(&c.list[i])
		l.verdict.Steps = append(l.verdict.Steps, step)
		if !step.Holds || l.verdict.Unknown != nil {
			return l.verdict
		}
	}
	l.verdict.Match = true
	return l.verdict
}

// look is one look at an event, or at an item of a list in it.
type look struct {
	ctx     context.Context //nolint:containedctx // it lives as long as one call of Match, which was given it
	facts   *Facts
	name    string // what the root is called in paths and templates: trigger or item
	root    any
	verdict Verdict
}

// maxWalk bounds what one path may go through: .. and * after one another multiply.
const maxWalk = 1 << 20

// check decides one criterion, in the order in which StackStorm does.
func (l *look) check(c *criterion) Step {
	s := Step{Key: c.Key, Type: c.kind, Condition: c.Condition, Pattern: c.Pattern}
	if c.Type == nil {
		s.Type, s.Fault = "", "it has no type"
		return s
	}
	holds, err := l.decide(c, &s)
	if err != nil {
		s.Fault = explainable(err)
		l.verdict.Faults = append(l.verdict.Faults, c.Key+": "+s.Fault)
	}
	s.Holds = holds && err == nil
	return s
}

// vars are what a pattern may use.
func (l *look) vars() map[string]any {
	vars := map[string]any{l.name: l.root}
	if l.facts.Keys != nil {
		vars["st2kv"] = l.facts.Keys
	}
	return vars
}

func (l *look) decide(c *criterion, s *Step) (bool, error) {
	if c.template != nil {
		var err error
		if s.Pattern, err = c.template.render(l.ctx, l.vars()); err != nil {
			return false, err
		}
	}
	if c.badPath != nil {
		return false, c.badPath
	}
	var err error
	if s.Value, err = l.follow(c); err != nil {
		return false, err
	}
	switch {
	case !c.known:
		err := faultf("there is no operator %v", c.Type)
		if l.name == "trigger" { // in a search StackStorm catches it
			l.verdict.Unknown = err
		}
		return false, err
	case c.searching():
		return l.search(c, s)
	case c.name == Search:
		return false, faultf("the type search must be written in small letters")
	case s.Pattern == nil && !c.operator.nothing:
		return false, nil
	}
	return c.operator.do(operand{value: s.Value, pattern: s.Pattern, compiled: c.compiled, facts: l.facts})
}

// follow returns the first value that the path leads to, or nil.
func (l *look) follow(c *criterion) (any, error) {
	if c.names != nil {
		if c.names[0] != l.name {
			return nil, nil
		}
		return below(l.root, c.names[1:]), nil
	}
	left := maxWalk
	found, err := c.path.Find(map[string]any{l.name: l.root}, func(steps int) error {
		if left -= steps; left < 0 {
			return faultf("the path leads through more than %d parts of the payload; write it without ..", maxWalk)
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// search holds the patterns against each item of a list. A map is a list of itself, a text one of its characters.
func (l *look) search(c *criterion, s *Step) (bool, error) {
	some, each, err := condition(c.Condition)
	if err != nil {
		return false, err
	}
	items, err := itemsOf(s.Value)
	if err != nil {
		return false, err
	}
	if _, ok := c.Pattern.(map[string]any); !ok && len(items) > 0 {
		return false, faultf("the pattern of search is %s, and it must be a map", kind(c.Pattern))
	}
	inner := look{ctx: l.ctx, facts: l.facts, name: "item"}
	fitting := 0
	for _, item := range items {
		inner.root = item
		if inner.fits(c.items, each) {
			fitting++
		}
	}
	l.verdict.Faults = append(l.verdict.Faults, inner.verdict.Faults...)
	if some {
		return fitting > 0, nil
	}
	return fitting == len(items), nil
}

// condition reads any, all, any2any and all2any: whether some item is enough, and whether an item must fit each pattern.
func condition(name string) (some, each bool, err error) {
	switch name {
	case "any":
		return true, true, nil
	case "all":
		return false, true, nil
	case "any2any":
		return true, false, nil
	case "all2any":
		return false, false, nil
	}
	return false, false, faultf("the condition of search must be any, all, any2any or all2any, not %q", name)
}

// fits reports whether an item fits each pattern, or at least one. All are looked at, so that each fault is told.
func (l *look) fits(patterns []criterion, each bool) bool {
	n := 0
	for i := range patterns {
		if l.check(&patterns[i]).Holds {
			n++
		}
	}
	if each {
		return n == len(patterns)
	}
	return n > 0
}

func itemsOf(value any) ([]any, error) {
	switch v := value.(type) {
	case []any:
		return v, nil
	case map[string]any:
		return []any{v}, nil
	case string:
		items := make([]any, 0, len(v))
		for _, c := range v {
			items = append(items, string(c))
		}
		return items, nil
	}
	return nil, faultf("search looks through a list, and the value is %s", kind(value))
}

// Operate answers one operator by hand. The operator search has no meaning without an event.
func (k *Compiler) Operate(name string, value, pattern any, f Facts) (bool, error) {
	o, ok := k.operators[name]
	switch {
	case !ok:
		return false, faultf("there is no operator %s", name)
	case pattern == nil && !o.nothing:
		return false, nil
	}
	return o.do(operand{value: value, pattern: pattern, facts: &f})
}

// Decode reads JSON into data as this package takes it: whole numbers stay whole.
func Decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the value")
	}
	return whole(v), nil
}

// whole makes int64 and float64 of numbers.
func whole(value any) any {
	switch v := value.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = whole(v[key])
		}
	}
	return value
}
