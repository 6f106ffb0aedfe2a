package expr

import (
	"slices"

	"github.com/nikolalohinski/gonja/v2/nodes"
)

// items returns what a value has to go through: a list's items, a map's keys, a text's characters.
func (r *run) items(value any) ([]any, error) {
	v, err := r.use(value)
	if err != nil {
		return nil, err
	}
	var out []any
	switch v := v.(type) {
	case []any:
		return v, r.spend(1 + len(v))
	case map[string]any:
		for _, k := range sortedKeys(v) {
			out = append(out, k)
		}
	case string:
		if err := r.spend(len(v)); err != nil {
			return nil, err
		}
		for _, c := range v {
			out = append(out, string(c))
		}
	case undefined:
	default:
		return nil, faultf("%s has nothing to go through", kind(v))
	}
	return out, r.spend(1 + len(out))
}

func (b *forBlock) run(r *run) error {
	from, err := r.needed(b.from)
	if err != nil {
		return err
	}
	return b.each(r, from, 1)
}

// each runs the body for each item of a value; depth is how many loops of a recursive one are around it.
func (b *forBlock) each(r *run, from any, depth int) error {
	all, err := r.items(from)
	if err != nil {
		return err
	}
	outside := r.scope
	kept, err := b.keep(r, all)
	if err != nil {
		return err
	}
	if len(kept) == 0 && b.empty != nil {
		return r.within(outside, func() error { return r.nodes(b.empty.Nodes) })
	}
	l := &loop{items: kept, depth: depth}
	if b.recursive {
		l.again = func(r *run, a args) (any, error) {
			given, err := a.bind("items", 1)
			if err != nil {
				return nil, err
			}
			return r.capture(func() error {
				return r.within(outside, func() error { return b.each(r, given[0], depth+1) })
			})
		}
	}
	for l.at = range kept {
		err := r.within(outside, func() error {
			r.scope.vars["loop"] = l
			if err := r.assign(b.names, kept[l.at]); err != nil {
				return err
			}
			return r.nodes(b.body.Nodes)
		})
		switch err {
		case nil, errContinue: //nolint:errorlint // these are never wrapped
		case errBreak:
			return nil
		default:
			return err
		}
	}
	return nil
}

// keep returns the items for which the loop's if is true.
func (b *forBlock) keep(r *run, all []any) ([]any, error) {
	if b.only == nil {
		return all, nil
	}
	outside := r.scope
	var kept []any
	for _, item := range all {
		err := r.within(outside, func() error {
			if err := r.assign(b.names, item); err != nil {
				return err
			}
			v, err := r.needed(b.only)
			if err == nil && truth(v) {
				kept = append(kept, item)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return kept, nil
}

func (b *macroBlock) run(r *run) error {
	r.scope.vars[b.name] = b.function(r.scope)
	return nil
}

// function is the macro as something to call. It sees the variables of the place where it is written.
func (b *macroBlock) function(written *scope) function {
	return func(r *run, a args) (any, error) {
		caller, called := a.named["caller"]
		named := a.named
		if called {
			named = make(map[string]any, len(a.named))
			for k, v := range a.named {
				if k != "caller" {
					named[k] = v
				}
			}
		}
		if len(a.list) > len(b.names) {
			return nil, faultf("the macro %s takes at most %d arguments", b.name, len(b.names))
		}
		for _, name := range sortedKeys(named) {
			if !slices.Contains(b.names, name) {
				return nil, faultf("the macro %s has no argument %s", b.name, name)
			}
		}
		return r.capture(func() error {
			return r.within(written, func() error {
				if called {
					r.scope.vars["caller"] = caller
				}
				if err := b.bind(r, args{a.list, named}); err != nil {
					return err
				}
				return r.nodes(b.body.Nodes)
			})
		})
	}
}

func (b *macroBlock) bind(r *run, a args) error {
	for i, name := range b.names {
		v, given := a.named[name]
		switch {
		case i < len(a.list):
			v = a.list[i]
		case given:
		case b.defaults[i] == nil:
			v = undefined{"the argument " + name + " of the macro " + b.name + " was not given"}
		default:
			var err error
			if v, err = r.needed(b.defaults[i]); err != nil {
				return err
			}
		}
		r.scope.vars[name] = v
	}
	return nil
}

func (b *callBlock) run(r *run) error {
	outside := r.scope
	body := function(func(r *run, _ args) (any, error) {
		return r.capture(func() error {
			return r.within(outside, func() error { return r.nodes(b.body.Nodes) })
		})
	})
	a, err := r.evalArgs(b.call.Args, b.call.Kwargs)
	if err != nil {
		return err
	}
	name, ok := b.call.Func.(*nodes.Name)
	if !ok {
		return faultf("call needs the name of a macro")
	}
	f, ok := r.evalName(name.Name.Val).(function)
	if !ok {
		return faultf("%s is no macro", name.Name.Val)
	}
	a.named["caller"] = body
	text, err := f(r, a)
	if err != nil {
		return err
	}
	out, err := r.text(text)
	if err != nil {
		return err
	}
	return r.write(out)
}
