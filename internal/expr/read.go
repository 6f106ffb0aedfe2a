package expr

import (
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

// until reads the body of a block up to one of the names, which takes no arguments.
func until(p *parser.Parser, names ...string) (*nodes.Wrapper, error) {
	body, args, err := p.WrapUntil(names...)
	if err != nil {
		return nil, err
	}
	if !args.End() {
		return nil, p.Error(body.EndTag+" takes no arguments", args.Current())
	}
	return body, nil
}

// expression reads one that must be there.
func expression(args *parser.Parser) (nodes.Expression, error) {
	e, err := args.ParseExpression()
	if err == nil && e == nil {
		err = args.Error("an expression is missing", args.Current())
	}
	return e, err
}

// nameList reads names with commas between them.
func nameList(args *parser.Parser) ([]string, error) {
	var names []string
	for {
		t := args.Match(tokens.Name)
		if t == nil {
			return nil, args.Error("a name is missing", args.Current())
		}
		names = append(names, t.Val)
		if args.Match(tokens.Comma) == nil {
			return names, nil
		}
	}
}

func readIf(p, args *parser.Parser, at place) (block, error) {
	b := &ifBlock{place: at}
	for {
		condition, err := expression(args)
		if err != nil {
			return nil, err
		}
		if !args.End() {
			return nil, p.Error("this does not belong to the condition", args.Current())
		}
		body, rest, err := p.WrapUntil("elif", "else", "endif")
		if err != nil {
			return nil, err
		}
		b.conditions, b.bodies = append(b.conditions, condition), append(b.bodies, body)
		switch body.EndTag {
		case "elif":
			*args = *rest
			continue
		case "else":
			body, err := until(p, "endif")
			if err != nil {
				return nil, err
			}
			b.bodies = append(b.bodies, body)
		}
		return b, nil
	}
}

func readFor(p, args *parser.Parser, at place) (block, error) {
	b := &forBlock{place: at}
	var err error
	if b.names, err = nameList(args); err != nil {
		return nil, err
	}
	if args.Match(tokens.In) == nil {
		return nil, args.Error("the word in is missing", args.Current())
	}
	if b.from, err = expression(args); err != nil {
		return nil, err
	}
	if args.MatchName("if") != nil {
		if b.only, err = expression(args); err != nil {
			return nil, err
		}
	}
	b.recursive = args.MatchName("recursive") != nil
	if b.body, err = until(p, "else", "endfor"); err != nil {
		return nil, err
	}
	if b.body.EndTag == "else" {
		b.empty, err = until(p, "endfor")
	}
	return b, err
}

func readSet(p, args *parser.Parser, at place) (block, error) {
	b := &setBlock{place: at}
	var err error
	if b.names, err = nameList(args); err != nil {
		return nil, err
	}
	if len(b.names) == 1 && args.Match(tokens.Dot) != nil {
		part := args.Match(tokens.Name)
		if part == nil {
			return nil, args.Error("a name is missing", args.Current())
		}
		b.part = part.Val
	}
	if args.Match(tokens.Assign) == nil {
		b.body, err = until(p, "endset")
		return b, err
	}
	b.value = &nodes.Output{Start: at.token}
	if b.value.Expression, err = expression(args); err != nil {
		return nil, err
	}
	b.value.Condition, b.value.Alternative, err = args.ParseCondition()
	return b, err
}

func readWith(p, args *parser.Parser, at place) (block, error) {
	b := &withBlock{place: at}
	for !args.End() {
		name := args.Match(tokens.Name)
		if name == nil || args.Match(tokens.Assign) == nil {
			return nil, args.Error("a name and = are expected", args.Current())
		}
		value, err := expression(args)
		if err != nil {
			return nil, err
		}
		b.names, b.values = append(b.names, name.Val), append(b.values, value)
		if args.Match(tokens.Comma) == nil {
			break
		}
	}
	var err error
	b.body, err = until(p, "endwith")
	return b, err
}

func readMacro(p, args *parser.Parser, at place) (block, error) {
	b := &macroBlock{place: at}
	name := args.Match(tokens.Name)
	if name == nil || args.Match(tokens.LeftParenthesis) == nil {
		return nil, args.Error("a name and ( are expected", args.Current())
	}
	b.name = name.Val
	for args.Match(tokens.RightParenthesis) == nil {
		argument := args.Match(tokens.Name)
		if argument == nil {
			return nil, args.Error("the name of an argument or ) is expected", args.Current())
		}
		var otherwise nodes.Expression
		if args.Match(tokens.Assign) != nil {
			var err error
			if otherwise, err = expression(args); err != nil {
				return nil, err
			}
		}
		b.names, b.defaults = append(b.names, argument.Val), append(b.defaults, otherwise)
		if args.Match(tokens.Comma) == nil && args.Current(tokens.RightParenthesis) == nil {
			return nil, args.Error(", or ) is expected", args.Current())
		}
	}
	var err error
	b.body, err = until(p, "endmacro")
	return b, err
}

func readCall(p, args *parser.Parser, at place) (block, error) {
	e, err := expression(args)
	if err != nil {
		return nil, err
	}
	call, ok := e.(*nodes.Call)
	if !ok {
		return nil, p.Error("call needs a macro with its arguments", args.Current())
	}
	b := &callBlock{place: at, call: call}
	b.body, err = until(p, "endcall")
	return b, err
}

func readFilter(p, args *parser.Parser, at place) (block, error) {
	b := &filterBlock{place: at}
	for {
		f, err := args.ParseFilter()
		if err != nil {
			return nil, err
		}
		b.filters = append(b.filters, f)
		if args.Match(tokens.Pipe) == nil {
			break
		}
	}
	var err error
	b.body, err = until(p, "endfilter")
	return b, err
}

func readDo(_, args *parser.Parser, at place) (block, error) {
	e, err := expression(args)
	return &doBlock{at, e}, err
}

func readRaw(p, _ *parser.Parser, at place) (block, error) {
	body, err := until(p, "endraw")
	if err != nil {
		return nil, err
	}
	b := &rawBlock{place: at}
	for _, n := range body.Nodes {
		data, ok := n.(*nodes.Data)
		if !ok {
			return nil, p.Error("raw has something else than text in it", n.Position())
		}
		b.text += data.Data.Val
	}
	return b, nil
}
