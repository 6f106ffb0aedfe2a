package aliases

import "fmt"

// fault is one thing that is wrong in a format, with its place in bytes.
type fault struct {
	at   int
	text string
}

func (f *fault) Error() string { return f.text }

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
	params []param
	names  map[string]bool
	limits Options
	global bool // a flag group such as (?i) stood at the start
	flags  flags
}

// param is one value that a format yields: a {{…}} or a named group.
type param struct {
	name     string
	fallback string
	optional bool
}

func (p *parser) fail(at int, format string, args ...any) error {
	return &fault{at: at, text: fmt.Sprintf(format, args...)}
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
func (p *parser) top() ([]node, error) {
	branches, err := p.branches(0)
	if err != nil {
		return nil, err
	}
	if p.more() {
		return nil, p.fail(p.place(), "This ) closes nothing. Write \\) for the character itself.")
	}
	return branches, nil
}

func (p *parser) branches(depth int) ([]node, error) {
	if depth > maxDepth {
		return nil, p.fail(p.place(), "Groups are nested more than %d deep. Split the format into several representations.", maxDepth)
	}
	var out []node
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
func (p *parser) alternation(depth int) (node, error) {
	branches, err := p.branches(depth)
	if err != nil {
		return nil, err
	}
	if len(branches) == 1 {
		return branches[0], nil
	}
	var set charSet
	for _, b := range branches {
		c, ok := b.(charNode)
		if !ok {
			return altNode{branches}, nil
		}
		set = set.union(c.set)
	}
	return chars(set), nil
}

// sequence parses up to the next | or ). first says that a flag group may stand here.
func (p *parser) sequence(depth int, first bool) (node, error) {
	var items []node
	for p.more() {
		t := p.tokens[p.pos]
		if t.param != nil {
			p.pos++
			index, err := p.declare(param{name: t.param.name, fallback: t.param.fallback, optional: t.param.optional}, t.at)
			if err != nil {
				return nil, err
			}
			items = append(items, p.parameter(paramNode{piece: *t.param, index: index}))
			continue
		}
		if t.r == '|' || t.r == ')' {
			break
		}
		p.pos++
		switch {
		case p.flags.verbose && isSpace(t.r):
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

func (p *parser) atom(t token, depth int, first bool) (node, error) {
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

func (p *parser) any() charSet {
	if p.flags.dotAll {
		return anyChar
	}
	return notNewline
}

func (p *parser) literal(r rune) node {
	if p.flags.fold {
		return chars(single(r).fold())
	}
	return chars(single(r))
}

func (p *parser) begin() node {
	look := lookNode{behind: true, edge: true}
	if p.flags.multiline {
		look.set = newline
	}
	return anchorNode{begin: true, look: look}
}

// end is $: the text that a format sees always ends in a blank, so "before a last newline" needs no looking.
func (p *parser) end() node {
	look := lookNode{edge: true}
	if p.flags.multiline {
		look.set = newline
	}
	return anchorNode{look: look}
}

// parameter builds the expression of a parameter. White space before an optional one belongs to its optional part.
func (p *parser) parameter(n paramNode) node {
	optional := n.piece.optional
	value := valueNode(n.index, p.any())
	quote := repeatNode{part: chars(quoteMark), max: 1, lazy: n.quantified && !optional}
	n.part = seq(value, quote)
	if !optional {
		return n
	}
	var parts []node
	for _, r := range n.piece.space {
		if !p.flags.verbose {
			parts = append(parts, chars(single(r)))
		}
	}
	n.part = repeatNode{part: seq(append(parts, n.part)...), max: 1, lazy: n.quantified}
	return n
}
