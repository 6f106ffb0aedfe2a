package expr

import (
	"errors"
	"strings"

	"github.com/nikolalohinski/gonja/v2/nodes"
)

// How a body ends early; only the loop around it sees these.
var (
	errBreak    = errors.New("break stands outside of a loop")
	errContinue = errors.New("continue stands outside of a loop")
)

func (r *run) nodes(list []nodes.Node) error {
	for _, n := range list {
		if err := r.node(n); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) node(n nodes.Node) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	switch n := n.(type) {
	case *nodes.Data:
		return r.write(data(n))
	case *nodes.Output:
		v, err := r.output(n)
		if err != nil {
			return at(n.Start.Line, err)
		}
		text, err := r.text(v)
		if err != nil {
			return at(n.Start.Line, err)
		}
		return r.write(text)
	case *nodes.ControlStructureBlock:
		if b, ok := n.ControlStructure.(block); ok {
			return at(n.Location.Line, b.run(r))
		}
	}
	return nil
}

// data is the text between blocks, less the blanks that - or a block in a line of its own take away.
func data(n *nodes.Data) string {
	const blanks = " \r\n\t"
	text := n.Data.Val
	if n.RemoveFirstLineReturn {
		text = strings.TrimPrefix(strings.TrimPrefix(text, "\r"), "\n")
	}
	if n.Trim.Left {
		text = strings.TrimLeft(text, blanks)
	}
	if n.Trim.Right {
		text = strings.TrimRight(text, blanks)
	}
	return text
}

// output computes what stands between {{ and }}, which may have an if of its own.
func (r *run) output(n *nodes.Output) (any, error) {
	if n.Condition != nil {
		v, err := r.needed(n.Condition)
		if err != nil {
			return nil, err
		}
		if !truth(v) {
			if n.Alternative == nil {
				return undefined{"the condition is false and there is no else"}, nil
			}
			return r.eval(n.Alternative)
		}
	}
	return r.eval(n.Expression)
}

func (b *ifBlock) run(r *run) error {
	for i, condition := range b.conditions {
		v, err := r.needed(condition)
		if err != nil {
			return err
		}
		if truth(v) {
			return r.nodes(b.bodies[i].Nodes)
		}
	}
	if len(b.bodies) > len(b.conditions) {
		return r.nodes(b.bodies[len(b.conditions)].Nodes)
	}
	return nil
}

func (b *setBlock) run(r *run) error {
	var value any
	var err error
	if b.body != nil {
		value, err = r.capture(func() error { return r.nodes(b.body.Nodes) })
	} else if value, err = r.output(b.value); err == nil {
		value, err = r.use(value)
	}
	if err != nil {
		return err
	}
	if b.part == "" {
		return r.assign(b.names, value)
	}
	found, _ := r.scope.find(b.names[0])
	n, ok := found.(*namespace)
	if !ok {
		return faultf("%s is no namespace, and only the parts of one can be set", b.names[0])
	}
	n.vars[b.part] = value
	return nil
}

// assign sets names in the block that is being run. Several names take a list apart.
func (r *run) assign(names []string, value any) error {
	if len(names) == 1 {
		r.scope.vars[names[0]] = value
		return nil
	}
	v, err := r.use(value)
	if err != nil {
		return err
	}
	list, ok := v.([]any)
	if !ok || len(list) != len(names) {
		return faultf("%s cannot be taken apart into %s", kind(v), strings.Join(names, ", "))
	}
	for i, name := range names {
		r.scope.vars[name] = list[i]
	}
	return nil
}

func (b *withBlock) run(r *run) error {
	values := make([]any, len(b.values))
	for i, e := range b.values {
		var err error
		if values[i], err = r.needed(e); err != nil {
			return err
		}
	}
	return r.within(r.scope, func() error {
		for i, name := range b.names {
			r.scope.vars[name] = values[i]
		}
		return r.nodes(b.body.Nodes)
	})
}

func (b *filterBlock) run(r *run) error {
	text, err := r.capture(func() error {
		return r.within(r.scope, func() error { return r.nodes(b.body.Nodes) })
	})
	if err != nil {
		return err
	}
	v, err := r.filtered(text, b.filters)
	if err != nil {
		return err
	}
	if text, err = r.text(v); err != nil {
		return err
	}
	return r.write(text)
}

func (b *doBlock) run(r *run) error {
	_, err := r.needed(b.value)
	return err
}

func (b *rawBlock) run(r *run) error { return r.write(b.text) }

func (b *jumpBlock) run(*run) error { return b.to }
