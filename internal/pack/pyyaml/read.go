package pyyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxDepth = 64 // of lists and mappings in each other; an anchor that contains itself ends here
	// maxFaults keeps one mistake inside an anchor that is used everywhere from being told a thousand times.
	maxFaults = 20
	maxNodes  = 100_000 // after anchors are followed, so that a small file cannot become a large tree
)

// Read returns the one document of a file. The node is nil when the file cannot be read at all; an empty file is a Null.
// Faults that are not Mild mean that the file must not be used.
func Read(data []byte) (*Node, []Fault) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	err := decoder.Decode(&first)
	if errors.Is(err, io.EOF) {
		return &Node{Kind: Null, Line: 1}, nil
	}
	if err != nil {
		return nil, []Fault{syntaxFault(err)}
	}
	r := &reader{}
	root := r.node(first.Content[0], 1)
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		line := second.Line
		if err != nil {
			line = syntaxFault(err).Line
		}
		r.fault(line, "The file holds more than one document; keep the first and remove everything from the second --- on.")
	}
	return root, r.faults
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func syntaxFault(err error) Fault {
	f := Fault{Line: 1}
	text := err.Error()
	if m := yamlError.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if line, err := strconv.Atoi(m[1]); err == nil {
			f.Line = line
		}
	}
	f.Text = "This is not YAML: " + strings.TrimSuffix(text, ".") + "."
	return f
}

// reader turns the library's tree into ours.
type reader struct {
	faults []Fault
	nodes  int
	full   bool // the tree has become too large; that is said once
}

func (r *reader) fault(line int, text string) { r.add(Fault{Line: line, Text: text}) }

func (r *reader) add(f Fault) {
	limit := maxFaults
	if !f.Mild {
		limit *= 2 // a mild fault must not push out one that forbids the file
	}
	if len(r.faults) < limit {
		r.faults = append(r.faults, f)
	}
}

// node converts n. It never returns nil: what cannot be read becomes a Null next to its fault.
func (r *reader) node(n *yaml.Node, depth int) *Node {
	r.nodes++
	out := &Node{Kind: Null, Line: n.Line}
	if depth > maxDepth || r.nodes > maxNodes {
		if !r.full {
			r.full = true
			r.fault(n.Line, fmt.Sprintf("The file nests deeper than %d levels or grows beyond %d values; make it flatter, and use fewer anchors.", maxDepth, maxNodes))
		}
		return out
	}
	if r.full {
		return out
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.node(n.Alias, depth+1)
	case yaml.MappingNode:
		r.checkTag(n, "!!map")
		out.Kind = Mapping
		out.Fields = r.fields(n, depth)
	case yaml.SequenceNode:
		r.checkTag(n, "!!seq")
		out.Kind = List
		for _, item := range n.Content {
			out.Items = append(out.Items, r.node(item, depth+1))
		}
	case yaml.ScalarNode:
		r.scalar(n, out)
	}
	return out
}

func (r *reader) checkTag(n *yaml.Node, allowed string) {
	if n.Style&yaml.TaggedStyle != 0 && n.ShortTag() != allowed {
		r.fault(n.Line, "The tag "+n.ShortTag()+" is not read here; write the value without it.")
	}
}

const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

func (r *reader) scalar(n *yaml.Node, out *Node) {
	out.Text = n.Value
	tagged := n.Style&yaml.TaggedStyle != 0
	if !tagged && n.Style&quoted != 0 {
		out.Kind, out.scalar = String, n.Value
		return
	}
	var why string
	if !tagged {
		if out.Kind, out.scalar, why = plain(n.Value); why != "" {
			r.fault(n.Line, why)
		}
		return
	}
	wanted, ok := map[string]Kind{"!!str": String, "!!int": Int, "!!float": Float, "!!bool": Bool, "!!null": Null}[n.ShortTag()]
	switch out.Kind, out.scalar, why = plain(n.Value); {
	case !ok:
		r.checkTag(n, "")
	case wanted == String:
		out.Kind, out.scalar = String, n.Value
	case wanted == Float && out.Kind == Int:
		out.Kind, out.scalar = Float, float64(out.scalar.(int64))
	case wanted != out.Kind:
		r.fault(n.Line, fmt.Sprintf("%q is not %s, as its tag %s says; remove the tag.", n.Value, wanted, n.ShortTag()))
	case why != "":
		r.fault(n.Line, why)
	}
}
