package syntax

import "unicode"

// escape parses what follows a backslash outside a class.
func (p *parser) escape(at int) (Node, error) {
	t, err := p.escaped(at)
	if err != nil {
		return nil, err
	}
	switch t.r {
	case 'A':
		return Anchor{Begin: true, Look: Look{Behind: true, Edge: true}}, nil
	case 'Z':
		return Anchor{Look: Look{Edge: true}}, nil
	case 'b', 'B':
		return boundary(p.category('w'), t.r == 'B'), nil
	}
	if set := p.category(t.r); set != nil {
		return chars(set), nil
	}
	if t.r >= '1' && t.r <= '9' {
		r, ok := p.octalEscape(t.r)
		if !ok {
			return nil, p.fail(at, backHint)
		}
		return p.literal(r), nil
	}
	r, err := p.escapedRune(t)
	if err != nil {
		return nil, err
	}
	return p.literal(r), nil
}

func (p *parser) escaped(at int) (token, error) {
	if !p.more() {
		return token{}, p.fail(at, "A backslash at the end escapes nothing. Write \\\\ for the character itself.")
	}
	t := p.tokens[p.pos]
	if t.param != nil {
		return token{}, p.fail(at, "A backslash directly before a parameter escapes nothing. Write \\\\ for the character itself.")
	}
	p.pos++
	return t, nil
}

// category is the set of \s, \d, \w and their complements, or nil for any other letter.
func (p *parser) category(r rune) Set {
	space, digit, word := Space, digitSet, wordSet
	if p.flags.ascii {
		space, digit, word = asciiSpace, asciiDigit, asciiWord
	}
	switch r {
	case 's':
		return space
	case 'S':
		return space.not()
	case 'd':
		return digit
	case 'D':
		return digit.not()
	case 'w':
		return word
	case 'W':
		return word.not()
	}
	return nil
}

// octalEscape reads \123: three octal digits are a character; anything shorter is a reference to a group.
func (p *parser) octalEscape(first rune) (rune, bool) {
	if first > '3' || p.pos+1 >= len(p.tokens) {
		return 0, false
	}
	value := first - '0'
	for _, t := range p.tokens[p.pos : p.pos+2] {
		if t.param != nil || t.r < '0' || t.r > '7' {
			return 0, false
		}
		value = value*8 + t.r - '0'
	}
	p.pos += 2
	return value, true
}

var controlEscapes = map[rune]rune{'a': '\a', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\'}

// escapedRune is the character that an escape stands for, where it stands for one.
func (p *parser) escapedRune(t token) (rune, error) {
	if r, ok := controlEscapes[t.r]; ok {
		return r, nil
	}
	switch t.r {
	case 'x':
		return p.hex(t, 2)
	case 'u':
		return p.hex(t, 4)
	case 'U':
		return p.hex(t, 8)
	case '0':
		value := rune(0)
		for i := 0; i < 2 && p.peek() >= '0' && p.peek() <= '7'; i++ {
			value = value*8 + p.peek() - '0'
			p.pos++
		}
		return value, nil
	}
	if t.r < 0x80 && (unicode.IsLetter(t.r) || unicode.IsDigit(t.r)) {
		return 0, p.fail(t.at, "\\%c is no escape. Write %c for the character itself.", t.r, t.r)
	}
	return t.r, nil
}

func (p *parser) hex(t token, digits int) (rune, error) {
	value := rune(0)
	for range digits {
		d := hexValue(p.peek())
		if d < 0 || value > unicode.MaxRune {
			return 0, p.fail(t.at, "\\%c needs %d hexadecimal digits of a character.", t.r, digits)
		}
		value = value*16 + d
		p.pos++
	}
	if value > unicode.MaxRune {
		return 0, p.fail(t.at, "\\%c needs %d hexadecimal digits of a character.", t.r, digits)
	}
	return value, nil
}

func hexValue(r rune) rune {
	switch {
	case r >= '0' && r <= '9':
		return r - '0'
	case r >= 'a' && r <= 'f':
		return r - 'a' + 10
	case r >= 'A' && r <= 'F':
		return r - 'A' + 10
	}
	return -1
}

// class parses […]: the opening bracket is read.
func (p *parser) class(at int) (Node, error) {
	negate := p.accept('^')
	var set Set
	for first := true; first || p.peek() != ']'; first = false {
		low, lowSet, err := p.classItem(at)
		if err != nil {
			return nil, err
		}
		if p.peek() != '-' || p.dashIsLast() {
			set = set.union(lowSet)
			continue
		}
		dash := p.place()
		p.pos++
		high, _, err := p.classItem(at)
		if err != nil {
			return nil, err
		}
		if low < 0 || high < 0 || high < low {
			return nil, p.fail(dash, "This range runs backwards or has no end. Put a - that stands for itself last: [a-z-].")
		}
		set = set.union(newSet(low, high))
	}
	p.pos++
	if p.flags.fold {
		set = set.fold()
	}
	if negate {
		set = set.not()
	}
	return chars(set), nil
}

// dashIsLast reports whether the - that comes next is the last character of its class.
func (p *parser) dashIsLast() bool {
	next := p.pos + 1
	return next < len(p.tokens) && p.tokens[next].param == nil && p.tokens[next].r == ']'
}

// classItem reads one member: a character, or a category with r = -1.
func (p *parser) classItem(at int) (rune, Set, error) {
	if !p.more() {
		return 0, nil, p.fail(at, "This [ is never closed. Write \\[ for the character itself.")
	}
	t := p.tokens[p.pos]
	if t.param != nil {
		return 0, nil, p.fail(t.at, "A parameter cannot stand inside [ ]. Write \\[ for the character itself.")
	}
	p.pos++
	if t.r != '\\' {
		return t.r, single(t.r), nil
	}
	t, err := p.escaped(t.at)
	if err != nil {
		return 0, nil, err
	}
	if set := p.category(t.r); set != nil {
		return -1, set, nil
	}
	if t.r == 'b' {
		return '\b', single('\b'), nil
	}
	if t.r >= '1' && t.r <= '7' {
		t.r -= '0'
		for i := 0; i < 2 && p.peek() >= '0' && p.peek() <= '7'; i++ {
			t.r = t.r*8 + p.peek() - '0'
			p.pos++
		}
		if t.r > 0xff {
			return 0, nil, p.fail(t.at, "An octal escape goes to \\377. Write \\x and two digits.")
		}
		return t.r, single(t.r), nil
	}
	r, err := p.escapedRune(t)
	return r, single(r), err
}
