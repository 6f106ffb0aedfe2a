package aliases

import (
	"slices"
	"sort"
	"unicode/utf8"

	"github.com/petrelops/petrel/aliases/internal/syntax"
)

// class numbers the characters that no set of an alphabet tells apart. Class 0 is "outside the text".
type class = uint16

const outside = class(0)

// alphabet maps characters to classes, and sets of characters to sets of classes. Programs work on classes: a set test is one
// bit, and the tables of the lazy automaton stay narrow.
type alphabet struct {
	ascii  [utf8.RuneSelf]class
	starts []rune // first character of each span beyond ASCII, sorted
	class  []class
	sample []rune // one character of each class, letters and digits first: for witness texts
	sets   *setNumbers
	words  int // length of one row of bits
	bits   []uint64
}

// lookSet is a set that may also hold the place outside the text.
type lookSet struct {
	set  syntax.Set
	edge bool
}

// setNumbers numbers the distinct sets of the formats that share an alphabet.
type setNumbers struct {
	byKey  map[string]int32
	byOne  map[rune]int32    // sets of one character
	byAddr map[setAddr]int32 // other sets seen before: they are immutable, so their address names them
	sets   []lookSet
}

type setAddr struct {
	first *rune
	size  int
	edge  bool
}

func newSetNumbers() *setNumbers {
	return &setNumbers{byKey: make(map[string]int32), byOne: make(map[rune]int32), byAddr: make(map[setAddr]int32)}
}

// of returns the number of a set, a new one when it was not seen before.
func (b *setNumbers) of(l lookSet) int32 {
	if r, ok := l.set.One(); ok && !l.edge {
		return number(b, b.byOne, r, l)
	}
	addr := setAddr{size: len(l.set), edge: l.edge}
	if len(l.set) > 0 {
		addr.first = &l.set[0]
	}
	if id, ok := b.byAddr[addr]; ok {
		return id
	}
	key := l.set.AppendKey(nil)
	if l.edge {
		key = append(key, '$')
	}
	id := number(b, b.byKey, string(key), l)
	b.byAddr[addr] = id
	return id
}

// number looks a set up by one of its names, and enters it when it is new.
func number[K comparable](b *setNumbers, known map[K]int32, name K, set lookSet) int32 {
	id, ok := known[name]
	if !ok {
		id = int32(len(b.sets))
		known[name] = id
		b.sets = append(b.sets, set)
	}
	return id
}

// tree numbers the sets of a tree.
func (b *setNumbers) tree(n syntax.Node) {
	switch n := n.(type) {
	case syntax.Char:
		b.of(lookSet{set: n.Set})
	case syntax.Look:
		b.of(lookSet{n.Set, n.Edge})
	case syntax.Seq:
		for _, p := range n.Parts {
			b.tree(p)
		}
	case syntax.Alt:
		for _, p := range n.Parts {
			b.tree(p)
		}
	case syntax.Repeat:
		b.tree(n.Part)
	case syntax.Group:
		b.tree(n.Part)
	case syntax.Param, syntax.Anchor, syntax.Boundary:
		b.tree(syntax.Inner(n))
	}
}

// build cuts all characters into spans at the borders of the sets and gives spans that lie in the same sets one class.
func (b *setNumbers) build() *alphabet {
	borders := []rune{0}
	for _, s := range b.sets {
		for i := 0; i < len(s.set); i += 2 {
			borders = append(borders, s.set[i], s.set[i+1]+1)
		}
	}
	slices.Sort(borders)
	borders = slices.Compact(borders)
	for len(borders) > 0 && borders[len(borders)-1] > utf8.MaxRune {
		borders = borders[:len(borders)-1]
	}
	a := &alphabet{sets: b, sample: []rune{' '}}
	spanClass := b.classify(a, borders)
	for i, first := range borders {
		last := rune(utf8.MaxRune)
		if i+1 < len(borders) {
			last = borders[i+1] - 1
		}
		for r := first; r <= last && r < utf8.RuneSelf; r++ {
			a.ascii[r] = spanClass[i]
		}
		if last >= utf8.RuneSelf {
			a.starts = append(a.starts, max(first, utf8.RuneSelf))
			a.class = append(a.class, spanClass[i])
		}
	}
	for _, r := range "~!,.:;_-9876543210ZYXWVUTSRQPONMLKJIHGFEDCBAzywvutsrqponmlkjihgfedcbax" {
		a.sample[a.ascii[r]] = r
	}
	return a
}

// classify numbers the spans by the sets that hold them and fills the bits of each set.
func (b *setNumbers) classify(a *alphabet, borders []rune) []class {
	row := (len(b.sets) + 7) / 8
	signs := make([]byte, row*len(borders))
	for id, s := range b.sets {
		for i := 0; i < len(s.set); i += 2 {
			from, _ := slices.BinarySearch(borders, s.set[i])
			for j := from; j < len(borders) && borders[j] <= s.set[i+1]; j++ {
				signs[j*row+id/8] |= 1 << (id % 8)
			}
		}
	}
	known := make(map[string]class)
	spans := make([]class, len(borders))
	for j := range borders {
		sign := string(signs[j*row : (j+1)*row])
		c, ok := known[sign]
		if !ok {
			c = class(len(known) + 1)
			known[sign] = c
			a.sample = append(a.sample, borders[j])
		}
		spans[j] = c
	}
	a.words = (len(known) + 1 + 63) / 64
	a.bits = make([]uint64, a.words*len(b.sets))
	for sign, c := range known {
		for id := range b.sets {
			if sign[id/8]&(1<<(id%8)) != 0 {
				a.bits[id*a.words+int(c)/64] |= 1 << (c % 64)
			}
		}
	}
	for id, s := range b.sets {
		if s.edge {
			a.bits[id*a.words] |= 1 << outside
		}
	}
	return spans
}

// size is the number of classes, the outside included.
func (a *alphabet) size() int { return len(a.sample) }

// of returns the class of a character.
func (a *alphabet) of(r rune) class {
	if r < utf8.RuneSelf {
		return a.ascii[r]
	}
	i := sort.Search(len(a.starts), func(i int) bool { return a.starts[i] > r })
	return a.class[i-1]
}

// holds reports whether a class lies in a set.
func (a *alphabet) holds(set int32, c class) bool {
	return a.bits[int(set)*a.words+int(c>>6)]&(1<<(c&63)) != 0
}

// groups numbers the classes so that two have the same number when none of the sets tells them apart. Group 0 is the place
// outside the text.
func (a *alphabet) groups(sets []int32) (group []uint16, count int) {
	known := make(map[string]uint16)
	group = make([]uint16, a.size())
	sign := make([]byte, (len(sets)+7)/8)
	for c := 1; c < len(group); c++ {
		clear(sign)
		for i, s := range sets {
			if a.holds(s, class(c)) {
				sign[i/8] |= 1 << (i % 8)
			}
		}
		g, ok := known[string(sign)]
		if !ok {
			g = uint16(len(known) + 1)
			known[string(sign)] = g
		}
		group[c] = g
	}
	return group, len(known) + 1
}
