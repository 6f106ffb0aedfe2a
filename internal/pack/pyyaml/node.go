package pyyaml

// Kind is what a value is.
type Kind string

// The kinds.
const (
	Null    Kind = "nothing"
	Bool    Kind = "a boolean"
	Int     Kind = "an integer"
	Float   Kind = "a number"
	String  Kind = "a string"
	List    Kind = "a list"
	Mapping Kind = "a mapping"
)

// Node is a value with its place in the file. Anchors and merge keys are already followed.
type Node struct {
	Kind   Kind
	Line   int
	Text   string  // of a scalar, as it was written, without its quotes
	Fields []Field // of a mapping, in Python's order: merged keys first, each key once
	Items  []*Node // of a list

	scalar any
}

// Field is one key of a mapping with its value.
type Field struct {
	Key   string
	Line  int
	Value *Node
}

// Get returns the value of a key, or nil when n is no mapping or has no such key.
func (n *Node) Get(key string) *Node {
	for _, f := range n.Fields {
		if f.Key == key {
			return f.Value
		}
	}
	return nil
}

// Any returns the value as encoding/json would: nil, bool, int64, float64, string, []any or map[string]any. The caller owns
// it.
func (n *Node) Any() any {
	switch n.Kind {
	case Mapping:
		m := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			m[f.Key] = f.Value.Any()
		}
		return m
	case List:
		l := make([]any, len(n.Items))
		for i, item := range n.Items {
			l[i] = item.Any()
		}
		return l
	}
	return n.scalar
}

// Fault is something wrong with the file.
type Fault struct {
	Line int
	Text string // a sentence
	// Mild is set when PyYAML reads the file nevertheless, and Read did too.
	Mild bool
}
