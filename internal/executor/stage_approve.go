package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/target"
)

// approve demands the approvals that policies ask for. It comes after the plan, which people decide about, and right before the work
// begins: what was approved must be what would run now.
func (x *Executor) approve(ctx context.Context, j *job) error {
	rule, why := x.demanded(ctx, j)
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
		return x.ask(ctx, j, q, rule, why, hash)
	case err != nil:
		return errors.Join(errLater, err)
	}
	i := q.doc.Value
	switch {
	case i.Hash != hash && !failpoint.Mutant(failpoint.Unbound):
		return x.ask(ctx, j, q, rule, "It is asked again: what would be done has changed. "+why, hash)
	case i.Decision == bot.Approved && i.Policy == rule.Policy && i.Required >= rule.Required:
		j.record.execution().Approvals = i.Answers
		return nil
	}
	return x.ask(ctx, j, q, rule, why, hash)
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

// inquiryRecord is an inquiry as it was read.
type inquiryRecord struct {
	doc     store.Document[bot.Inquiry]
	version store.Version
}

func (x *Executor) inquiry(ctx context.Context, id string) (inquiryRecord, error) {
	got, err := x.Store.Get(ctx, store.Key{Kind: kindInquiry, ID: id})
	if err != nil {
		return inquiryRecord{}, err
	}
	doc, err := store.Decode[bot.Inquiry](got.Data)
	return inquiryRecord{doc, got.Version}, err
}

func (x *Executor) putInquiry(b *store.Batch, q inquiryRecord) error {
	if q.doc.V == 0 {
		q.doc.V = recordVersion
	}
	data, err := q.doc.Encode()
	if err != nil {
		return err
	}
	open := "no"
	if q.doc.Value.Decision == "" {
		open = "yes"
	}
	b.Puts = append(b.Puts, store.Put{
		Key: store.Key{Kind: kindInquiry, ID: q.doc.Value.ID}, Data: data, If: q.version, TTL: x.o.Retention,
		Index: []store.Index{{Name: indexOpen, Value: open}},
	})
	return nil
}

// ask makes the execution pending, with its question, and gives the claim back. The queue entry comes due when the time is over: then resume
// ends the execution, whether anybody is connected or not.
func (x *Executor) ask(ctx context.Context, j *job, q inquiryRecord, rule *policy.Approval, why, hash string) error {
	e := j.record.execution()
	now, err := x.Store.Now(ctx)
	if err != nil {
		return errors.Join(errLater, err)
	}
	q.doc.Value = bot.Inquiry{
		ID: e.ID, Action: e.Action, Asker: e.Identity, Origin: e.Origin, Policy: rule.Policy, Created: now, Expires: now.Add(rule.TTL),
		Hash: hash, Plan: e.Plan, Params: param.Shown(j.action.Spec, e.Params), Required: rule.Required, Why: strings.TrimSpace(why),
	}
	text := waitsFor(rule)
	var moves []bot.Move
	if e.Status != bot.Requested {
		moves = append(moves, moveTo(bot.Requested, x.o.Owner, "its turn has come"))
	}
	next, b, err := x.moved(ctx, j.record, append(moves, moveTo(bot.Pending, x.o.Owner, text))...)
	if err != nil {
		return err
	}
	if err := x.putInquiry(&b, q); err != nil {
		return err
	}
	if err := x.note(&b, next.execution(), audit.Entry{What: audit.Will, Status: bot.Pending, Plan: e.Plan, Why: text, By: x.o.Owner, Fence: j.claim.Fence}); err != nil {
		return err
	}
	b.Release = []store.Release{{Claim: j.claim, Delay: rule.TTL}}
	if err := x.addPrompt(ctx, &b, next.execution(), q.doc.Value, rule); err != nil {
		return err
	}
	if err := x.commit(ctx, j, next, b); err != nil {
		return errors.Join(errLater, err)
	}
	return errAsked
}

// addPrompt puts the question into the batch: into the living reply, and into the channel that the policy names. What is decided shows in
// the living reply with what comes of it.
func (x *Executor) addPrompt(ctx context.Context, b *store.Batch, e *bot.Execution, q bot.Inquiry, rule *policy.Approval) error {
	if q.Decision == "" {
		if err := x.addReply(ctx, b, e, liveState{inquiry: &q}); err != nil {
			return err
		}
	}
	if rule.Channel == "" || e.Origin.Adapter == ShellAdapter {
		return nil
	}
	origin := bot.Origin{Adapter: e.Origin.Adapter, Workspace: e.Origin.Workspace, Channel: rule.Channel}
	return addPosting(b, bot.Posting{Key: "inquiry/" + q.ID, Origin: origin, Reply: livingReply(e, liveState{inquiry: &q})}, 0)
}

