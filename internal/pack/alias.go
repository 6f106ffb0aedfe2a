package pack

import (
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/internal/pack/pyyaml"
)

var (
	aliasForm = form{
		"name": {pyyaml.String}, "pack": {pyyaml.String}, "action_ref": {pyyaml.String}, "description": {pyyaml.String},
		"enabled": {pyyaml.Bool}, "formats": {pyyaml.List}, "ack": {pyyaml.Mapping}, "result": {pyyaml.Mapping},
		"extra": {pyyaml.Mapping}, "immutable_parameters": {pyyaml.Mapping},
		"id": {}, "ref": {}, "uid": {}, "metadata_file": {},
	}
	formatForm = form{"display": {pyyaml.String}, "representation": {pyyaml.String, pyyaml.List}, "match_multiple": {pyyaml.Bool}}
	ackForm    = form{"enabled": {pyyaml.Bool}, "format": {pyyaml.String}, "extra": {pyyaml.Mapping}, "append_url": {pyyaml.Bool}}
	resultForm = form{"enabled": {pyyaml.Bool}, "format": {pyyaml.String}, "extra": {pyyaml.Mapping}}
)

// alias reads an alias file (StackStorm's ActionAliasAPI), or returns nil.
func (f *file) alias(root *pyyaml.Node, pack string) *aliases.Alias {
	o := f.object(root, "in an alias", aliasForm)
	if !f.need(o, "name", "action_ref") {
		return nil
	}
	f.named(o, pack)
	a := &aliases.Alias{
		Pack: pack, Name: o.text("name"), Description: o.text("description"), Action: o.text("action_ref"),
		Enabled: o.truth("enabled", true),
		Formats: f.formats(o),
		Ack:     f.answer(o, "ack", ackForm), Result: f.answer(o, "result", resultForm),
		Extra: o.mapping("extra"), Immutable: o.mapping("immutable_parameters"),
		Source: f.source(o.line),
	}
	if f.failed {
		return nil
	}
	return a
}

// answer reads ack or result. What is not written has StackStorm's defaults.
func (f *file) answer(alias object, key string, known form) aliases.Answer {
	n := alias.values[key]
	if n == nil {
		return aliases.Answer{Enabled: true, AppendURL: true}
	}
	o := f.object(n, "in "+key, known)
	return aliases.Answer{
		Enabled: o.truth("enabled", true), Format: o.text("format"), Extra: o.mapping("extra"),
		AppendURL: o.truth("append_url", true),
	}
}

func (f *file) formats(alias object) []aliases.Format {
	n := alias.values["formats"]
	if n == nil || len(n.Items) == 0 {
		if !alias.wrong["formats"] {
			f.warnf(alias.lineOf("formats"), "The alias has no formats, so nothing can match it; add a list formats.")
		}
		return nil
	}
	out := make([]aliases.Format, len(n.Items))
	for i, item := range n.Items {
		out[i] = f.format(item)
		out[i].Source = f.source(item.Line)
	}
	return out
}

// format reads a format: a string, or a mapping that shows one thing and matches others.
func (f *file) format(n *pyyaml.Node) aliases.Format {
	if n.Kind != pyyaml.Mapping {
		text := f.pattern(n)
		return aliases.Format{Display: text, Representations: []string{text}}
	}
	o := f.object(n, "in a format", formatForm)
	out := aliases.Format{Display: o.text("display"), Multiple: o.truth("match_multiple", false)}
	if r := o.values["representation"]; r != nil && r.Kind == pyyaml.List {
		for _, item := range r.Items {
			out.Representations = append(out.Representations, f.pattern(item))
		}
	} else if r != nil {
		out.Representations = []string{f.pattern(r)}
	}
	switch {
	case out.Display == "" && len(out.Representations) == 0:
		f.errorf(n.Line, "The format has neither display nor representation; add them.")
	case out.Display == "":
		out.Display = out.Representations[0]
	}
	return out
}

// pattern returns the text that a message is held against.
func (f *file) pattern(n *pyyaml.Node) string {
	switch {
	case n.Kind != pyyaml.String:
		f.errorf(n.Line, "A format must be a string, or a mapping with display and representation, not %s; put it in quotes.", n.Kind)
	case strings.TrimSpace(n.Text) == "":
		f.errorf(n.Line, "The format is empty; write what people type.")
	}
	return n.Text
}
