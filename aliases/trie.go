package aliases

import (
	"fmt"
	"slices"
	"strings"
)

// trie holds all formats of an index as one tree of their parts, so that formats which begin alike share their beginning. The
// names of parameters do not count: the index only asks which formats match.
type trie struct {
	children map[trieStep]int32
	shapes   map[string]int32
	parts    []node // by shape
	nodes    []trieNode
}

// trieStep is an edge: from a node, over a character (step >= 0) or a larger part (the shape ^step).
type trieStep struct{ node, step int32 }

type trieNode struct {
	steps   []trieEdge
	accepts []int32
}

type trieEdge struct{ step, child int32 }

func newTrie() *trie {
	return &trie{children: make(map[trieStep]int32), shapes: make(map[string]int32), nodes: make([]trieNode, 1)}
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
	parts := []node{tree}
	if s, ok := tree.(seqNode); ok {
		parts = slices.Clone(s.parts)
	}
	any := repeatNode{part: chars(anyChar), max: -1, lazy: true}
	if a, ok := parts[0].(anchorNode); !ok || !a.begin || a.look.set != nil {
		parts = slices.Insert(parts, 0, node(any))
	}
	if a, ok := parts[len(parts)-1].(anchorNode); !ok || a.begin || a.look.set != nil {
		parts = append(parts, any, lookNode{edge: true})
	}
	return parts
}

func (t *trie) step(part node) int32 {
	if c, ok := part.(charNode); ok {
		if r, ok := c.set.one(); ok {
			return r
		}
	}
	name := shape(part)
	id, ok := t.shapes[name]
	if !ok {
		id = int32(len(t.parts))
		t.shapes[name] = id
		t.parts = append(t.parts, part)
	}
	return ^id
}

// shape names a part; two parts with one shape match the same texts.
func shape(n node) string {
	switch n := n.(type) {
	case charNode:
		return "[" + n.set.key() + "]"
	case seqNode:
		return "(" + shapes(n.parts) + ")"
	case altNode:
		return "|" + shapes(n.parts) + ")"
	case repeatNode:
		return fmt.Sprintf("{%d,%d %s}", n.min, n.max, shape(n.part))
	case groupNode:
		return shape(n.part)
	case lookNode:
		return fmt.Sprintf("<%t,%t %s>", n.behind, n.edge, n.set.key())
	}
	return shape(inner(n))
}

func shapes(parts []node) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(shape(p))
	}
	return b.String()
}
