package syntax

import (
	"fmt"
	"strings"
	"unicode"
)

const (
	lookHint   = "Look-around is taken for one character only, as in (?=x) or (?<![a-z]). Write the neighbours as part of the format."
	backHint   = "A reference to an earlier group cannot be matched in linear time. Use a parameter and let the action compare."
	atomicHint = "An atomic group (?>…) needs backtracking rules. Write (?:…)."
	condHint   = "A conditional group (?(…)…) is not supported. Write the cases as (?:…|…)."
	flagHint   = "Flags for the whole format must stand at its very start, before its own ^. Write (?i:…) around the part that needs them."
)

// group parses what follows an opening parenthesis.
func (p *parser) group(at, depth int, first bool) (Node, error) {
	if !p.accept('?') {
		return p.unit(at, depth)
	}
	if !p.more() {
		return nil, p.fail(at, "The format ends inside (?.")
	}
	t := p.tokens[p.pos]
	if t.param != nil {
		return nil, p.fail(t.at, "A parameter cannot stand directly after (?.")
	}
	p.pos++
	switch t.r {
	case ':':
		return p.unit(at, depth)
	case 'P':
		return p.named(at, depth)
	case '#':
		return nil, p.comment(at)
	case '=', '!':
		return p.look(at, depth, Look{}, t.r == '!')
	case '<':
		switch {
		case p.accept('='):
			return p.look(at, depth, Look{Behind: true}, false)
		case p.accept('!'):
			return p.look(at, depth, Look{Behind: true}, true)
		}
		return nil, p.fail(at, "(?<…) is not known here. A named group is written (?P<name>…).")
	case '>':
		return nil, p.fail(at, atomicHint)
	case '(':
		return nil, p.fail(at, condHint)
	}
	p.pos--
	return p.flagGroup(at, depth, first)
}

// unit parses a group without a name.
func (p *parser) unit(at, depth int) (Node, error) {
	n, err := p.closed(at, depth)
	return unit{n}, err
}

// closed parses an alternation and its closing parenthesis.
func (p *parser) closed(at, depth int) (Node, error) {
	n, err := p.alternation(depth)
	if err != nil {
		return nil, err
	}
	if !p.accept(')') {
		return nil, p.fail(at, "This ( is never closed. Write \\( for the character itself.")
	}
	return n, nil
}

func (p *parser) named(at, depth int) (Node, error) {
	if p.accept('=') {
		return nil, p.fail(at, backHint)
	}
	if !p.accept('<') {
		return nil, p.fail(at, "A named group is written (?P<name>…).")
	}
	name, err := p.until('>', at)
	if err != nil {
		return nil, err
	}
	index, err := p.declare(Value{Name: name}, at)
	if err != nil {
		return nil, err
	}
	n, err := p.closed(at, depth)
	if err != nil {
		return nil, err
	}
	return Group{Part: n, Param: index}, nil
}

// declare adds a name to what the format yields. at is the place of its ( or {{.
func (p *parser) declare(v Value, at int) (int, error) {
	if !isName(v.Name) {
		return 0, p.fail(at, "%s", badName(v.Name))
	}
	if p.names[v.Name] {
		return 0, p.fail(at, "The name %q is used twice in one format. Give each parameter its own name, or write two representations.", v.Name)
	}
	p.names[v.Name] = true
	p.params = append(p.params, v)
	return len(p.params) - 1, nil
}

// badName says how to write a name that is none.
func badName(name string) string {
	if before, _, ok := strings.Cut(name, "}}"); ok {
		return fmt.Sprintf("The = after {{%s}} is read as the start of a default. Write \\x3d for the character itself.", strings.TrimLeft(before, "{"))
	}
	if before, ok := strings.CutSuffix(name, "="); ok && isName(before) {
		return fmt.Sprintf("The default is missing. Write {{%s=\"\"}} for an empty one, or {{%s}} for none.", before, before)
	}
	return fmt.Sprintf("%q is no name for a parameter. Use letters, digits and _ only, as in {{%s}}.", name, suggestName(name))
}

// isName follows Python's str.isidentifier.
func isName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r):
		case i > 0 && (unicode.IsDigit(r) || unicode.Is(unicode.M, r) || unicode.Is(unicode.Pc, r)):
		default:
			return false
		}
	}
	return s != ""
}

// suggestName makes a valid name out of what stood there.
func suggestName(s string) string {
	fixed := strings.Trim(strings.Map(func(r rune) rune {
		if isName("x" + string(r)) {
			return r
		}
		return '_'
	}, s), "_")
	if !isName(fixed) {
		return "name"
	}
	return fixed
}

func (p *parser) until(end rune, at int) (string, error) {
	var b []rune
	for p.more() {
		t := p.tokens[p.pos]
		if t.param != nil {
			break
		}
		p.pos++
		if t.r == end {
			return string(b), nil
		}
		b = append(b, t.r)
	}
	return "", p.fail(at, "The name is not closed with %c.", end)
}

func (p *parser) comment(at int) error {
	if _, err := p.until(')', at); err != nil {
		return p.fail(at, "This comment is never closed.")
	}
	return nil
}

// look parses a look-around, which may ask for one character only: that much an automaton can see without going back.
func (p *parser) look(at, depth int, n Look, negate bool) (Node, error) {
	inner, err := p.closed(at, depth)
	if err != nil {
		return nil, err
	}
	c, ok := inner.(Char)
	if !ok {
		return nil, p.fail(at, lookHint)
	}
	n.Set = c.Set
	if negate {
		n.Set, n.Edge = c.Set.not(), true
	}
	return n, nil
}

// flagGroup parses (?i), (?i:…), (?-s:…) and their like.
func (p *parser) flagGroup(at, depth int, first bool) (Node, error) {
	saved := p.flags
	on, err := p.flagLetters(at, true)
	if err != nil {
		return nil, err
	}
	if p.accept(')') {
		if !first || !on {
			return nil, p.fail(at, flagHint)
		}
		p.global = true
		return nil, nil
	}
	if p.accept('-') {
		if _, err := p.flagLetters(at, false); err != nil {
			return nil, err
		}
	}
	if !p.accept(':') {
		return nil, p.fail(at, "This ( ? ) group is not known. Write (?:…) for a group, or \\(\\? for the characters themselves.")
	}
	n, err := p.unit(at, depth)
	p.flags = saved
	return n, err
}

// flagLetters reads letters and sets them; it reports whether there was one.
func (p *parser) flagLetters(at int, value bool) (bool, error) {
	for some := false; ; some = true {
		switch p.peek() {
		case 'i':
			p.flags.fold = value
		case 'm':
			p.flags.multiline = value
		case 's':
			p.flags.dotAll = value
		case 'x':
			p.flags.verbose = value
		case 'a', 'u':
			if !value {
				return some, p.fail(at, "The flags a and u cannot be taken away with -.")
			}
			p.flags.ascii = p.peek() == 'a'
		default:
			return some, nil
		}
		p.pos++
	}
}
