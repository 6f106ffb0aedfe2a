package syntax

import "strconv"

const possessiveHint = "A + after a repetition is taken for single characters only, as in a?+ or \\s*+. Leave it out."

// repeat applies the quantifier that begins with t to the last item.
func (p *parser) repeat(items []Node, t token) ([]Node, error) {
	low, high, ok, err := p.bounds(t)
	if err != nil {
		return nil, err
	}
	if !ok {
		return append(items, p.literal('{')), nil
	}
	if len(items) == 0 {
		return nil, p.fail(t.at, "There is nothing before this %c that it could repeat. Write \\%c for the character itself.", t.r, t.r)
	}
	last := len(items) - 1
	switch n := items[last].(type) {
	case Anchor, Boundary:
		return nil, p.fail(t.at, "An anchor cannot be repeated. Take this %c away, or write \\%c for the character itself.", t.r, t.r)
	case Repeat:
		return nil, p.fail(t.at, "This repeats a repetition. Put ( ) around the inner one, or write \\%c for the character itself.", t.r)
	case Param:
		return p.repeatParam(items, n, t)
	}
	lazy := p.accept('?')
	part := seq(items[last])
	if !lazy && p.accept('+') {
		c, ok := part.(Char)
		if !ok || t.r == '{' {
			return nil, p.fail(t.at, possessiveHint)
		}
		items[last] = unit{possessive(c, low, high)}
		return items, nil
	}
	items[last] = Repeat{Part: part, Min: low, Max: high, Lazy: lazy}
	return items, nil
}

// possessive repeats one character and never gives one back. That is the same as looking that no more of them come, which an
// automaton can do.
func possessive(c Char, low, high int) Node {
	none := Look{Set: c.Set.not(), Edge: true}
	if high == 1 {
		return Alt{[]Node{c, none}}
	}
	return seq(Repeat{Part: c, Min: low, Max: high}, none)
}

// repeatParam: what follows a parameter belongs to the last piece of its expression, the closing quote of a required one. So a ?
// only makes that piece lazy, and a + makes it possessive.
func (p *parser) repeatParam(items []Node, n Param, t token) ([]Node, error) {
	if t.r == '+' && !n.quantified && !n.piece.optional {
		n.quantified, n.Part = true, seq(p.value(n.Index), possessive(Char{quoteMark}, 0, 1))
		items[len(items)-1] = n
		return items, nil
	}
	if n.quantified || t.r != '?' {
		return nil, p.fail(t.at, "A parameter cannot be repeated. Use match_multiple, or write \\%c for the character itself.", t.r)
	}
	n.quantified = true
	items[len(items)-1] = p.parameter(n)
	return items, nil
}

// bounds reads the rest of a quantifier. ok is false for a { that begins none: then it is an ordinary character.
func (p *parser) bounds(t token) (low, high int, ok bool, err error) {
	switch t.r {
	case '?':
		return 0, 1, true, nil
	case '*':
		return 0, -1, true, nil
	case '+':
		return 1, -1, true, nil
	}
	if p.peek() == '}' {
		return 0, 0, false, nil
	}
	start := p.pos
	from := p.digits()
	to := from
	if p.accept(',') {
		to = p.digits()
	}
	if !p.accept('}') {
		p.pos = start
		return 0, 0, false, nil
	}
	low, high = 0, -1
	if from != "" {
		low = p.number(from)
	}
	if to != "" {
		high = p.number(to)
	}
	if high >= 0 && high < low {
		return 0, 0, false, p.fail(t.at, "The smaller count comes first: {%d,%d}.", high, low)
	}
	if low > p.limits.MaxRepeat || high > p.limits.MaxRepeat {
		return 0, 0, false, p.fail(t.at, "A count may be %d at most (cap MaxRepeat). Use * or + for more.", p.limits.MaxRepeat)
	}
	return low, high, true, nil
}

func (p *parser) digits() string {
	var b []rune
	for r := p.peek(); r >= '0' && r <= '9'; r = p.peek() {
		b = append(b, r)
		p.pos++
	}
	return string(b)
}

// number reads a count; one too large for an int is over every cap.
func (p *parser) number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return p.limits.MaxRepeat + 1
	}
	return n
}
