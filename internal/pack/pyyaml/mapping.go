package pyyaml

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// fields returns the keys of a mapping. As in Python, a key keeps the place where it was first seen and takes the value that
// was seen last; what merge keys bring comes first, so the mapping's own keys win.
func (r *reader) fields(n *yaml.Node, depth int) []Field {
	merged := fieldSet{at: map[string]int{}}
	own := fieldSet{at: map[string]int{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.ScalarNode && key.Value == "<<" && key.Style&(quoted|yaml.TaggedStyle) == 0 {
			r.merge(&merged, value, depth)
			continue
		}
		name, ok := r.key(key, depth)
		if !ok {
			continue
		}
		if at, twice := own.at[name]; twice {
			r.add(Fault{Line: key.Line, Mild: true, Text: fmt.Sprintf(
				"The key %s is there already, in line %d; only this last one counts, so remove one of them.", name, own.fields[at].Line)})
		}
		own.put(Field{Key: name, Line: key.Line, Value: r.node(value, depth+1)})
	}
	for _, f := range own.fields {
		merged.put(f)
	}
	return merged.fields
}

// key returns the name of a key. Only strings can be keys, because that is so in JSON.
func (r *reader) key(n *yaml.Node, depth int) (string, bool) {
	k := r.node(n, depth+1)
	if k.Kind == String {
		return k.Text, true
	}
	if k.Kind == List || k.Kind == Mapping {
		r.fault(n.Line, "A key must be a string, not "+string(k.Kind)+".")
	} else {
		r.fault(n.Line, fmt.Sprintf("The key %s is read as %s; put it in quotes.", k.Text, k.Kind))
	}
	return "", false
}

// merge puts what the value of a merge key holds into set: the fields of a mapping, or of a list of mappings, of which the
// first wins.
func (r *reader) merge(set *fieldSet, value *yaml.Node, depth int) {
	v := r.node(value, depth+1)
	sources := []*Node{v}
	if v.Kind == List {
		sources = v.Items
	}
	for i := range sources {
		source := sources[len(sources)-1-i]
		if source.Kind != Mapping {
			r.fault(value.Line, "The key << takes a mapping or a list of mappings, not "+string(source.Kind)+".")
			continue
		}
		for _, f := range source.Fields {
			set.put(f)
		}
	}
}

// fieldSet is a mapping that keeps its order.
type fieldSet struct {
	fields []Field
	at     map[string]int
}

func (s *fieldSet) put(f Field) {
	if at, ok := s.at[f.Key]; ok {
		s.fields[at] = f
		return
	}
	s.at[f.Key] = len(s.fields)
	s.fields = append(s.fields, f)
}
