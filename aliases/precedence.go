package aliases

import (
	"cmp"
	"slices"
)

// Rank says how exact a format is. Of several formats that match a text, the one with the highest rank wins.
type Rank struct {
	Literal  int // characters that every match must contain; more is higher
	Free     int // parts that take any text: parameters, and repeats of a class that takes letters, digits and signs; fewer is higher
	Optional int // parts that may be missing; fewer is higher
}

// Compare is negative when r wins over s, and 0 when they are equal.
func (r Rank) Compare(s Rank) int {
	return cmp.Or(cmp.Compare(s.Literal, r.Literal), cmp.Compare(r.Free, s.Free), cmp.Compare(r.Optional, s.Optional))
}

// rankOf ranks a format by its branches, before the anchors are added. A match takes one branch, so the least exact counts.
func rankOf(branches []node) Rank {
	return rankNode(altNode{branches})
}

func rankNode(n node) Rank {
	switch n := n.(type) {
	case charNode:
		if isLiteral(n.set) {
			return Rank{Literal: 1}
		}
	case seqNode:
		var sum Rank
		for _, p := range n.parts {
			r := rankNode(p)
			sum.Literal, sum.Free, sum.Optional = sum.Literal+r.Literal, sum.Free+r.Free, sum.Optional+r.Optional
		}
		return sum
	case altNode:
		least := rankNode(n.parts[0])
		for _, p := range n.parts[1:] {
			r := rankNode(p)
			least = Rank{min(least.Literal, r.Literal), max(least.Free, r.Free), max(least.Optional, r.Optional)}
		}
		return least
	case repeatNode:
		r := rankNode(n.part)
		r.Literal *= n.min
		if n.min == 0 {
			r.Optional++
		}
		if c, ok := n.part.(charNode); ok && n.max < 0 && isFree(c.set) {
			r.Free++
		}
		return r
	case groupNode:
		return rankNode(n.part)
	case paramNode:
		if n.piece.optional {
			return Rank{Free: 1, Optional: 1}
		}
		return Rank{Free: 1}
	}
	return Rank{}
}

// isLiteral reports whether a set is one character, or the cases of one.
func isLiteral(set charSet) bool {
	if _, ok := set.one(); ok {
		return true
	}
	return len(set) > 0 && len(set) <= 2*mostCases && slices.Equal(set, single(set[0]).fold())
}

// mostCases is more than the cases that any one character has.
const mostCases = 8

func isFree(set charSet) bool { return set.has('a') && set.has('0') && set.has('#') }
