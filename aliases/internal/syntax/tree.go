package syntax

// Node is a piece of a format: one of the types below. The tree of them is what everything else reads: the anchors, the
// precedence, the prefix tree of an index and the programs.
type Node any

type (
	// Char consumes one character of the set.
	Char struct{ Set Set }
	// Seq is its parts one after the other.
	Seq struct{ Parts []Node }
	// Alt is the first part that leads to a match, tried in order.
	Alt struct{ Parts []Node }
	// Repeat repeats its part; Max < 0 is without limit. A lazy one tries to stop first.
	Repeat struct {
		Part     Node
		Min, Max int
		Lazy     bool
	}
	// Group captures what its part matches. Param is its number in the format's values.
	Group struct {
		Part  Node
		Param int
	}
	// Param is one {{…}} of the format, with the regular expression that StackStorm puts in its place.
	Param struct {
		Part       Node
		piece      piece
		Index      int  // its number in the format's values
		quantified bool // a ? or + followed it
	}
	// unit is a group without a capture. It only lives while its sequence is parsed, so that a quantifier finds the group.
	unit struct{ part Node }
	// Look consumes nothing: the character before (behind) or after the place is in the set; edge says whether the end of
	// the text counts as being in it.
	Look struct {
		Set    Set
		Behind bool
		Edge   bool
	}
	// Anchor is ^ \A $ or \Z as written; look is what it asks.
	Anchor struct {
		Begin bool
		Look  Look
	}
	// Boundary is \b or \B; part holds the looks that it stands for.
	Boundary struct{ Part Node }
)

// seq joins nodes and flattens what has no structure of its own.
func seq(parts ...Node) Node {
	flat := make([]Node, 0, len(parts))
	for _, p := range parts {
		if u, ok := p.(unit); ok {
			p = u.part
		}
		if s, ok := p.(Seq); ok {
			flat = append(flat, s.Parts...)
			continue
		}
		flat = append(flat, p)
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return Seq{flat}
}

func chars(set Set) Node { return Char{set} }

func optional(part Node) Node { return Repeat{Part: part, Min: 0, Max: 1} }

func lazyRun(set Set) Node { return Repeat{Part: chars(set), Min: 1, Max: -1, Lazy: true} }

// The values of a parameter are the same in every format, and trees do not change, so all formats share two of them.
var (
	anyValue  = valueOf(Any)
	lineValue = valueOf(notNewline)
)

// valueOf is what a parameter takes: text between quotes without them, a {…} block, or as little text as possible.
// Source: StackStorm, ActionAliasFormatParser.transform_format_string_into_regex.
func valueOf(dot Set) Node {
	quoted := func(mark Set) Node {
		return seq(Look{Set: mark, Behind: true}, lazyRun(dot), Look{Set: mark})
	}
	return Alt{[]Node{
		quoted(singleQuote),
		quoted(doubleQuote),
		seq(chars(openBrace), lazyRun(dot), chars(closeBrace)),
		lazyRun(dot),
	}}
}

// boundary is a place between a word character and another one, or the reverse of it.
func boundary(word Set, inside bool) Node {
	behind, ahead := Look{Set: word, Behind: true}, Look{Set: word}
	notBehind, notAhead := Look{Set: word.not(), Behind: true, Edge: true}, Look{Set: word.not(), Edge: true}
	if inside {
		return Boundary{Alt{[]Node{seq(behind, ahead), seq(notBehind, notAhead)}}}
	}
	return Boundary{Alt{[]Node{seq(behind, notAhead), seq(notBehind, ahead)}}}
}

// Inner is the expression that a named construct stands for.
func Inner(n Node) Node {
	switch n := n.(type) {
	case Param:
		return n.Part
	case Anchor:
		return n.Look
	case Boundary:
		return n.Part
	}
	return Seq{}
}

// Parts are the outermost pieces of a format, one after the other.
func Parts(tree Node) []Node {
	if s, ok := tree.(Seq); ok {
		return s.Parts
	}
	return []Node{tree}
}
