package expr

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/petrelops/petrel/internal/pack/pyyaml"
)

// noneMark is StackStorm's text for null: a text has no other way to say that it is none.
const noneMark = "%*****__%NONE%__*****%"

func stackstormFilters() map[string]filter {
	all := map[string]filter{
		"decrypt_kv": {raw: true, do: decryptFilter},
		"from_json_string": {do: func(r *run, in any, _ []any) (any, error) {
			text, err := r.text(in)
			if err != nil {
				return nil, err
			}
			return readJSON(text)
		}},
		"from_yaml_string": {do: fromYAML},
		"json_escape": {do: func(r *run, in any, _ []any) (any, error) {
			text, err := r.dump(in, jsonForm{item: ", ", key: ": "})
			s, _ := text.(string)
			return strings.Trim(s, `"`), err
		}},
		"jsonpath_query": {takes: "query", needs: 1, do: jsonpathFilter},
		"to_complex": {do: func(r *run, in any, _ []any) (any, error) {
			return r.dump(in, jsonForm{item: ", ", key: ": "})
		}},
		"to_json_string": {takes: "indent sort_keys separators", do: func(r *run, in any, a []any) (any, error) {
			f, err := dumpForm(a[0], a[2])
			if err != nil {
				return nil, err
			}
			return r.dump(in, f)
		}},
		"tojson":                     {takes: "indent", do: toJSONFilter},
		"to_yaml_string":             {takes: "indent allow_unicode", do: toYAML},
		"to_human_time_from_seconds": {do: humanTime},
		"use_none": {do: func(_ *run, in any, _ []any) (any, error) {
			if in == nil {
				return noneMark, nil
			}
			return in, nil
		}},
		"basename": onText(func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }),
		"dirname":  onText(dirname),
	}
	maps.Copy(all, regexFilters())
	maps.Copy(all, versionFilters())
	return all
}

// dirname is os.path.dirname: what stands before the last slash, which itself stays only where there is nothing else.
func dirname(path string) string {
	head := path[:strings.LastIndexByte(path, '/')+1]
	if bare := strings.TrimRight(head, "/"); bare != "" {
		return bare
	}
	return head
}

func decryptFilter(r *run, in any, _ []any) (any, error) {
	k, ok := in.(key)
	if !ok {
		return nil, faultf("it takes a value of the datastore, such as st2kv.system.name")
	}
	if err := r.spend(costOfRead); err != nil {
		return nil, err
	}
	text, err := r.ask(k, k.from.lookup.Decrypt)
	if err != nil {
		return nil, lookupFault(k, err)
	}
	if text == "" {
		return nil, faultf("%s is empty", k)
	}
	return text, nil
}

// toJSONFilter is Jinja's tojson, which is safe to stand inside HTML.
func toJSONFilter(r *run, in any, a []any) (any, error) {
	f, err := dumpForm(a[0], absent{})
	if err != nil {
		return nil, err
	}
	if !f.newline {
		f.item = ", "
	}
	text, err := r.dump(in, f)
	s, _ := text.(string)
	return strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`).Replace(s), err
}

// maxYAML is how much YAML is read: a document is parsed before its nodes are counted.
const maxYAML = 256 << 10

func fromYAML(r *run, in any, _ []any) (any, error) {
	text, err := r.text(in)
	if err != nil {
		return nil, err
	}
	if len(text) > maxYAML {
		return nil, faultf("the text has %d bytes, and at most %d are read as YAML", len(text), maxYAML)
	}
	// YAML is read slowly.
	if err := r.spend(len(text)); err != nil {
		return nil, err
	}
	node, faults := pyyaml.Read([]byte(text))
	for _, f := range faults {
		if !f.Mild {
			return nil, faultf("it cannot be read: line %d: %s", f.Line, sentence(f.Text))
		}
	}
	return node.Any(), nil
}

// toYAML writes what PyYAML's safe_dump writes for plain data: sorted keys, two blanks a level, lists not further in than their key.
func toYAML(r *run, in any, a []any) (any, error) {
	indent := or(a[0], nil)
	n := int64(2)
	if indent != nil {
		var err error
		if n, err = whole(indent, 2); err != nil || n < 2 || n > 9 {
			return nil, faultf("the indent is a number from 2 to 9")
		}
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(int(n))
	e.CompactSeqIndent()
	var node yaml.Node
	err := node.Encode(in)
	if err == nil {
		singleQuotes(&node)
		err = e.Encode(&node)
	}
	if err != nil {
		return nil, faultf("it cannot be written as YAML")
	}
	text := b.String()
	switch in.(type) {
	case []any, map[string]any:
	case string:
		if strings.HasPrefix(text, "'") || strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "|") {
			break
		}
		text += "...\n"
	default:
		text += "...\n"
	}
	return text, r.fits(len(text))
}

// singleQuotes gives texts that need quotes those that PyYAML gives them.
func singleQuotes(n *yaml.Node) {
	for _, inner := range n.Content {
		singleQuotes(inner)
	}
	printable := !strings.ContainsFunc(n.Value, func(c rune) bool { return !unicode.IsPrint(c) })
	if n.Kind == yaml.ScalarNode && n.Style == yaml.DoubleQuotedStyle && printable {
		n.Style = yaml.SingleQuotedStyle
	}
}

// humanTime is 3h25m45s for 12345.
func humanTime(_ *run, in any, _ []any) (any, error) {
	n, ok := numeric(in)
	if !ok {
		return nil, faultf("%s is no number of seconds", kind(in))
	}
	f := toFloat(n)
	switch {
	case f == 0:
		return "0s", nil
	case f < 1:
		text := fmt.Sprint(n)
		if x, ok := n.(float64); ok {
			text = floatText(x)
		}
		return text + "μs", nil
	case f > 3155760000:
		return nil, faultf("it takes less than a hundred years")
	}
	seconds := int64(math.RoundToEven(f))
	var b strings.Builder
	for _, unit := range []struct {
		length int64
		name   string
	}{{365 * 86400, "y"}, {86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}} {
		part := seconds / unit.length
		seconds %= unit.length
		if part > 0 || b.Len() > 0 || unit.name == "s" {
			fmt.Fprintf(&b, "%d%s", part, unit.name)
		}
	}
	return b.String(), nil
}
