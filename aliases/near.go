package aliases

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/petrelops/petrel/aliases/internal/syntax"
)

// near is what near misses are found with: each format as a row of words and slots, and where each word occurs.
type near struct {
	forms []form
	words map[string][]int32 // word to the forms that have it
	sized map[int][]string   // the words by their length in characters, sorted
}

// form is a format as a person types it.
type form struct {
	entry *entry
	items []item
	fixed int // required words
}

// item is a word, in any of its spellings, or a slot for a value.
type item struct {
	spellings []string // lower case; nil for a slot
	name      string   // of the slot's parameter, if it has one
	optional  bool
}

func newNear(entries []*entry) *near {
	n := &near{words: make(map[string][]int32), sized: make(map[int][]string)}
	for _, e := range entries {
		f := form{entry: e, items: outline(e.format)}
		id := int32(len(n.forms))
		for _, it := range f.items {
			if it.spellings != nil && !it.optional {
				f.fixed++
			}
			for _, w := range it.spellings {
				if at := n.words[w]; len(at) == 0 || at[len(at)-1] != id {
					n.words[w] = append(at, id)
				}
			}
		}
		n.forms = append(n.forms, f)
	}
	for w := range n.words {
		size := utf8.RuneCountInString(w)
		n.sized[size] = append(n.sized[size], w)
	}
	for _, list := range n.sized {
		slices.Sort(list)
	}
	return n
}

// alike finds the known words that are a word, or one edit away from it.
func (n *near) alike(word string) []string {
	var out []string
	if _, ok := n.words[word]; ok {
		out = append(out, word)
	}
	size := utf8.RuneCountInString(word)
	for _, list := range [][]string{n.sized[size-1], n.sized[size], n.sized[size+1]} {
		for _, w := range list {
			if w != word && oneEdit(word, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// leastTypo is the length from which a word may be mistyped: one edit makes nearly any two-letter word out of another.
const leastTypo = 3

// oneEdit reports whether one letter changed, added or lost, or two neighbours swapped, turn a into b.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) < leastTypo || len(b)-len(a) > utf8.UTFMax {
		return false
	}
	head := 0
	for head < len(a) && a[head] == b[head] {
		head++
	}
	for head > 0 && head < len(b) && !utf8.RuneStart(b[head]) {
		head--
	}
	x, y := []rune(a[head:]), []rune(b[head:])
	if len(x) > len(y) {
		x, y = y, x
	}
	switch {
	case len(y)-len(x) == 1:
		return slices.Equal(x, y[1:])
	case len(x) != len(y) || len(x) == 0:
		return false
	case slices.Equal(x[1:], y[1:]):
		return true
	}
	return len(x) > 1 && x[0] == y[1] && x[1] == y[0] && slices.Equal(x[2:], y[2:])
}

// outline turns a format into words and slots. What is no plain word is a slot.
func outline(f *format) []item {
	o := &outliner{format: f}
	o.nodes(syntax.Parts(f.Tree), false)
	o.flush()
	return o.items
}

type outliner struct {
	*format
	items    []item
	word     []rune
	optional bool
}

func (o *outliner) flush() {
	if len(o.word) > 0 {
		o.items = append(o.items, item{spellings: []string{strings.ToLower(string(o.word))}, optional: o.optional})
		o.word = o.word[:0]
	}
}

func (o *outliner) nodes(parts []syntax.Node, optional bool) {
	for _, n := range parts {
		o.optional = optional
		o.node(n, optional)
	}
}

func (o *outliner) node(n syntax.Node, optional bool) {
	switch n := n.(type) {
	case syntax.Char:
		if r := n.Set.First(); syntax.IsLiteral(n.Set) && !syntax.IsSpace(r) {
			o.word = append(o.word, n.Set[len(n.Set)-1])
			return
		}
		o.flush()
		if !syntax.Space.Has(n.Set.First()) {
			o.items = append(o.items, item{optional: optional})
		}
	case syntax.Seq:
		o.nodes(n.Parts, optional)
	case syntax.Repeat:
		o.flush()
		if c, ok := n.Part.(syntax.Char); ok && syntax.Space.Has(c.Set.First()) {
			return
		}
		if n.Max == 1 {
			o.nodes([]syntax.Node{n.Part}, true)
			o.flush()
			return
		}
		o.items = append(o.items, item{optional: optional || n.Min == 0})
	case syntax.Param:
		o.flush()
		o.items = append(o.items, item{name: o.Values[n.Index].Name, optional: optional || o.Values[n.Index].Optional})
	case syntax.Group:
		o.flush()
		o.items = append(o.items, item{name: o.Values[n.Param].Name, optional: optional})
	case syntax.Alt:
		o.alternatives(n, optional)
	}
}

// alternatives takes a choice between plain words as one word with several spellings.
func (o *outliner) alternatives(n syntax.Alt, optional bool) {
	o.flush()
	it := item{optional: optional}
	for _, p := range n.Parts {
		sub := outliner{format: o.format}
		sub.nodes([]syntax.Node{p}, false)
		sub.flush()
		if len(sub.items) != 1 || sub.items[0].spellings == nil {
			o.items = append(o.items, item{optional: optional})
			return
		}
		it.spellings = append(it.spellings, sub.items[0].spellings...)
	}
	o.items = append(o.items, it)
}
