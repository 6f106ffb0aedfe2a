package expr

import (
	"github.com/nikolalohinski/gonja/v2/nodes"
)

// walker goes through all expressions of a template. visit is called before the parts of an expression are.
type walker struct {
	visit func(n nodes.Node)
	sets  func(names ...string)
}

func (w *walker) set(names ...string) {
	if w.sets != nil {
		w.sets(names...)
	}
}

func (w *walker) all(list []nodes.Node) {
	for _, n := range list {
		switch n := n.(type) {
		case *nodes.Output:
			w.output(n)
		case *nodes.ControlStructureBlock:
			if b, ok := n.ControlStructure.(block); ok {
				b.walk(w)
			}
		}
	}
}

func (w *walker) body(b *nodes.Wrapper) {
	if b != nil {
		w.all(b.Nodes)
	}
}

func (w *walker) output(n *nodes.Output) {
	w.each(n.Expression, n.Condition, n.Alternative)
}

func (w *walker) each(list ...nodes.Node) {
	for _, n := range list {
		if n == nil {
			continue
		}
		w.visit(n)
		w.parts(n)
	}
}

func (w *walker) parts(n nodes.Node) {
	switch n := n.(type) {
	case *nodes.List:
		w.expressions(n.Val)
	case *nodes.Tuple:
		w.expressions(n.Val)
	case *nodes.Dict:
		for _, p := range n.Pairs {
			w.each(p.Key, p.Value)
		}
	case *nodes.Call:
		w.each(n.Func)
		w.arguments(n.Args, n.Kwargs)
	case *nodes.GetAttribute:
		w.each(n.Node)
	case *nodes.GetItem:
		w.each(n.Node, n.Arg)
	case *nodes.GetSlice:
		w.each(n.Node, n.Start, n.End, n.Step)
	case *nodes.Negation:
		w.each(n.Term)
	case *nodes.UnaryExpression:
		w.each(n.Term)
	case *nodes.BinaryExpression:
		w.each(n.Left, n.Right)
	case *nodes.FilteredExpression:
		w.each(n.Expression)
		for _, f := range n.Filters {
			w.arguments(f.Args, f.Kwargs)
		}
	case *nodes.TestExpression:
		w.each(n.Expression)
		w.arguments(n.Test.Args, n.Test.Kwargs)
	}
}

func (w *walker) expressions(list []nodes.Expression) {
	for _, e := range list {
		w.each(e)
	}
}

func (w *walker) arguments(list []nodes.Expression, named map[string]nodes.Expression) {
	w.expressions(list)
	for _, name := range sortedKeys(named) {
		w.each(named[name])
	}
}

func (b *ifBlock) walk(w *walker) {
	w.expressions(b.conditions)
	for _, body := range b.bodies {
		w.body(body)
	}
}

func (b *forBlock) walk(w *walker) {
	w.each(b.from, b.only)
	w.set(b.names...)
	w.set("loop")
	w.body(b.body)
	w.body(b.empty)
}

func (b *setBlock) walk(w *walker) {
	if b.value != nil {
		w.output(b.value)
	}
	w.body(b.body)
	if b.part == "" {
		w.set(b.names...)
	}
}

func (b *withBlock) walk(w *walker) {
	w.expressions(b.values)
	w.set(b.names...)
	w.body(b.body)
}

func (b *macroBlock) walk(w *walker) {
	w.set(b.names...)
	w.set(b.name, "caller")
	w.expressions(b.defaults)
	w.body(b.body)
}

func (b *callBlock) walk(w *walker) {
	w.each(b.call)
	w.body(b.body)
}

func (b *filterBlock) walk(w *walker) {
	w.each(&nodes.FilteredExpression{Expression: &nodes.None{Location: b.token}, Filters: b.filters})
	w.body(b.body)
}

func (b *doBlock) walk(w *walker) { w.each(b.value) }
func (b *rawBlock) walk(*walker)  {}
func (b *jumpBlock) walk(*walker) {}

// names returns the variables that the template takes from outside. A name that it sets anywhere counts as its own everywhere.
func (t *Template) names() []string {
	used, own := map[string]bool{}, map[string]bool{}
	w := walker{
		visit: func(n nodes.Node) {
			if name, ok := n.(*nodes.Name); ok {
				used[name.Name.Val] = true
			}
		},
		sets: func(names ...string) {
			for _, name := range names {
				own[name] = true
			}
		},
	}
	w.all(t.root)
	for name := range used {
		if _, global := t.engine.globals[name]; global || own[name] {
			delete(used, name)
		}
	}
	return sortedKeys(used)
}
