package syntax

import "fmt"

// Fault is one thing that is wrong in a format, with its place in bytes.
type Fault struct {
	At   int
	Text string
}

func (f *Fault) Error() string { return f.Text }

// token is one character of a format, or one whole parameter.
type token struct {
	r     rune
	at    int
	param *piece
}

// flags are the inline flags of Python's re. Formats are compiled with dot-all, as StackStorm does.
type flags struct{ fold, multiline, dotAll, verbose, ascii bool }

// maxDepth bounds nested groups, so that no format can exhaust the stack.
const maxDepth = 100

// parser reads Python's regular expression dialect, with parameters as single tokens, into a tree.
type parser struct {
	tokens []token
	pos    int
	size   int // bytes of the format: the place of "the end"
	params []Value
	names  map[string]bool
	limits Limits
	global bool // a flag group such as (?i) stood at the start
	flags  flags
}

// Value is one value that a format yields: a {{…}} or a named group.
type Value struct {
	Name     string
	Default  string
	Optional bool
}

func (p *parser) fail(at int, format string, args ...any) error {
	return &Fault{At: at, Text: fmt.Sprintf(format, args...)}
}

func (p *parser) more() bool { return p.pos < len(p.tokens) }

// peek is the next character, or -1 at the end and before a parameter.
func (p *parser) peek() rune {
	if p.more() && p.tokens[p.pos].param == nil {
		return p.tokens[p.pos].r
	}
	return -1
}

func (p *parser) accept(r rune) bool {
	if p.peek() != r {
		return false
	}
	p.pos++
	return true
}

// place is the byte offset of the next token.
func (p *parser) place() int {
	if p.more() {
		return p.tokens[p.pos].at
	}
	return p.size
}

// top parses the whole format into the branches of its outermost alternation.
func (p *parser) top() ([]Node, error) {
	branches, err := p.branches(0)
	if err != nil {
		return nil, err
	}
	if p.more() {
		return nil, p.fail(p.place(), "This ) closes nothing. Write \\) for the character itself.")
	}
	return branches, nil
}

func (p *parser) branches(depth int) ([]Node, error) {
	if depth > maxDepth {
		return nil, p.fail(p.place(), "Groups are nested more than %d deep. Split the format into several representations.", maxDepth)
	}
	var out []Node
	for {
		b, err := p.sequence(depth, depth == 0 && len(out) == 0)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
		if !p.accept('|') {
			return out, nil
		}
	}
}

// alternation parses what stands inside parentheses, which it leaves to the caller to close. One character or another is a
// class, as it is for Python.
func (p *parser) alternation(depth int) (Node, error) {
	branches, err := p.branches(depth)
	if err != nil {
		return nil, err
	}
	if len(branches) == 1 {
		return branches[0], nil
	}
	var set Set
	for _, b := range branches {
		c, ok := b.(Char)
		if !ok {
			return Alt{branches}, nil
		}
		set = set.union(c.Set)
	}
	return chars(set), nil
}

// sequence parses up to the next | or ). first says that a flag group may stand here.
func (p *parser) sequence(depth int, first bool) (Node, error) {
	var items []Node
	for p.more() {
		t := p.tokens[p.pos]
		if t.param != nil {
			p.pos++
			index, err := p.declare(Value{Name: t.param.name, Default: t.param.fallback, Optional: t.param.optional}, t.at)
			if err != nil {
				return nil, err
			}
			items = append(items, p.parameter(Param{piece: *t.param, Index: index}))
			continue
		}
		if t.r == '|' || t.r == ')' {
			break
		}
		p.pos++
		switch {
		case p.flags.verbose && IsSpace(t.r):
		case p.flags.verbose && t.r == '#':
			for p.more() && p.peek() != '\n' {
				p.pos++
			}
		case t.r == '*' || t.r == '+' || t.r == '?' || t.r == '{':
			var err error
			if items, err = p.repeat(items, t); err != nil {
				return nil, err
			}
		default:
			n, err := p.atom(t, depth, first && len(items) == 0)
			if err != nil {
				return nil, err
			}
			if n != nil {
				items = append(items, n)
			}
		}
	}
	return seq(items...), nil
}

func (p *parser) atom(t token, depth int, first bool) (Node, error) {
	switch t.r {
	case '.':
		return chars(p.any()), nil
	case '^':
		return p.begin(), nil
	case '$':
		return p.end(), nil
	case '[':
		return p.class(t.at)
	case '(':
		return p.group(t.at, depth+1, first)
	case '\\':
		return p.escape(t.at)
	}
	return p.literal(t.r), nil
}

func (p *parser) any() Set {
	if p.flags.dotAll {
		return Any
	}
	return notNewline
}

func (p *parser) literal(r rune) Node {
	if p.flags.fold {
		return chars(single(r).fold())
	}
	return chars(single(r))
}

func (p *parser) begin() Node {
	look := Look{Behind: true, Edge: true}
	if p.flags.multiline {
		look.Set = newline
	}
	return Anchor{Begin: true, Look: look}
}

// end is $: the text that a format sees always ends in a blank, so "before a last newline" needs no looking.
func (p *parser) end() Node {
	look := Look{Edge: true}
	if p.flags.multiline {
		look.Set = newline
	}
	return Anchor{Look: look}
}

// value is what a parameter takes, with a stray quote before it dropped.
func (p *parser) value(param int) Node {
	value := lineValue
	if p.flags.dotAll {
		value = anyValue
	}
	return seq(optional(chars(quoteMark)), Group{Part: value, Param: param})
}

// parameter builds the expression of a parameter. White space before an optional one belongs to its optional part.
func (p *parser) parameter(n Param) Node {
	optional := n.piece.optional
	quote := Repeat{Part: chars(quoteMark), Max: 1, Lazy: n.quantified && !optional}
	n.Part = seq(p.value(n.Index), quote)
	if !optional {
		return n
	}
	var parts []Node
	for _, r := range n.piece.space {
		if !p.flags.verbose {
			parts = append(parts, chars(single(r)))
		}
	}
	n.Part = Repeat{Part: seq(append(parts, n.Part)...), Max: 1, Lazy: n.quantified}
	return n
}
