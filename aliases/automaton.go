package aliases

import (
	"slices"
	"strconv"

	"github.com/petrelops/petrel/aliases/internal/syntax"
)

// trie holds all formats of an index as one tree of their parts, so that formats which begin alike share their beginning. The
// names of parameters do not count: the index only asks which formats match.
type trie struct {
	children map[trieStep]int32
	shapes   map[string]int32
	parts    []syntax.Node // by shape
	name     []byte        // the last shape
	nodes    []trieNode
}

// trieStep is an edge: from a node, over a character (step >= 0) or a larger part (the shape ^step).
type trieStep struct{ node, step int32 }

type trieNode struct {
	steps   []trieEdge
	accepts []int32
}

type trieEdge struct{ step, child int32 }

// newTrie makes room for about so many parts.
func newTrie(parts int) *trie {
	return &trie{
		children: make(map[trieStep]int32, parts),
		shapes:   make(map[string]int32),
		nodes:    make([]trieNode, 1, parts+1),
	}
}

// add enters a format under a number.
func (t *trie) add(f *format, number int32) {
	at := int32(0)
	for _, part := range wholeText(f.Tree) {
		step := t.step(part)
		key := trieStep{at, step}
		child, ok := t.children[key]
		if !ok {
			child = int32(len(t.nodes))
			t.nodes = append(t.nodes, trieNode{})
			t.children[key] = child
			t.nodes[at].steps = append(t.nodes[at].steps, trieEdge{step, child})
		}
		at = child
	}
	t.nodes[at].accepts = append(t.nodes[at].accepts, number)
}

// wholeText makes a search into a match of the whole text: a format that is not tied to an end may have any text there.
func wholeText(tree syntax.Node) []syntax.Node {
	parts := syntax.Parts(tree)
	rest := syntax.Repeat{Part: syntax.Char{Set: syntax.Any}, Max: -1, Lazy: true}
	if a, ok := parts[0].(syntax.Anchor); !ok || !a.Begin || a.Look.Set != nil {
		parts = slices.Concat([]syntax.Node{rest}, parts)
	}
	if a, ok := parts[len(parts)-1].(syntax.Anchor); !ok || a.Begin || a.Look.Set != nil {
		parts = append(slices.Clip(parts), rest, syntax.Look{Edge: true})
	}
	return parts
}

func (t *trie) step(part syntax.Node) int32 {
	if c, ok := part.(syntax.Char); ok {
		if r, ok := c.Set.One(); ok {
			return r
		}
	}
	t.name = appendShape(t.name[:0], part)
	id, ok := t.shapes[string(t.name)]
	if !ok {
		id = int32(len(t.parts))
		t.shapes[string(t.name)] = id
		t.parts = append(t.parts, part)
	}
	return ^id
}

// appendShape names a part; two parts with one shape match the same texts.
func appendShape(b []byte, n syntax.Node) []byte {
	switch n := n.(type) {
	case syntax.Char:
		return append(n.Set.AppendKey(append(b, '[')), ']')
	case syntax.Seq:
		return append(appendShapes(append(b, '('), n.Parts), ')')
	case syntax.Alt:
		return append(appendShapes(append(b, '|'), n.Parts), ')')
	case syntax.Repeat:
		b = strconv.AppendInt(append(b, '{'), int64(n.Min), 10)
		b = strconv.AppendInt(append(b, ','), int64(n.Max), 10)
		return append(appendShape(b, n.Part), '}')
	case syntax.Group:
		return appendShape(b, n.Part)
	case syntax.Look:
		b = strconv.AppendBool(strconv.AppendBool(append(b, '<'), n.Behind), n.Edge)
		return append(n.Set.AppendKey(b), '>')
	}
	return appendShape(b, syntax.Inner(n))
}

func appendShapes(b []byte, parts []syntax.Node) []byte {
	for _, p := range parts {
		b = appendShape(b, p)
	}
	return b
}

// Two more instructions that only the automaton of an index has.
const (
	opOne    op = iota + 100 // consume one character of the class arg
	opSwitch                 // go on at the ways of switch arg
)

// automaton is all formats of an index as one program. It only says which formats match.
type automaton struct {
	*alphabet
	insts    []inst
	first    int32 // stands for "nothing consumed yet": its out is the start
	switches []fork
	ways     []way
	always   []int32
	accepts  [][]int32 // numbers of the formats, by the arg of opAccept
}

// fork is a place where many formats part: at most one way per class, found by search, and ways that are always tried.
type fork struct{ ways, waysEnd, always, alwaysEnd int32 }

// way is the instruction that consumes a class.
type way struct {
	class class
	pc    int32
}

// compile writes the automaton.
func (t *trie) compile(a *alphabet) *automaton {
	w := &automaton{alphabet: a}
	b := &builder{alphabet: a, mute: true, insts: make([]inst, 0, 4*len(t.nodes))}
	out := w.node(t, b, 0)
	w.first = b.add(inst{op: opOne, out: out})
	w.insts = slices.Clip(b.insts)
	w.markJoins()
	return w
}

// markJoins finds the instructions that more than one other leads to: only those can be met twice in one step.
func (w *automaton) markJoins() {
	met := make([]bool, len(w.insts))
	meet := func(pc int32) {
		w.insts[pc].join = met[pc]
		met[pc] = true
	}
	for _, in := range w.insts {
		switch in.op {
		case opAccept, opSwitch:
			continue
		case opSplit:
			meet(in.alt)
		}
		meet(in.out)
	}
	for _, pc := range w.always {
		meet(pc)
	}
	for _, y := range w.ways {
		meet(y.pc)
	}
}

// node writes a node of the trie and all below it, the last parts first, and returns where it begins.
func (w *automaton) node(t *trie, b *builder, at int32) int32 {
	n := t.nodes[at]
	var ways []way
	var always []int32
	if len(n.accepts) > 0 {
		always = append(always, b.add(inst{op: opAccept, arg: int32(len(w.accepts))}))
		w.accepts = append(w.accepts, n.accepts)
	}
	for _, e := range n.steps {
		next := w.node(t, b, e.child)
		if e.step < 0 {
			always = append(always, b.emit(t.parts[^e.step], next))
			continue
		}
		c := b.of(e.step)
		ways = append(ways, way{c, b.add(inst{op: opOne, arg: int32(c), out: next})})
	}
	switch {
	case len(ways) == 1 && len(always) == 0:
		return ways[0].pc
	case len(ways) == 0 && len(always) == 1:
		return always[0]
	}
	slices.SortFunc(ways, func(a, b way) int { return int(a.class) - int(b.class) })
	f := fork{ways: int32(len(w.ways)), always: int32(len(w.always))}
	w.ways, w.always = append(w.ways, ways...), append(w.always, always...)
	f.waysEnd, f.alwaysEnd = int32(len(w.ways)), int32(len(w.always))
	w.switches = append(w.switches, f)
	return b.add(inst{op: opSwitch, arg: int32(len(w.switches) - 1)})
}
