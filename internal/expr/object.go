package expr

import "slices"

// object is a value with parts that is not data.
type object interface {
	// part returns the part of that name.
	part(name string) (any, bool)
	// title names the object in sentences.
	title() string
}

// store is a Lookup under the name of its variable. It keeps what was read, so that one render sees one answer.
type store struct {
	name   string
	lookup Lookup
	read   map[key]string
}

func (s *store) title() string { return s.name }
func (s *store) part(name string) (any, bool) {
	if name != "system" && name != "user" {
		return nil, false
	}
	return scopeOf{s, name}, true
}

// scopeOf is st2kv.system or st2kv.user.
type scopeOf struct {
	from  *store
	scope string
}

func (s scopeOf) part(name string) (any, bool) { return key{s.from, s.scope, name}, true }
func (s scopeOf) title() string                { return s.from.name + "." + s.scope }

// namespace is the one thing whose parts a template may set, so that a loop can hand something on.
type namespace struct{ vars map[string]any }

func (n *namespace) title() string { return "a namespace" }
func (n *namespace) part(name string) (any, bool) {
	v, ok := n.vars[name]
	return v, ok
}

// module is a set of functions.
type module struct {
	name      string
	functions map[string]function
}

func (m module) title() string { return "the module " + m.name }
func (m module) part(name string) (any, bool) {
	f, ok := m.functions[name]
	return f, ok
}

// loop is the variable loop of a for block.
type loop struct {
	items []any
	at    int
	depth int
	last  any // what changed was asked about the last time
	asked bool
	again function // for a recursive loop
}

func (l *loop) title() string { return "the variable loop" }

func (l *loop) part(name string) (any, bool) {
	n := int64(len(l.items))
	at := int64(l.at)
	switch name {
	case "index":
		return at + 1, true
	case "index0":
		return at, true
	case "revindex":
		return n - at, true
	case "revindex0":
		return n - at - 1, true
	case "first":
		return at == 0, true
	case "last":
		return at == n-1, true
	case "length":
		return n, true
	case "depth":
		return int64(l.depth), true
	case "depth0":
		return int64(l.depth - 1), true
	case "previtem":
		return l.neighbour(l.at - 1), true
	case "nextitem":
		return l.neighbour(l.at + 1), true
	case "cycle":
		return function(l.cycle), true
	case "changed":
		return function(l.changed), true
	}
	return nil, false
}

func (l *loop) neighbour(i int) any {
	if i < 0 || i >= len(l.items) {
		return undefined{"there is no item before the first and none after the last"}
	}
	return l.items[i]
}

func (l *loop) cycle(_ *run, a args) (any, error) {
	if len(a.list) == 0 {
		return nil, faultf("loop.cycle needs something to go through")
	}
	return a.list[l.at%len(a.list)], nil
}

func (l *loop) changed(r *run, a args) (any, error) {
	now := any(slices.Clone(a.list))
	if l.asked {
		same, err := r.equal(l.last, now)
		if err != nil {
			return nil, err
		}
		l.last = now
		return !same, nil
	}
	l.last, l.asked = now, true
	return true, nil
}
