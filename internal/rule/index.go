package rule

import "slices"

// Index finds the rules that an event can match, without looking at each. Triggers are named by Key. It never changes.
type Index struct {
	triggers map[string]*bucket
}

// bucket are the rules of one trigger.
type bucket struct {
	always []int // no criterion is an equality that an index can use
	hot    []hotKey
	rules  []*Rule
}

// hotKey are the rules that want one part of the payload to equal something.
type hotKey struct {
	names  []string // the path to it
	values map[any][]int
}

// NewIndex builds an index of rules. Disabled ones are left out.
func NewIndex(rules []*Rule) *Index {
	x := &Index{triggers: map[string]*bucket{}}
	for _, r := range rules {
		if !r.Enabled {
			continue
		}
		b := x.triggers[r.Key()]
		if b == nil {
			b = &bucket{}
			x.triggers[r.Key()] = b
		}
		b.add(r)
	}
	return x
}

func (b *bucket) add(r *Rule) {
	n := len(b.rules)
	b.rules = append(b.rules, r)
	names, value, ok := r.Compiled.equality()
	if !ok {
		b.always = append(b.always, n)
		return
	}
	i := slices.IndexFunc(b.hot, func(k hotKey) bool { return slices.Equal(k.names, names) })
	if i < 0 {
		i = len(b.hot)
		b.hot = append(b.hot, hotKey{names: names, values: map[any][]int{}})
	}
	b.hot[i].values[value] = append(b.hot[i].values[value], n)
}

// equality returns the first criterion by which the rule can be found: that a part of the payload equals a fixed text or number.
func (c *Criteria) equality() (names []string, value any, ok bool) {
	for i := range c.list {
		k := &c.list[i]
		if k.name != "equals" && k.name != "eq" || k.template != nil || k.badPath != nil {
			continue
		}
		names, plain := k.path.Names()
		if value, ok := hashable(k.Pattern); ok && plain && len(names) > 1 && names[0] == "trigger" {
			return names[1:], value, true
		}
	}
	return nil, nil, false
}

// hashable returns a value by which equal ones are found: 1, 1.0 and true are the same.
func hashable(value any) (any, bool) {
	if f, ok := float(value); ok {
		return f, true
	}
	text, ok := value.(string)
	return text, ok
}

// Candidates returns the rules of the trigger that the payload can match, in the order in which they were given. A rule that is left out
// has a criterion that does not hold.
func (x *Index) Candidates(trigger string, payload any) []*Rule {
	b := x.triggers[trigger]
	if b == nil {
		return nil
	}
	var found []int
	for _, k := range b.hot {
		if value, ok := hashable(below(payload, k.names)); ok {
			found = append(found, k.values[value]...)
		}
	}
	found = append(found, b.always...)
	slices.Sort(found)
	rules := make([]*Rule, len(found))
	for i, n := range found {
		rules[i] = b.rules[n]
	}
	return rules
}

// Of returns all enabled rules of the trigger.
func (x *Index) Of(trigger string) []*Rule {
	if b := x.triggers[trigger]; b != nil {
		return slices.Clone(b.rules)
	}
	return nil
}

// below follows names into maps.
func below(value any, names []string) any {
	for _, name := range names {
		m, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = m[name]
	}
	return value
}
