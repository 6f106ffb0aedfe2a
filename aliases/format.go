package aliases

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// format is one parsed representation.
type format struct {
	text   string
	params []param
	tree   node // with the anchors that StackStorm adds
	rank   Rank
	size   int
	// ownAnchors says that the pack wrote an anchor itself.
	ownAnchors bool
	prefix     string // literal characters that every match begins with, after white space
}

// parse reads a representation.
func parse(text string, o Options) (*format, error) {
	if len(text) > o.MaxFormat {
		return nil, &fault{o.MaxFormat, "The format is too long (cap MaxFormat). Split it into several representations."}
	}
	if !utf8.ValidString(text) {
		return nil, &fault{0, "The format is no valid UTF-8. Save the file as UTF-8."}
	}
	p := &parser{size: len(text), names: make(map[string]bool), limits: o, flags: flags{dotAll: true}}
	if err := p.tokenize([]rune(text)); err != nil {
		return nil, err
	}
	branches, err := p.top()
	if err != nil {
		return nil, err
	}
	f := &format{text: text, params: p.params, rank: rankOf(branches)}
	f.ownAnchors = hasAnchor(seqNode{branches}, true) || hasAnchor(seqNode{branches}, false)
	if f.tree, err = p.anchor(branches); err != nil {
		return nil, err
	}
	f.prefix = prefixOf(f.tree)
	if f.size = sizeOf(f.tree); f.size > o.MaxSize {
		return nil, p.fail(0, "The format becomes too large: %d steps, at most %d are taken (cap MaxSize). Use smaller counts.", f.size, o.MaxSize)
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
func (p *parser) anchor(branches []node) (node, error) {
	whole := branches[0]
	if len(branches) > 1 {
		whole = altNode{branches}
	}
	blanks := repeatNode{part: chars(spaceSet), max: -1}
	begin, end := hasAnchor(whole, true), hasAnchor(whole, false)
	if !begin {
		if p.global {
			return nil, p.fail(0, flagHint)
		}
		branches[0] = seq(anchorNode{begin: true, look: lookNode{behind: true, edge: true}}, blanks, branches[0])
	}
	if last := len(branches) - 1; !end {
		branches[last] = seq(branches[last], blanks, anchorNode{look: lookNode{edge: true}})
	}
	if len(branches) > 1 {
		return altNode{branches}, nil
	}
	return branches[0], nil
}

// prefixOf reads the literal characters at the start of a format.
func prefixOf(tree node) string {
	s, ok := tree.(seqNode)
	if !ok || len(s.parts) < 2 {
		return ""
	}
	if a, ok := s.parts[0].(anchorNode); !ok || !a.begin || a.look.set != nil {
		return ""
	}
	var prefix []rune
	for i, p := range s.parts[1:] {
		if i == 0 && isBlanks(p) {
			continue
		}
		c, ok := p.(charNode)
		if !ok {
			break
		}
		r, ok := c.set.one()
		if !ok {
			break
		}
		prefix = append(prefix, r)
	}
	return strings.TrimLeftFunc(string(prefix), isSpace)
}

// isBlanks reports whether a part is \s*.
func isBlanks(n node) bool {
	r, ok := n.(repeatNode)
	if !ok || r.min != 0 || r.max >= 0 {
		return false
	}
	c, ok := r.part.(charNode)
	return ok && slices.Equal(c.set, spaceSet)
}

// hasAnchor looks for an anchor the way StackStorm does: not inside repetitions, and of an alternation only in its second
// branch. Source: search_regex_tokens.
func hasAnchor(n node, begin bool) bool {
	switch n := n.(type) {
	case anchorNode:
		return n.begin == begin
	case seqNode:
		return slices.ContainsFunc(n.parts, func(p node) bool { return hasAnchor(p, begin) })
	case groupNode:
		return hasAnchor(n.part, begin)
	case altNode:
		return hasAnchor(n.parts[1], begin)
	}
	return false
}

// tree numbers the sets of a tree.
func (b *setNumbers) tree(n node) {
	switch n := n.(type) {
	case charNode:
		b.of(lookSet{set: n.set})
	case lookNode:
		b.of(lookSet{n.set, n.edge})
	case seqNode:
		for _, p := range n.parts {
			b.tree(p)
		}
	case altNode:
		for _, p := range n.parts {
			b.tree(p)
		}
	case repeatNode:
		b.tree(n.part)
	case groupNode:
		b.tree(n.part)
	case paramNode, anchorNode, boundaryNode:
		b.tree(inner(n))
	}
}

// sizeOf counts the instructions of a tree, so that a large one is refused before it is written.
func sizeOf(n node) int {
	const most = 1 << 20
	total := 0
	switch n := n.(type) {
	case charNode, lookNode:
		total = 1
	case seqNode:
		for _, p := range n.parts {
			total += sizeOf(p)
		}
	case altNode:
		for _, p := range n.parts {
			total += sizeOf(p) + 1
		}
	case repeatNode:
		total = (sizeOf(n.part) + 1) * max(n.min, n.max, 1)
	case groupNode:
		total = sizeOf(n.part) + 2
	default:
		return sizeOf(inner(n))
	}
	return min(total, most)
}

// compile writes the program of a format over the linker's alphabet, which holds its sets.
func (f *format) compile(l *linker) *program {
	b := &builder{alphabet: l.alphabet, insts: make([]inst, 0, f.size+1)}
	accept := b.add(inst{op: opAccept})
	start := b.emit(f.tree, accept)
	return l.link(b.insts, start)
}
