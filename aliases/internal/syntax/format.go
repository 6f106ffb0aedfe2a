package syntax

import (
	"slices"
	"unicode/utf8"
)

// Limits are the caps of one format.
type Limits struct {
	MaxFormat int // bytes
	MaxSize   int // steps of the compiled format
	MaxRepeat int // a count in {n,m}
}

// Format is one parsed representation.
type Format struct {
	Text   string
	Values []Value
	Tree   Node // with the anchors that StackStorm adds
	Rank   Rank
	Size   int
	// OwnAnchors says that the pack wrote an anchor itself.
	OwnAnchors bool
	Prefix     string // literal characters that every match begins with, after white space
	Rest       Node   // the tree without them and the white space; all of it without a prefix
}

// Parse reads a representation. Its errors are of type *Fault.
func Parse(text string, o Limits) (*Format, error) {
	if len(text) > o.MaxFormat {
		return nil, &Fault{o.MaxFormat, "The format is too long (cap MaxFormat). Split it into several representations."}
	}
	if !utf8.ValidString(text) {
		return nil, &Fault{0, "The format is no valid UTF-8. Save the file as UTF-8."}
	}
	p := &parser{size: len(text), names: make(map[string]bool), limits: o, flags: flags{dotAll: true}}
	if err := p.tokenize([]rune(text)); err != nil {
		return nil, err
	}
	branches, err := p.top()
	if err != nil {
		return nil, err
	}
	f := &Format{Text: text, Values: p.params, Rank: rankOf(branches)}
	f.OwnAnchors = hasAnchor(Seq{branches}, true) || hasAnchor(Seq{branches}, false)
	if f.Tree, err = p.anchor(branches); err != nil {
		return nil, err
	}
	f.Prefix, f.Rest = head(f.Tree)
	if f.Size = sizeOf(f.Tree); f.Size > o.MaxSize {
		return nil, p.fail(0, "The format becomes too large: %d steps, at most %d are taken (cap MaxSize). Use smaller counts.", f.Size, o.MaxSize)
	}
	return f, nil
}

// tokenize cuts a format into characters and parameters.
func (p *parser) tokenize(f []rune) error {
	pieces := template(f)
	p.tokens = make([]token, 0, len(f))
	at, next := 0, 0
	literal := func(to int) {
		for ; next < to; next++ {
			p.tokens = append(p.tokens, token{r: f[next], at: at})
			at += utf8.RuneLen(f[next])
		}
	}
	for i := range pieces {
		piece := &pieces[i]
		stop := piece.start
		if piece.optional {
			stop = piece.before
		}
		literal(stop)
		for ; next < piece.start; next++ {
			at += utf8.RuneLen(f[next])
		}
		if slices.Contains([]rune(piece.fallback), '\n') {
			return p.fail(at, "A default cannot hold a line break. Give it on one line.")
		}
		p.tokens = append(p.tokens, token{at: at, param: piece})
		for ; next < piece.end; next++ {
			at += utf8.RuneLen(f[next])
		}
	}
	literal(len(f))
	return nil
}

// anchor ties the format to both ends of the text where it has no anchor of its own. As in StackStorm, the start is tied to
// the first branch of an outermost alternation and the end to the last.
func (p *parser) anchor(branches []Node) (Node, error) {
	whole := branches[0]
	if len(branches) > 1 {
		whole = Alt{branches}
	}
	blanks := Repeat{Part: chars(Space), Max: -1}
	begin, end := hasAnchor(whole, true), hasAnchor(whole, false)
	if !begin {
		if p.global {
			return nil, p.fail(0, flagHint)
		}
		branches[0] = seq(Anchor{Begin: true, Look: Look{Behind: true, Edge: true}}, blanks, branches[0])
	}
	if last := len(branches) - 1; !end {
		branches[last] = seq(branches[last], blanks, Anchor{Look: Look{Edge: true}})
	}
	if len(branches) > 1 {
		return Alt{branches}, nil
	}
	return branches[0], nil
}

// head takes the literal characters off the start of a format. There are none where the place of the first is not certain: it is
// when only white space may come before it.
func head(tree Node) (prefix string, rest Node) {
	parts := Parts(tree)
	if len(parts) < 3 || !isBlanks(parts[1]) {
		return "", tree
	}
	if a, ok := parts[0].(Anchor); !ok || !a.Begin || a.Look.Set != nil {
		return "", tree
	}
	var runes []rune
	for _, p := range parts[2:] {
		c, ok := p.(Char)
		if !ok {
			break
		}
		r, ok := c.Set.One()
		if !ok || r == utf8.RuneError || len(runes) == 0 && IsSpace(r) {
			break
		}
		runes = append(runes, r)
	}
	if len(runes) == 0 {
		return "", tree
	}
	return string(runes), Seq{parts[2+len(runes):]}
}

// isBlanks reports whether a part is \s*.
func isBlanks(n Node) bool {
	r, ok := n.(Repeat)
	if !ok || r.Min != 0 || r.Max >= 0 {
		return false
	}
	c, ok := r.Part.(Char)
	return ok && slices.Equal(c.Set, Space)
}

// hasAnchor looks for an anchor the way StackStorm does: not inside repetitions, and of an alternation only in its second
// branch. Source: search_regex_tokens.
func hasAnchor(n Node, begin bool) bool {
	switch n := n.(type) {
	case Anchor:
		return n.Begin == begin
	case Seq:
		return slices.ContainsFunc(n.Parts, func(p Node) bool { return hasAnchor(p, begin) })
	case Group:
		return hasAnchor(n.Part, begin)
	case Alt:
		return hasAnchor(n.Parts[1], begin)
	}
	return false
}

// sizeOf counts the instructions of a tree, so that a large one is refused before it is written.
func sizeOf(n Node) int {
	const most = 1 << 20
	total := 0
	switch n := n.(type) {
	case Char, Look:
		total = 1
	case Seq:
		for _, p := range n.Parts {
			total += sizeOf(p)
		}
	case Alt:
		for _, p := range n.Parts {
			total += sizeOf(p) + 1
		}
	case Repeat:
		total = (sizeOf(n.Part) + 1) * max(n.Min, n.Max, 1)
	case Group:
		total = sizeOf(n.Part) + 2
	default:
		return sizeOf(Inner(n))
	}
	return min(total, most)
}
