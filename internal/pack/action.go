package pack

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/pack/pyyaml"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/spell"
)

var actionForm = form{
	"name": {pyyaml.String}, "pack": {pyyaml.String}, "description": {pyyaml.String}, "enabled": {pyyaml.Bool},
	"runner_type": {pyyaml.String}, "entry_point": {pyyaml.String}, "parameters": {pyyaml.Mapping},
	"output_schema": {pyyaml.Mapping}, "tags": {pyyaml.List}, "notify": {pyyaml.Mapping},
	"id": {}, "ref": {}, "uid": {}, "metadata_file": {},
	"class": {pyyaml.String}, "timeout": {pyyaml.Int, pyyaml.Float}, "targets": {pyyaml.String, pyyaml.List}, "locks": {pyyaml.String, pyyaml.List},
	"approval": {pyyaml.Mapping},
}

// action reads an action file, or returns nil.
func (f *file) action(root *pyyaml.Node, pack string, options Options) *bot.ActionSpec {
	o := f.object(root, "in an action", actionForm)
	if !f.need(o, "name", "runner_type") {
		return nil
	}
	a := &bot.ActionSpec{
		Pack: pack, Name: o.text("name"), Description: o.text("description"),
		Runner: o.text("runner_type"), EntryPoint: o.text("entry_point"),
		Enabled: o.truth("enabled", true),
		Class:   f.class(o, options.BuiltIn),
		Timeout: f.timeout(o),
		Targets: f.targets(o, "targets"),
		Locks:   f.targets(o, "locks"),
		Source:  f.source(o.line),
	}
	f.named(o, pack)
	a.NotRunnable = f.runner(options, o.lineOf("runner_type"), a.Runner)
	if options.BuiltIn && a.EntryPoint == "" && a.Runner != RunnerInquirer {
		f.errorf(o.line, "The key entry_point is missing; name the handler.")
	}
	if n := o.values["parameters"]; n != nil {
		a.Params = f.parameters(n)
	}
	if a.Runner == RunnerInquirer {
		a.Params = f.inquirer(a.Params, o.lineOf("parameters"))
	}
	if a.Targets == nil {
		a.Targets = a.Locks
	}
	if f.failed {
		return nil
	}
	return a
}

// approvalOf reads the approval that an action's file demands, as if it stood in a policy; nil where it demands none.
func (f *file) approvalOf(root *pyyaml.Node, a *bot.ActionSpec) *policy.Policy {
	n := root.Get("approval")
	if n == nil || n.Kind != pyyaml.Mapping {
		return nil
	}
	p := &policy.Policy{
		Pack: a.Pack, Name: a.Name + ".approval", Description: "As the action's file says", Enabled: true, Action: a.Ref(),
		Type: policy.TypeApproval, Source: f.source(n.Line),
	}
	p.Approval = f.approval(f.object(n, "in the approval of an action", approvalForm), p.Ref())
	return p
}

// named checks the name of an action or alias, and that the file belongs to its pack.
func (f *file) named(o object, pack string) {
	if name := o.text("name"); strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		f.errorf(o.lineOf("name"), "The name %q must be one word; use . or _ in place of spaces.", name)
	}
	if other := o.text("pack"); other != "" && other != pack {
		f.errorf(o.lineOf("pack"), "The file belongs to the pack %s, but its key pack says %s; remove the key.", pack, other)
	}
}

// class returns the action's class. Without one it is once, which is never run again by itself.
func (f *file) class(o object, builtIn bool) bot.Class {
	text := o.text("class")
	if text == "" {
		if builtIn {
			f.errorf(o.line, "The key class is missing; write read, idempotent or once.")
		}
		return bot.Once
	}
	c := bot.Class(text)
	if !c.Valid() {
		f.errorf(o.lineOf("class"), "There is no class %s; write read, idempotent or once.", text)
	}
	return c
}

// targets reads templates that name targets: one, or a list.
func (f *file) targets(o object, key string) []string {
	n := o.values[key]
	if n == nil {
		return nil
	}
	items := []*pyyaml.Node{n}
	if n.Kind == pyyaml.List {
		items = n.Items
	}
	list := make([]string, 0, len(items))
	for _, item := range items {
		if item.Kind != pyyaml.String || strings.TrimSpace(item.Text) == "" {
			f.errorf(item.Line, "Each of %s must be a string that names targets, such as \"{{ hosts }}\"; put it in quotes.", key)
			continue
		}
		list = append(list, item.Text)
	}
	return list
}

// maxTimeout keeps a timeout from overflowing; nothing runs for a year.
const maxTimeout = 365 * 24 * 60 * 60

func (f *file) timeout(o object) time.Duration {
	n := o.values["timeout"]
	if n == nil {
		return 0
	}
	var seconds float64
	switch v := n.Any().(type) {
	case int64:
		seconds = float64(v)
	case float64:
		seconds = v
	}
	if seconds <= 0 || seconds > maxTimeout {
		f.errorf(n.Line, "The timeout %s is not possible; write a number of seconds above 0 and up to a year.", n.Text)
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

// parameters reads the parameters of an action: positional ones first, by position, then as written.
func (f *file) parameters(n *pyyaml.Node) []bot.Param {
	var out []bot.Param
	taken := map[string]string{} // names and spellings, by the parameter that has them
	positions := map[int]string{}
	for _, field := range n.Fields {
		p, ok := f.parameter(field)
		if !ok {
			continue
		}
		for _, name := range append([]string{p.Name}, p.Spellings...) {
			if other := taken[name]; other != "" {
				f.errorf(field.Line, "The name %s of the parameter %s is taken by the parameter %s; choose another one.", name, p.Name, other)
			}
			taken[name] = p.Name
		}
		if other := positions[p.Position]; other != "" && p.Position >= 0 {
			f.errorf(field.Line, "The parameters %s and %s have the same position %d; give each its own.", other, p.Name, p.Position)
		}
		positions[p.Position] = p.Name
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b bot.Param) int { return order(a) - order(b) })
	return out
}

// order is where a parameter stands: those without a position come last.
func order(p bot.Param) int {
	if p.Position < 0 {
		return maxPosition + 1
	}
	return p.Position
}

// closest ends a sentence about an unknown word with the nearest known one, or with all of them.
func closest(word string, known []string) string {
	if hint := spell.Hint(word, known); hint != "." {
		return hint
	}
	return "; write " + strings.Join(known[:len(known)-1], ", ") + " or " + known[len(known)-1] + "."
}
