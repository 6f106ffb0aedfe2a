package aliases

// A format is parsed into a tree of nodes. The tree is what everything else reads: the anchors, the precedence, the prefix
// tree of the index and the program.

type node any

type (
	// charNode consumes one character of the set.
	charNode struct{ set charSet }
	// seqNode is its parts one after the other.
	seqNode struct{ parts []node }
	// altNode is the first part that leads to a match, tried in order.
	altNode struct{ parts []node }
	// repeatNode repeats its part; max < 0 is without limit. A lazy one tries to stop first.
	repeatNode struct {
		part     node
		min, max int
		lazy     bool
	}
	// groupNode captures what its part matches. param is the index of the parameter in the format's list of names.
	groupNode struct {
		part  node
		param int
	}
	// paramNode is one {{…}} of the format, with the regular expression that StackStorm puts in its place.
	paramNode struct {
		part       node
		piece      piece
		index      int  // in the format's list of parameters
		quantified bool // a ? or + followed it
	}
	// unitNode is a group without a capture. It only lives while its sequence is parsed, so that a quantifier finds the group.
	unitNode struct{ part node }
	// lookNode consumes nothing: the character before (behind) or after the place is in the set; edge says whether the end of
	// the text counts as being in it.
	lookNode struct {
		set    charSet
		behind bool
		edge   bool
	}
	// anchorNode is ^ \A $ or \Z as written; look is what it asks.
	anchorNode struct {
		begin bool
		look  lookNode
	}
	// boundaryNode is \b or \B; part holds the looks that it stands for.
	boundaryNode struct{ part node }
)

// seq joins nodes and flattens what has no structure of its own.
func seq(parts ...node) node {
	flat := make([]node, 0, len(parts))
	for _, p := range parts {
		if u, ok := p.(unitNode); ok {
			p = u.part
		}
		if s, ok := p.(seqNode); ok {
			flat = append(flat, s.parts...)
			continue
		}
		flat = append(flat, p)
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return seqNode{flat}
}

func chars(set charSet) node { return charNode{set} }

func optional(part node) node { return repeatNode{part: part, min: 0, max: 1} }

func lazyRun(set charSet) node { return repeatNode{part: chars(set), min: 1, max: -1, lazy: true} }

// valueNode is what a parameter takes: text between quotes without them, a {…} block, or as little text as possible, with a
// stray quote on either side dropped. Source: StackStorm, ActionAliasFormatParser.transform_format_string_into_regex.
func valueNode(param int, dot charSet) node {
	quoted := func(mark charSet) node {
		return seq(lookNode{set: mark, behind: true}, lazyRun(dot), lookNode{set: mark})
	}
	value := altNode{[]node{
		quoted(singleQuote),
		quoted(doubleQuote),
		seq(chars(openBrace), lazyRun(dot), chars(closeBrace)),
		lazyRun(dot),
	}}
	return seq(optional(chars(quoteMark)), groupNode{part: value, param: param})
}

// boundary is a place between a word character and another one, or the reverse of it.
func boundary(word charSet, inside bool) node {
	behind, ahead := lookNode{set: word, behind: true}, lookNode{set: word}
	notBehind, notAhead := lookNode{set: word.not(), behind: true, edge: true}, lookNode{set: word.not(), edge: true}
	if inside {
		return boundaryNode{altNode{[]node{seq(behind, ahead), seq(notBehind, notAhead)}}}
	}
	return boundaryNode{altNode{[]node{seq(behind, notAhead), seq(notBehind, ahead)}}}
}
