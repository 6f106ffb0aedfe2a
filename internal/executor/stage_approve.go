package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/target"
)

// approve demands the approvals that policies ask for. It comes after the plan, which people decide about, and right before the work
// begins: what was approved must be what would run now.
func (x *Executor) approve(ctx context.Context, j *job) error {
	rule, why := x.wanted(ctx, j)
	if rule == nil {
		return nil
	}
	hash, err := j.hash()
	if err != nil {
		return err
	}
	q, err := x.inquiry(ctx, j.claim.ID)
	switch {
	case bot.ErrorCode(err) == bot.CodeNotFound:
		return x.ask(ctx, j, q, approvalAsked{rule, why, hash})
	case err != nil:
		return errors.Join(errLater, err)
	}
	i := q.doc.Value
	switch {
	case i.Hash != hash:
		return x.ask(ctx, j, q, approvalAsked{rule, "It is asked again: what would be done has changed. " + why, hash})
	case i.Decision == bot.Approved && i.Policy == rule.Policy && i.Required >= rule.Required:
		j.record.execution().Approvals = i.Answers
		return nil
	}
	return x.ask(ctx, j, q, approvalAsked{rule, why, hash})
}

// wanted returns the approval that this execution needs, of several the one that wants most people, or nil. A condition that cannot be
// evaluated counts as true: what is not understood is asked about.
func (x *Executor) wanted(ctx context.Context, j *job) (*policy.Approval, string) {
	var most *policy.Approval
	var why string
	for _, rule := range j.action.Rules.Approvals {
		holds, reason := true, ""
		if rule.When != "" {
			var err error
			holds, err = x.Templates.Holds(ctx, rule.When, j.facts())
			if reason = "Because " + rule.When + "."; err != nil {
				holds, reason = true, fmt.Sprintf("The condition %q cannot be evaluated, so it is asked. %s", rule.When, bot.ErrorText(err))
			}
		}
		if holds && (most == nil || rule.Required > most.Required) {
			most, why = &rule, reason
		}
	}
	return most, why
}

// facts are what a condition may use: the parameters by their names, and what is known of the plan.
func (j *job) facts() map[string]any {
	facts := map[string]any{}
	for name, value := range j.params {
		facts[name] = value
	}
	steps, changed := 0, 0
	if j.plan != nil {
		for _, c := range j.plan.Changes {
			steps = max(steps, len(c.Path))
			if len(c.Path) > 0 {
				changed += len(c.Targets)
			}
		}
	}
	e := j.record.execution()
	names := target.Names(e.Targets)
	facts["class"], facts["steps"], facts["changes"], facts["target_count"] = string(e.Class), steps, changed, len(names)
	facts["params"] = j.params
	return facts
}

// hash is what an approval is bound to: the action, its parameters and the plan's changes, never texts for display. Secrets are in it as
// they lie in the record, sealed.
func (j *job) hash() (string, error) {
	bound := struct {
		Action  string
		Params  map[string]any
		Changes []bot.Change
		Blocked string
	}{Action: j.action.Spec.Ref(), Params: j.record.execution().Params}
	if j.plan != nil {
		bound.Changes, bound.Blocked = j.plan.Changes, j.plan.Blocked
	}
	data, err := json.Marshal(bound) // the keys of maps are sorted
	if err != nil {
		return "", bot.E(bot.CodeInternal, "executor.approve.hash", "", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// ask asks people about what would be done.
func (x *Executor) ask(ctx context.Context, j *job, before inquiryRecord, asked approvalAsked) error {
	e, rule := j.record.execution(), asked.rule
	now, err := x.Store.Now(ctx)
	if err != nil {
		return errors.Join(errLater, err)
	}
	q, last := before, before.doc.Value
	i := bot.Inquiry{
		ID: e.ID, Action: e.Action, Asker: e.Identity, Origin: e.Origin, Policy: rule.Policy, Created: now, Expires: now.Add(rule.TTL),
		Hash: asked.hash, Plan: e.Plan, Params: param.Shown(j.action.Spec, e.Params), Required: rule.Required, Why: strings.TrimSpace(asked.why),
		Who: rule.Who(), Posted: prompts("inquiry/"+e.ID, e.Origin, rule.Channel),
	}
	if rule.Escalate != nil {
		i.Escalate = now.Add(rule.Escalate.After)
	}
	if last.Hash != "" && last.Hash != asked.hash {
		i.Round = last.Round + 1
	} else {
		i.Round = last.Round
	}
	if last.Policy == rule.Policy { // who was asked before is asked again
		i.Escalated, i.Posted = last.Escalated, last.Posted
	}
	q.doc.Value = i
	w := waiting{q: q, text: fmt.Sprintf("waits for %s (policy %s): %s", people(rule.Required, "approval"), rule.Policy, rule.Who())}
	if last.Decision == bot.Approved && last.Hash != asked.hash {
		w.void = "What was approved is not what would be done now."
	}
	return x.wait(ctx, j, w)
}

// approvalAsked is an approval that is to be asked for, why, and what it is bound to.
type approvalAsked struct {
	rule *policy.Approval
	why  string
	hash string
}
