package core

import (
	"context"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/rule"
)

// Rules are the rules that turn events into actions.
type Rules interface {
	RuleReader
	RuleWriter
}

// RuleReader looks at rules.
type RuleReader interface {
	Rules(ctx context.Context) ([]*rule.Rule, error)
	Rule(ctx context.Context, ref string) (*rule.Rule, error)
	// Refused returns why a rule may not run its action; empty when it may.
	Refused(r *rule.Rule) string
}

// RuleWriter changes rules.
type RuleWriter interface {
	Switch(ctx context.Context, ref string, on bool, by bot.Identity) (*rule.Rule, error)
	CreateRule(ctx context.Context, text string, by bot.Identity) (*rule.Rule, error)
	UpdateRule(ctx context.Context, text string, by bot.Identity) (*rule.Rule, error)
	DeleteRule(ctx context.Context, ref string) error
}

type ruleList struct{ rules Rules }

type ruleListParams struct {
	Pack string `json:"pack"`
}

// Do returns a table of rules.
func (a ruleList) Do(ctx context.Context, _ bot.Job, p ruleListParams) (bot.Result, error) {
	list, err := a.rules.Rules(ctx)
	if err != nil {
		return bot.Result{}, err
	}
	table := bot.Table{Columns: []string{"rule", "enabled", "trigger", "action", "from"}}
	names := []any{}
	for _, r := range list {
		if p.Pack == "" || r.Pack == p.Pack {
			table.Rows = append(table.Rows, []string{r.Ref(), yesNo(r.Enabled), r.Trigger, r.Action, ruleSource(r)})
			names = append(names, r.Ref())
		}
	}
	if len(names) == 0 {
		return bot.Result{Summary: "There are no rules here. Packs bring them in their folder rules."}, nil
	}
	return bot.Result{Blocks: []bot.Block{{Table: &table}}, Data: map[string]any{"rules": names}}, nil
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// ruleSwitch turns a rule on or off.
type ruleSwitch struct {
	rules Rules
	on    bool
}

type ruleParams struct {
	Rule string `json:"rule"`
}

// Plan says which rule would be turned on or off, and what it does.
func (a ruleSwitch) Plan(ctx context.Context, _ bot.Request, p ruleParams) (bot.Plan, error) {
	r, err := a.rules.Rule(ctx, p.Rule)
	if err != nil {
		return bot.Plan{}, err
	}
	return bot.Plan{
		Lines:   []string{fmt.Sprintf("turn %s the rule %s, which runs %s on %s", a.way(), r.Ref(), r.Action, r.Trigger)},
		Changes: []bot.Change{{Targets: []string{"rule " + r.Ref()}, From: onOff(r.Enabled), Path: []string{a.way()}}},
	}, nil
}

// Do turns it on or off. A second attempt changes nothing.
func (a ruleSwitch) Do(ctx context.Context, job bot.Job, p ruleParams) (bot.Result, error) {
	r, err := a.rules.Switch(ctx, p.Rule, a.on, job.Request().Identity)
	if err != nil {
		return bot.Result{}, err
	}
	return bot.Result{Summary: fmt.Sprintf("The rule %s is %s.", r.Ref(), a.way()) + a.caveat(r)}, nil
}

func (a ruleSwitch) caveat(r *rule.Rule) string { return caveat(a.rules, r) }

// caveat is what there is to be said of a rule that is on and would be refused.
func caveat(rules RuleReader, r *rule.Rule) string {
	why := rules.Refused(r)
	if why == "" || !r.Enabled {
		return ""
	}
	return fmt.Sprintf(" But it will be refused each time: %s To let it, add to the permissions: {identity: \"rule:%s\", action: %s}", why, r.Ref(), r.Action)
}

// ruleSource tells where a rule comes from.
func ruleSource(r *rule.Rule) string {
	if r.Fault != "" {
		return r.Source + ", cannot be used: " + r.Fault
	}
	return r.Source
}

// Completes implements bot.Completer.
func (ruleSwitch) Completes() []string { return []string{"rule"} }

// Complete offers rules.
func (a ruleSwitch) Complete(ctx context.Context, _, prefix string, limit int) ([]string, error) {
	return completeRules(ctx, a.rules, prefix, limit)
}

func completeRules(ctx context.Context, rules RuleReader, prefix string, limit int) ([]string, error) {
	list, err := rules.Rules(ctx)
	var names []string
	for _, r := range list {
		if strings.HasPrefix(r.Ref(), prefix) && len(names) < limit {
			names = append(names, r.Ref())
		}
	}
	return names, err
}

func (a ruleSwitch) way() string { return onOff(a.on) }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
