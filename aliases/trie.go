package aliases

import (
	"slices"
	"strconv"
)

// trie holds all formats of an index as one tree of their parts, so that formats which begin alike share their beginning. The
// names of parameters do not count: the index only asks which formats match.
type trie struct {
	children map[trieStep]int32
	shapes   map[string]int32
	parts    []node // by shape
	name     []byte // the last shape
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
	for _, part := range wholeText(f.tree) {
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
func wholeText(tree node) []node {
	parts := partsOf(tree)
	any := repeatNode{part: chars(anyChar), max: -1, lazy: true}
	if a, ok := parts[0].(anchorNode); !ok || !a.begin || a.look.set != nil {
		parts = slices.Concat([]node{any}, parts)
	}
	if a, ok := parts[len(parts)-1].(anchorNode); !ok || a.begin || a.look.set != nil {
		parts = append(slices.Clip(parts), any, lookNode{edge: true})
	}
	return parts
}

func partsOf(tree node) []node {
	if s, ok := tree.(seqNode); ok {
		return s.parts
	}
	return []node{tree}
}

func (t *trie) step(part node) int32 {
	if c, ok := part.(charNode); ok {
		if r, ok := c.set.one(); ok {
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
func appendShape(b []byte, n node) []byte {
	switch n := n.(type) {
	case charNode:
		return append(n.set.appendKey(append(b, '[')), ']')
	case seqNode:
		return append(appendShapes(append(b, '('), n.parts), ')')
	case altNode:
		return append(appendShapes(append(b, '|'), n.parts), ')')
	case repeatNode:
		b = strconv.AppendInt(append(b, '{'), int64(n.min), 10)
		b = strconv.AppendInt(append(b, ','), int64(n.max), 10)
		return append(appendShape(b, n.part), '}')
	case groupNode:
		return appendShape(b, n.part)
	case lookNode:
		b = strconv.AppendBool(strconv.AppendBool(append(b, '<'), n.behind), n.edge)
		return append(n.set.appendKey(b), '>')
	}
	return appendShape(b, inner(n))
}

func appendShapes(b []byte, parts []node) []byte {
	for _, p := range parts {
		b = appendShape(b, p)
	}
	return b
}