func people(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// questionBlocks show an inquiry: who asks, what would be done, who has answered, and the buttons while it is open.
func questionBlocks(q bot.Inquiry) []bot.Block {
	if q.Policy == policy.Confirm {
		return confirmBlocks(q)
	}
	var blocks []bot.Block
	if len(q.Params) > 0 {
		fields := make([]bot.Field, len(q.Params))
		for i, p := range q.Params {
			fields[i] = bot.Field{Name: p[0], Value: p[1]}
		}
		blocks = append(blocks, bot.Block{Fields: fields})
	}
	head := fmt.Sprintf("%s asks for %s. %s", q.Asker.ID, q.Action, q.Why)
	blocks = append(blocks, bot.TextBlock(strings.TrimSpace(head)))
	for _, a := range q.Answers {
		blocks = append(blocks, bot.TextBlock(answerText(a)))
	}
	if q.Decision != "" {
		return append(blocks, bot.TextBlock(fmt.Sprintf("It is %s.", q.Decision)))
	}
	left := q.Required
	for _, a := range q.Answers {
		if a.Yes {
			left--
		}
	}
	return append(blocks,
		bot.TextBlock(fmt.Sprintf("It waits for %s until %s. Nothing is done before that, nor after it.", people(left, "approval"), q.Expires.UTC().Format("2006-01-02 15:04:05 MST"))),
		buttons(
			bot.Button{Label: "Approve", Command: "approve " + q.ID},
			bot.Button{Label: "Deny", Command: "deny " + q.ID, Danger: true},
			bot.Button{Label: "Details", Command: "execution " + q.ID},
		))
}

func answerText(a bot.Approval) string {
	verb := "denied"
	if a.Yes {
		verb = "approved"
	}
	text := fmt.Sprintf("%s %s it at %s", a.By, verb, a.At.UTC().Format("15:04:05 MST"))
	if a.Reason != "" {
		text += ": " + a.Reason
	}
	return text
}

// settleInquiry decides by its question what becomes of a pending execution whose entry came due.
func (x *Executor) settleInquiry(ctx context.Context, j *job) (goOn bool, err error) {
	q, err := x.inquiry(ctx, j.claim.ID)
	if err != nil {
		return false, err
	}
	i := q.doc.Value
	now, err := x.Store.Now(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case i.Decision == bot.Approved:
		return true, nil
	case i.Decision == bot.Denied:
		last := i.Answers[len(i.Answers)-1]
		return false, x.end(ctx, j, bot.Canceled, &bot.Fault{Code: bot.CodeDenied, Text: answerText(last) + ". Nothing was done."})
	case now.Before(i.Expires): // it came too early
		return false, x.Store.Commit(ctx, store.Batch{Release: []store.Release{{Claim: j.claim, Delay: max(i.Expires.Sub(now), time.Millisecond)}}})
	}
	return false, x.expire(ctx, j, q)
}

// expire ends an execution that nobody approved in time.
func (x *Executor) expire(ctx context.Context, j *job, q inquiryRecord) error {
	b := store.Batch{Guards: []store.Claim{j.claim}}
	if err := x.addVerdict(&b, q, bot.Expired); err != nil {
		return err
	}
	if err := x.Store.Commit(ctx, b); err != nil {
		return err
	}
	return x.end(ctx, j, bot.Timeout, &bot.Fault{Code: bot.CodeTimeout, Text: fmt.Sprintf(
		"Nobody approved it within %s. Nothing was done. Ask again if it is still wanted.", q.doc.Value.Expires.Sub(q.doc.Value.Created))})
}

// addVerdict closes a question in the batch without anybody's answer, and shows that where it was asked beside the thread.
func (x *Executor) addVerdict(b *store.Batch, q inquiryRecord, v bot.Verdict) error {
	q.doc.Value.Decision = v
	if err := x.putInquiry(b, q); err != nil {
		return err
	}
	i := q.doc.Value
	rule, err := x.approvalRule(i)
	if err != nil || rule.Channel == "" || i.Origin.Adapter == ShellAdapter {
		return nil //nolint:nilerr // a policy that is gone names no channel any more
	}
	origin := bot.Origin{Adapter: i.Origin.Adapter, Workspace: i.Origin.Workspace, Channel: rule.Channel}
	r := bot.Reply{Execution: i.ID, Action: i.Action, Title: i.Action, Blocks: questionBlocks(i)}
	return addPosting(b, bot.Posting{Key: "inquiry/" + i.ID, Origin: origin, Reply: r}, 0)
}
