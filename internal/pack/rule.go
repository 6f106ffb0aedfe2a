package pack

import (
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
	"github.com/petrelops/petrel/internal/pack/pyyaml"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/internal/timer"
	"github.com/petrelops/petrel/internal/trigger"
)

var (
	ruleForm = form{
		"name": {pyyaml.String}, "pack": {pyyaml.String}, "description": {pyyaml.String}, "enabled": {pyyaml.Bool},
		"type": {pyyaml.Mapping}, "trigger": {pyyaml.Mapping}, "criteria": {pyyaml.Mapping}, "action": {pyyaml.Mapping},
		"context": {pyyaml.Mapping}, "tags": {pyyaml.List},
		"id": {}, "ref": {}, "uid": {}, "metadata_file": {},
	}
	ruleTypeForm    = form{"ref": {pyyaml.String}, "parameters": {pyyaml.Mapping}}
	ruleTriggerForm = form{"type": {pyyaml.String}, "parameters": {pyyaml.Mapping}, "ref": {pyyaml.String}, "description": {}}
	ruleActionForm  = form{"ref": {pyyaml.String}, "parameters": {pyyaml.Mapping}, "description": {}}
)

// rule reads a rule file (StackStorm's RuleAPI), or returns nil. A rule is off unless it says that it is enabled, as there.
func (f *file) rule(root *pyyaml.Node, pack string, k *rule.Compiler) *rule.Rule {
	o := f.object(root, "in a rule", ruleForm)
	if !f.need(o, "name") {
		return nil
	}
	f.named(o, pack)
	r := &rule.Rule{
		Pack: pack, Name: o.text("name"), Description: o.text("description"), Enabled: o.truth("enabled", false), Type: rule.Standard,
		Source: f.source(o.line),
	}
	if n := o.values["type"]; n != nil {
		r.Type = f.object(n, "in the type of a rule", ruleTypeForm).text("ref")
		if r.Type != rule.Standard && r.Type != rule.Backstop {
			f.errorf(n.Line, "The type of a rule is %s or %s, not %q.", rule.Standard, rule.Backstop, r.Type)
		}
	}
	waits := f.part(o, "trigger", "type", ruleTriggerForm)
	r.Trigger, r.With = waits.text("type"), waits.mapping("parameters")
	if url, ok := r.With["url"].(string); ok && r.Trigger == trigger.Webhook {
		r.With["url"] = strings.Trim(url, "/") // as StackStorm: /x, x/ and x are one address
	}
	action := f.part(o, "action", "ref", ruleActionForm)
	r.Action, r.Params = action.text("ref"), action.mapping("parameters")
	if n := o.values["tags"]; n != nil {
		for _, tag := range n.Items {
			r.Tags = append(r.Tags, tagText(tag))
		}
	}
	r.Criteria = f.criteria(o)
	var problems []string
	r.Compiled, problems = k.Compile(r.Criteria)
	for _, p := range problems {
		f.errorf(o.lineOf("criteria"), "%s", p)
	}
	if f.failed {
		return nil
	}
	return r
}

// part reads a mapping of the rule that must be there and name something.
func (f *file) part(rule object, key, needed string, known form) object {
	n := rule.values[key]
	if n == nil {
		if !rule.wrong[key] {
			f.errorf(rule.line, "The key %s is missing; add it with its %s.", key, needed)
		}
		return object{line: rule.line}
	}
	o := f.object(n, "in "+key, known)
	f.need(o, needed)
	return o
}

// tagText returns a tag: a word, or name:value of StackStorm's {name: …, value: …}.
func tagText(n *pyyaml.Node) string {
	m, ok := n.Any().(map[string]any)
	if !ok {
		return n.Text
	}
	return fmt.Sprintf("%v:%v", m["name"], m["value"])
}

// criteria reads the criteria in their order.
func (f *file) criteria(o object) []rule.Criterion {
	n := o.values["criteria"]
	if n == nil {
		return nil
	}
	list := make([]rule.Criterion, 0, len(n.Fields))
	for _, field := range n.Fields {
		if field.Value.Kind != pyyaml.Mapping {
			f.errorf(field.Line, "The criterion %s must be a mapping with type and pattern, not %s.", field.Key, field.Value.Kind)
			continue
		}
		list = append(list, rule.Written(field.Key, field.Value.Any()))
	}
	return list
}

