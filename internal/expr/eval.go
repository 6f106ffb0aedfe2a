package expr

import (
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

// eval computes an expression. The result is plain, but may be undefined or a key that was not read yet.
func (r *run) eval(n nodes.Node) (any, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	v, err := r.evalNode(n)
	if err != nil {
		return nil, err
	}
	return plain(v)
}

func (r *run) evalNode(n nodes.Node) (any, error) {
	switch n := n.(type) {
	case *nodes.None:
		return nil, nil
	case *nodes.String:
		return n.Val, nil
	case *nodes.Integer:
		return int64(n.Val), nil
	case *nodes.Float:
		return n.Val, nil
	case *nodes.Bool:
		return n.Val, nil
	case *nodes.List:
		return r.evalList(n.Val)
	case *nodes.Tuple:
		return r.evalList(n.Val)
	case *nodes.Dict:
		return r.evalDict(n)
	case *nodes.Name:
		return r.evalName(n.Name.Val), nil
	case *nodes.Call:
		return r.evalCall(n)
	case *nodes.GetAttribute:
		return r.evalAttribute(n)
	case *nodes.GetItem:
		return r.evalItem(n)
	case *nodes.GetSlice:
		return r.evalSlice(n)
	case *nodes.Negation:
		v, err := r.needed(n.Term)
		return !truth(v), err
	case *nodes.UnaryExpression:
		return r.evalSign(n)
	case *nodes.BinaryExpression:
		return r.evalBinary(n)
	case *nodes.FilteredExpression:
		return r.evalFiltered(n)
	case *nodes.TestExpression:
		return r.evalTest(n)
	}
	return nil, faultf("an expression is missing or is of a kind that templates do not know")
}

// needed is eval for a value that must be there.
func (r *run) needed(n nodes.Node) (any, error) {
	v, err := r.eval(n)
	if err != nil {
		return nil, err
	}
	return r.use(v)
}

// use resolves a value and refuses one that is not there.
func (r *run) use(value any) (any, error) {
	v, err := r.resolve(value)
	if err != nil {
		return nil, err
	}
	if u, ok := v.(undefined); ok && !r.options.AllowUndefined {
		return nil, faultf("%s", u.what)
	}
	return v, nil
}

func (r *run) evalName(name string) any {
	if v, ok := r.scope.find(name); ok {
		if l, ok := v.(Lookup); ok {
			return r.storeOf(name, l)
		}
		return v
	}
	return undefined{name + " is not defined"}
}

func (r *run) evalList(list []nodes.Expression) (any, error) {
	out := make([]any, len(list))
	for i, n := range list {
		var err error
		if out[i], err = r.needed(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *run) evalDict(n *nodes.Dict) (any, error) {
	out := make(map[string]any, len(n.Pairs))
	for _, p := range n.Pairs {
		k, err := r.needed(p.Key)
		if err != nil {
			return nil, err
		}
		name, ok := k.(string)
		if !ok {
			return nil, faultf("%s cannot be the key of a map; a key is a text", kind(k))
		}
		if out[name], err = r.needed(p.Value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *run) evalSign(n *nodes.UnaryExpression) (any, error) {
	v, err := r.needed(n.Term)
	if err != nil {
		return nil, err
	}
	x, ok := numeric(v)
	switch f := x.(type) {
	case int64:
		if n.Negative {
			return -f, nil
		}
	case float64:
		if n.Negative {
			return -f, nil
		}
	}
	if !ok {
		return nil, faultf("%s has no sign", kind(v))
	}
	return x, nil
}

func (r *run) evalBinary(n *nodes.BinaryExpression) (any, error) {
	left, err := r.needed(n.Left)
	if err != nil {
		return nil, err
	}
	op := n.Operator.Token
	// Python returns the operand, not a truth value, and does not look at the right one without need.
	switch {
	case op.Type == tokens.And && !truth(left), op.Type == tokens.Or && truth(left):
		return left, nil
	}
	right, err := r.needed(n.Right)
	if err != nil || op.Type == tokens.And || op.Type == tokens.Or {
		return right, err
	}
	return r.binary(op, left, right)
}

func (r *run) evalAttribute(n *nodes.GetAttribute) (any, error) {
	from, err := r.eval(n.Node)
	if err != nil {
		return nil, err
	}
	if n.Attribute == "" {
		return r.item(from, int64(n.Index), describe(n))
	}
	return r.attribute(from, n.Attribute, describe(n))
}

// attribute is from.name. what describes it in sentences.
func (r *run) attribute(from any, name, what string) (any, error) {
	switch v := from.(type) {
	case key:
		v.name += "." + name
		return v, nil
	case object:
		if part, ok := v.part(name); ok {
			return part, nil
		}
	case map[string]any:
		if part, ok := v[name]; ok {
			return plain(part)
		}
	case undefined:
		// Jinja finds no fault with x.y only where x is there.
		return nil, faultf("%s", v.what)
	}
	return undefined{what + " is not defined"}, nil
}

func (r *run) evalItem(n *nodes.GetItem) (any, error) {
	from, err := r.eval(n.Node)
	if err != nil {
		return nil, err
	}
	at, err := r.needed(n.Arg)
	if err != nil {
		return nil, err
	}
	return r.item(from, at, describe(n))
}

func (r *run) item(from, at any, what string) (any, error) {
	if name, ok := at.(string); ok {
		return r.attribute(from, name, what)
	}
	from, err := r.use(from)
	if err != nil {
		return nil, err
	}
	i, ok := at.(int64)
	switch v := from.(type) {
	case []any:
		if i < 0 {
			i += int64(len(v))
		}
		if ok && i >= 0 && i < int64(len(v)) {
			return plain(v[i])
		}
	case string:
		if err := r.measure(v); err != nil {
			return nil, err
		}
		runes := []rune(v)
		if i < 0 {
			i += int64(len(runes))
		}
		if ok && i >= 0 && i < int64(len(runes)) {
			return string(runes[i]), nil
		}
	}
	return undefined{what + " is not defined"}, nil
}
