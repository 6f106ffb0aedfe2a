package core

import (
	"context"
	"fmt"

	"github.com/petrelops/petrel/bot"
)

// ruleWrite stores a rule, a new one or another text in the place of one.
type ruleWrite struct {
	rules  Rules
	update bool
}

type ruleTextParams struct {
	Text string `json:"text"`
}

// Plan shows the text.
func (a ruleWrite) Plan(_ context.Context, _ bot.Request, p ruleTextParams) (bot.Plan, error) {
	return bot.Plan{Lines: []string{"store this rule:\n" + p.Text}, Changes: []bot.Change{{Targets: []string{"rules"}, Path: []string{p.Text}}}}, nil
}

// Do stores it. A second attempt with the same text changes nothing.
func (a ruleWrite) Do(ctx context.Context, job bot.Job, p ruleTextParams) (bot.Result, error) {
	write, done := a.rules.CreateRule, "stored"
	if a.update {
		write, done = a.rules.UpdateRule, "updated"
	}
	r, err := write(ctx, p.Text, job.Request().Identity)
	if err != nil {
		return bot.Result{}, err
	}
	return bot.Result{
		Summary: fmt.Sprintf("The rule %s is %s, and %s.", r.Ref(), done, onOff(r.Enabled)) + caveat(a.rules, r), Data: map[string]any{"rule": r.Ref()},
	}, nil
}

// ruleDelete removes a stored rule.
type ruleDelete struct{ rules Rules }

// Plan says which rule would be deleted. A name that is not there is a slip of whoever typed it, except when an earlier attempt has deleted the
// rule already.
func (a ruleDelete) Plan(ctx context.Context, q bot.Request, p ruleParams) (bot.Plan, error) {
	plan := bot.Plan{Lines: []string{"delete the rule " + p.Rule}, Changes: []bot.Change{{Targets: []string{"rule " + p.Rule}, Path: []string{"absent"}}}}
	r, err := a.rules.Rule(ctx, p.Rule)
	if gone := bot.ErrorCode(err) == bot.CodeNotFound && q.Attempt > 1; err != nil && !gone {
		return bot.Plan{}, err
	}
	if r != nil {
		plan.Lines[0] += fmt.Sprintf(", which runs %s on %s", r.Action, r.Trigger)
	}
	return plan, nil
}

// Do deletes it. One that is gone is as wanted.
func (a ruleDelete) Do(ctx context.Context, job bot.Job, p ruleParams) (bot.Result, error) {
	err := a.rules.DeleteRule(ctx, p.Rule)
	if gone := bot.ErrorCode(err) == bot.CodeNotFound && job.Request().Attempt > 1; err != nil && !gone {
		return bot.Result{}, err
	}
	return bot.Result{Summary: fmt.Sprintf("The rule %s is deleted.", p.Rule)}, nil
}

// Complete offers rules.
func (a ruleDelete) Complete(ctx context.Context, _, prefix string, limit int) ([]string, error) {
	return completeRules(ctx, a.rules, prefix, limit)
}