func newCompiler() *rule.Compiler { return rule.NewCompiler(expr.New(expr.Options{})) }

// ReadRule reads one rule file by itself. What it refers to is not looked for.
func ReadRule(name, pack string, data []byte) (*rule.Rule, []Problem) {
	f := &file{name: name}
	root := f.root(data)
	if root == nil {
		return nil, f.problems
	}
	// A rule that is tried by itself may belong to any pack.
	if own := root.Get("pack"); own != nil && own.Kind == pyyaml.String {
		pack = own.Text
	}
	return f.rule(root, pack, newCompiler()), f.problems
}

// DefaultPack is the pack of a rule that names none, as in StackStorm.
const DefaultPack = "default"

// ReadRule reads a rule that comes with no pack, and checks it as those of packs are. A rule acts as an account that is named after its pack, so
// that pack is none of those which are installed: what was permitted to their rules was not meant for it.
func (s *Set) ReadRule(text []byte) (*rule.Rule, []Problem) {
	r, problems := ReadRule("rule", DefaultPack, text)
	if r == nil {
		return nil, problems
	}
	if p, ok := s.Pack(r.Pack); ok {
		problems = append(problems, Problem{Source: r.Source, Severity: Error, Text: fmt.Sprintf(
			"The pack %s is installed (%s), and its rules come with it. Leave the key pack out, or name a pack that is not installed.", r.Pack, p.Source)})
	}
	return r, append(problems, s.checkRule(r)...)
}

// checkRule checks what a rule refers to.
func (s *Set) checkRule(r *rule.Rule) []Problem {
	action, ok := s.actions[r.Action]
	if !ok {
		return []Problem{{Source: r.Source, Severity: Error, Text: "The rule names the action " + r.Action + s.unknownAction(r.Action)}}
	}
	var faults []Problem
	add := func(severity Severity, format string, args ...any) {
		faults = append(faults, Problem{Source: r.Source, Severity: severity, Text: fmt.Sprintf(format, args...)})
	}
	if t := s.triggers[r.Trigger]; t == nil {
		add(Warning, "The rule waits for the trigger %s, which no pack describes%s", r.Trigger, spell.Hint(r.Trigger, sortedKeys(s.triggers)))
	} else {
		for _, wrong := range t.CheckParameters(r.With) {
			add(Error, "The parameters of the trigger %s are wrong: %s.", r.Trigger, wrong)
		}
	}
	if timer.IsTimer(r.Trigger) && len(faults) == 0 {
		if _, err := timer.New(r.Trigger, r.With); err != nil {
			add(Error, "%s", bot.ErrorText(err))
		}
	}
	if action.NotRunnable == "" {
		for _, name := range sortedKeys(r.Params) {
			if _, ok := action.Param(name); !ok {
				add(Warning, "The rule sets the parameter %s, which %s does not have%s", name, r.Action, spell.Hint(name, paramNames(action)))
			}
		}
	}
	return faults
}

// Instance is an event that was written down to try rules with.
type Instance struct {
	Trigger string
	Payload any
}

// instanceForm also takes what StackStorm's API tells of an instance.
var instanceForm = form{
	"trigger": {pyyaml.String}, "payload": {pyyaml.Mapping}, "id": {}, "occurrence_time": {}, "status": {}, "ref": {}, "uid": {},
}

// ReadInstance reads a trigger instance: YAML or JSON with trigger and payload.
func ReadInstance(name string, data []byte) (Instance, []Problem) {
	f := &file{name: name}
	root := f.root(data)
	if root == nil {
		return Instance{}, f.problems
	}
	o := f.object(root, "in a trigger instance", instanceForm)
	f.need(o, "trigger")
	i := Instance{Trigger: o.text("trigger")}
	if p := o.mapping("payload"); p != nil {
		i.Payload = p
	}
	return i, f.problems
}
