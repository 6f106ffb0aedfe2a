package expr

import (
	"context"
	"fmt"

	"github.com/nikolalohinski/gonja/v2/nodes"

	"github.com/petrelops/petrel/bot"
)

// Template is a compiled template. It never changes, so any number of goroutines may render it.
type Template struct {
	engine *Engine
	source string
	root   []nodes.Node // empty for a text that has nothing to render
}

// Text renders the template to text. The variables are read and never changed. The error is a *bot.Error with a text that names
// the line: CodeInvalid for a fault of the template, such as a name that is not defined, CodeTimeout when the time is up,
// CodeCanceled when ctx ends, and what a Lookup returned.
func (t *Template) Text(ctx context.Context, vars map[string]any) (string, error) {
	if t.root == nil {
		return t.source, nil
	}
	return t.text(newRun(ctx, t.engine, vars))
}

// Value renders the template. Where all of it is one expression, the value keeps its type: nil, bool, int64, float64, string,
// []any or map[string]any. Errors are as for Text.
func (t *Template) Value(ctx context.Context, vars map[string]any) (any, error) {
	if t.root == nil {
		return t.source, nil
	}
	return t.value(newRun(ctx, t.engine, vars))
}

func (t *Template) text(r *run) (string, error) {
	out, err := t.guard("expr.template.text", func() (any, error) {
		return r.capture(func() error { return r.nodes(t.root) })
	})
	text, _ := out.(string)
	return text, err
}

func (t *Template) value(r *run) (any, error) {
	if t.root == nil {
		return t.source, nil
	}
	single := t.single()
	if single == nil {
		return t.text(r)
	}
	return t.guard("expr.template.value", func() (any, error) {
		v, err := r.output(single)
		if err == nil {
			v, err = r.deep(v)
		}
		if err == nil {
			err = r.measure(v)
		}
		if err != nil {
			return nil, at(single.Start.Line, err)
		}
		if v == noneMark {
			return nil, nil
		}
		return v, nil
	})
}

// guard makes errors of faults, and of a panic as well: a template must not end the program.
func (t *Template) guard(op string, f func() (any, error)) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, bot.E(bot.CodeInternal, op, "", fmt.Errorf("template %q: panic: %v", snippet(t.source, 0), p))
		}
	}()
	v, err = f()
	if err != nil {
		return nil, border(op, t.source, err)
	}
	return v, nil
}

// single returns the one expression that the template consists of, or nil.
func (t *Template) single() *nodes.Output {
	if len(t.root) != 1 {
		return nil
	}
	out, _ := t.root[0].(*nodes.Output)
	return out
}
