package expr

import (
	"errors"
	"fmt"

	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

// block is a {% … %} with what belongs to it. Each kind has its own type: how it is read is in this file and read.go, what it does in
// do.go.
type block interface {
	nodes.ControlStructure
	run(r *run) error
	walk(w *walker)
}

// place is where a block stands.
type place struct{ token *tokens.Token }

func (p place) Position() *tokens.Token { return p.token }
func (p place) String() string          { return fmt.Sprintf("block in line %d", p.token.Line) }

type (
	ifBlock struct {
		place
		conditions []nodes.Expression
		bodies     []*nodes.Wrapper // one more than conditions where there is an else
	}
	forBlock struct {
		place
		names     []string
		from      nodes.Expression
		only      nodes.Expression // nil for all
		recursive bool
		body      *nodes.Wrapper
		empty     *nodes.Wrapper // nil without else
	}
	setBlock struct {
		place
		names []string
		part  string // set on the namespace names[0]
		value *nodes.Output
		body  *nodes.Wrapper // in place of value
	}
	withBlock struct {
		place
		names  []string
		values []nodes.Expression
		body   *nodes.Wrapper
	}
	macroBlock struct {
		place
		name     string
		names    []string
		defaults []nodes.Expression // nil where an argument is needed
		body     *nodes.Wrapper
	}
	callBlock struct {
		place
		call *nodes.Call
		body *nodes.Wrapper
	}
	filterBlock struct {
		place
		filters []*nodes.FilterCall
		body    *nodes.Wrapper
	}
	doBlock struct {
		place
		value nodes.Expression
	}
	rawBlock struct {
		place
		text string
	}
	jumpBlock struct {
		place
		to error
	}
)

// blocks knows the kinds of blocks. What reads another template is not among them: there is nothing that it could read.
type blocks struct{}

// Get returns what reads the arguments and the body of a block.
func (blocks) Get(name string) (parser.ControlStructureParser, bool) {
	read := map[string]func(p, args *parser.Parser, at place) (block, error){
		"if": readIf, "for": readFor, "set": readSet, "with": readWith, "macro": readMacro, "call": readCall,
		"filter": readFilter, "do": readDo, "raw": readRaw,
		"break":    func(_, _ *parser.Parser, at place) (block, error) { return &jumpBlock{at, errBreak}, nil },
		"continue": func(_, _ *parser.Parser, at place) (block, error) { return &jumpBlock{at, errContinue}, nil },
	}[name]
	if read == nil {
		return func(p, args *parser.Parser) (nodes.ControlStructure, error) {
			return nil, p.Error("templates have no block "+name, args.Current())
		}, true
	}
	return func(p, args *parser.Parser) (nodes.ControlStructure, error) {
		// The token of the name is gone by now; the first argument stands in the same line, and a block without one ends there.
		at := place{args.Current()}
		if at.token.Line == 0 {
			at.token = p.Current()
		}
		b, err := read(p, args, at)
		if err != nil {
			return nil, placed(err, at)
		}
		if !args.End() || args.Stream().IsError() {
			return nil, placed(p.Error("this is not expected here", args.Current()), at)
		}
		return b, nil
	}, true
}

// placed gives an error the place of its block where it has none: the arguments of a block end without one.
func placed(err error, at place) error {
	if wrong, ok := errors.AsType[*parser.SyntaxError](err); ok && wrong.Line == 0 {
		wrong.Line, wrong.Column = at.token.Line, at.token.Col
	}
	return err
}
