package syntax

import (
	"cmp"
	"fmt"
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
func rankOf(branches []Node) Rank {
	return rankNode(Alt{branches})
}

func rankNode(n Node) Rank {
	switch n := n.(type) {
	case Char:
		if IsLiteral(n.Set) {
			return Rank{Literal: 1}
		}
	case Seq:
		var sum Rank
		for _, p := range n.Parts {
			r := rankNode(p)
			sum.Literal, sum.Free, sum.Optional = sum.Literal+r.Literal, sum.Free+r.Free, sum.Optional+r.Optional
		}
		return sum
	case Alt:
		least := rankNode(n.Parts[0])
		for _, p := range n.Parts[1:] {
			r := rankNode(p)
			least = Rank{min(least.Literal, r.Literal), max(least.Free, r.Free), max(least.Optional, r.Optional)}
		}
		return least
	case Repeat:
		r := rankNode(n.Part)
		r.Literal *= n.Min
		if n.Min == 0 {
			r.Optional++
		}
		if c, ok := n.Part.(Char); ok && n.Max < 0 && isFree(c.Set) {
			r.Free++
		}
		return r
	case Group:
		return rankNode(n.Part)
	case Param:
		if n.piece.optional {
			return Rank{Free: 1, Optional: 1}
		}
		return Rank{Free: 1}
	}
	return Rank{}
}

// IsLiteral reports whether a set is one character, or the cases of one.
func IsLiteral(set Set) bool {
	if _, ok := set.One(); ok {
		return true
	}
	return len(set) > 0 && len(set) <= 2*mostCases && slices.Equal(set, single(set[0]).fold())
}

// mostCases is more than the cases that any one character has.
const mostCases = 8

func isFree(set Set) bool { return set.Has('a') && set.Has('0') && set.Has('#') }

// Because says in words why r wins over s.
func (r Rank) Because(s Rank) string {
	switch {
	case r.Literal != s.Literal:
		return fmt.Sprintf("it asks for more fixed characters (%d against %d)", r.Literal, s.Literal)
	case r.Free != s.Free:
		return fmt.Sprintf("it has fewer parts that take any text (%d against %d)", r.Free, s.Free)
	}
	return fmt.Sprintf("it has fewer parts that may be missing (%d against %d)", r.Optional, s.Optional)
}
