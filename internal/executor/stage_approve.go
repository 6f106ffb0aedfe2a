package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/target"
)

// approve demands the approvals that policies ask for. It comes after the plan, which people decide about, and right before the work
// begins: what was approved must be what would run now.
func (x *Executor) approve(ctx context.Context, j *job) error {
	demands := x.demanded(ctx, j)
	if len(demands) == 0 {
		return nil
	}
	hash, err := j.hash()
	if err != nil {
		return err
	}
	q, err := x.inquiry(ctx, j.claim.ID)
	switch {
	case bot.ErrorCode(err) == bot.CodeNotFound:
		return x.ask(ctx, j, q, approvalAsked{demands[0], hash})
	case err != nil:
		return errors.Join(errLater, err)
	}
	i := q.doc.Value
	if i.Hash != hash && !failpoint.Mutant(failpoint.Unbound) {
		again := demands[0]
		again.why = sentences("It is asked again: what would be done has changed.", again.why)
		return x.ask(ctx, j, q, approvalAsked{again, hash})
	}
	for _, d := range demands {
		if !d.met(i) {
			return x.ask(ctx, j, q, approvalAsked{d, hash})
		}
	}
	j.record.execution().Approvals = agreed(i)
	return nil
}

// agreed returns who agreed: whoever asked, where he had to confirm it, and those who were asked.
func agreed(i bot.Inquiry) []bot.Approval {
	var list []bot.Approval
	if i.Confirmed != nil {
		list = append(list, *i.Confirmed)
	}
	for _, a := range i.Answers {
		if a.Yes {
			list = append(list, a)
		}
	}
	return list
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
	facts["class"], facts["steps"], facts["changes"], facts["target_count"] = string(j.action.Spec.Class), steps, changed, len(names)
	facts["params"] = j.params
	return facts
}

// hash is what an approval is bound to: the action, its parameters, the plan's changes and the freezes it goes through, never texts for display. Secrets are in it as
// they lie in the record, sealed.
func (j *job) hash() (string, error) {
	bound := struct {
		Action  string
		Params  map[string]any
		Changes []bot.Change
		Blocked string
		Freezes []string `json:",omitempty"`
	}{Action: j.action.Spec.Ref(), Params: j.record.execution().Params, Freezes: j.frozenBy()}
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
		Who: rule.Who(),
	}
	if rule.Escalate != nil {
		i.Escalate = now.Add(rule.Escalate.After)
	}
	i.Round = last.Round
	if last.Hash != "" && last.Hash != asked.hash {
		i.Round++
	}
	if !rule.Asker && last.Hash == asked.hash {
		i.Confirmed = confirmed(last)
	}
	if last.Policy == rule.Policy { // who was asked before is asked again
		i.Escalated = last.Escalated
	}
	i.Posted = posted(last.Posted, prompts("inquiry/"+e.ID, e.Origin, rule.Channel))
	q.doc.Value = i
	w := waiting{q: q, text: waitsFor(rule)}
	if last.Decision == bot.Approved && last.Hash != asked.hash {
		w.void = "What was approved is not what would be done now."
	}
	return x.wait(ctx, j, w)
}

// confirmed returns the word of whoever asked that what the question was about is what he wants, or nil.
func confirmed(i bot.Inquiry) *bot.Approval {
	if i.Policy == policy.Confirm && i.Decision == bot.Approved {
		return &i.Answers[len(i.Answers)-1]
	}
	return i.Confirmed
}

// approvalAsked is an approval that is to be asked for, and what it is bound to.
type approvalAsked struct {
	demand
	hash string
}
