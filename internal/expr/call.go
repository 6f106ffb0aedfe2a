package expr

import (
	"strconv"
	"strings"

	"github.com/nikolalohinski/gonja/v2/nodes"
)

// describe writes a name with its parts as the template has it.
func describe(n nodes.Node) string {
	switch n := n.(type) {
	case *nodes.Name:
		return n.Name.Val
	case *nodes.GetAttribute:
		if n.Attribute == "" {
			return describe(n.Node) + "." + strconv.Itoa(n.Index)
		}
		return describe(n.Node) + "." + n.Attribute
	case *nodes.GetItem:
		if s, ok := n.Arg.(*nodes.String); ok {
			return describe(n.Node) + "['" + s.Val + "']"
		}
		return describe(n.Node) + "[…]"
	}
	return "a part of an expression"
}

func (r *run) evalArgs(list []nodes.Expression, named map[string]nodes.Expression) (args, error) {
	a := args{list: make([]any, len(list)), named: make(map[string]any, len(named))}
	for i, n := range list {
		var err error
		if a.list[i], err = r.needed(n); err != nil {
			return args{}, err
		}
	}
	for _, name := range sortedKeys(named) {
		var err error
		if a.named[name], err = r.needed(named[name]); err != nil {
			return args{}, err
		}
	}
	return a, nil
}

// evalCall calls a function, or a method of a text or a map.
func (r *run) evalCall(n *nodes.Call) (any, error) {
	a, err := r.evalArgs(n.Args, n.Kwargs)
	if err != nil {
		return nil, err
	}
	if method, ok := n.Func.(*nodes.GetAttribute); ok && method.Attribute != "" {
		from, err := r.eval(method.Node)
		if err != nil {
			return nil, err
		}
		return r.callPart(from, method, a)
	}
	called, err := r.needed(n.Func)
	if err != nil {
		return nil, err
	}
	if l, ok := called.(*loop); ok && l.again != nil {
		called = l.again
	}
	f, ok := called.(function)
	if !ok {
		return nil, faultf("%s is %s and cannot be called", describe(n.Func), kind(called))
	}
	return f(r, a)
}

func (r *run) callPart(from any, n *nodes.GetAttribute, a args) (any, error) {
	if o, ok := from.(object); ok {
		part, _ := o.part(n.Attribute)
		if f, ok := part.(function); ok {
			return f(r, a)
		}
		return nil, faultf("%s cannot be called", describe(n))
	}
	from, err := r.use(from)
	if err != nil {
		return nil, err
	}
	switch v := from.(type) {
	case string:
		return r.textMethod(v, n.Attribute, a)
	case map[string]any:
		return r.mapMethod(v, n.Attribute, a)
	}
	return nil, faultf("%s is %s and has no method %s; a template cannot change a value either", describe(n.Node), kind(from), n.Attribute)
}

// mapMethod calls a method of Python's dict that changes nothing.
func (r *run) mapMethod(m map[string]any, name string, a args) (any, error) {
	if err := r.spend(1 + len(m)); err != nil {
		return nil, err
	}
	if name == "get" {
		given, err := a.bind("key default", 1)
		if err != nil {
			return nil, err
		}
		k, _ := given[0].(string)
		if v, ok := m[k]; ok {
			return v, nil
		}
		return or(given[1], nil), nil
	}
	part, ok := map[string]func(k string) any{
		"items":  func(k string) any { return []any{k, m[k]} },
		"keys":   func(k string) any { return k },
		"values": func(k string) any { return m[k] },
	}[name]
	if !ok {
		return nil, faultf("a map has no method %s; items, keys, values and get are there, and nothing can be changed", name)
	}
	if _, err := a.bind("", 0); err != nil {
		return nil, err
	}
	out := make([]any, 0, len(m))
	for _, k := range sortedKeys(m) {
		out = append(out, part(k))
	}
	return out, nil
}

func globals() map[string]any {
	return map[string]any{
		"none":  nil,
		"range": function(rangeOf),
		"dict": function(func(_ *run, a args) (any, error) {
			if len(a.list) > 0 {
				return nil, faultf("dict takes its parts by name only")
			}
			return a.named, nil
		}),
		"namespace": function(func(_ *run, a args) (any, error) {
			return &namespace{vars: a.named}, nil
		}),
		// StackStorm hands Python's module six to the formats of results.
		"six": module{"six", map[string]function{
			"iteritems": dictFunction("items"), "iterkeys": dictFunction("keys"), "itervalues": dictFunction("values"),
		}},
	}
}

func dictFunction(method string) function {
	return func(r *run, a args) (any, error) {
		given, err := a.bind("map", 1)
		if err != nil {
			return nil, err
		}
		m, ok := given[0].(map[string]any)
		if !ok {
			return nil, faultf("six.iter%s needs a map, not %s", method, kind(given[0]))
		}
		return r.mapMethod(m, method, args{})
	}
}

// maxRange is how many numbers range makes, as in Jinja's sandbox.
const maxRange = 100_000

func rangeOf(r *run, a args) (any, error) {
	given, err := a.bind("start stop step", 1)
	if err != nil {
		return nil, err
	}
	var n [3]int64
	for i, v := range []any{or(given[0], nil), or(given[1], int64(0)), or(given[2], int64(1))} {
		var ok bool
		if n[i], ok = v.(int64); !ok {
			return nil, faultf("range needs whole numbers, not %s", kind(v))
		}
	}
	start, stop, step := n[0], n[1], n[2]
	if given[1] == (absent{}) {
		start, stop = 0, start
	}
	if step == 0 {
		return nil, faultf("range cannot go on by 0")
	}
	out := []any{}
	for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
		if len(out) == maxRange {
			return nil, faultf("range makes at most %d numbers", maxRange)
		}
		out = append(out, i)
	}
	return out, r.spend(len(out))
}

// absent stands for an argument that was not given.
type absent struct{}

// bind puts arguments in the order of the names; the first ones are needed.
func (a args) bind(names string, needed int) ([]any, error) {
	order := strings.Fields(names)
	if len(a.list) > len(order) {
		return nil, faultf("%d arguments are given and %d at the most are taken", len(a.list), len(order))
	}
	out := make([]any, len(order))
	taken := 0
	for i, name := range order {
		v, named := a.named[name]
		switch {
		case i < len(a.list) && named:
			return nil, faultf("the argument %s is given twice", name)
		case i < len(a.list):
			out[i] = a.list[i]
		case named:
			out[i] = v
			taken++
		case i < needed:
			return nil, faultf("the argument %s is missing", name)
		default:
			out[i] = absent{}
		}
	}
	if taken < len(a.named) {
		for _, name := range sortedKeys(a.named) {
			if !strings.Contains(" "+names+" ", " "+name+" ") {
				return nil, faultf("there is no argument %s; the names are %s", name, strings.Join(order, ", "))
			}
		}
	}
	return out, nil
}

// or returns the argument, or otherwise where it was not given.
func or(argument, otherwise any) any {
	if argument == (absent{}) {
		return otherwise
	}
	return argument
}

// whole returns an argument that must be a whole number.
func whole(argument any, otherwise int64) (int64, error) {
	n, ok := or(argument, otherwise).(int64)
	if !ok {
		return 0, faultf("%s is given where a whole number is needed", kind(argument))
	}
	return n, nil
}

// word returns an argument that must be text.
func word(argument any, otherwise string) (string, error) {
	s, ok := or(argument, otherwise).(string)
	if !ok {
		return "", faultf("%s is given where a text is needed", kind(argument))
	}
	return s, nil
}
