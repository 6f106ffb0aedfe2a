package executor

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/store"
)

// settle decides by its question what becomes of a pending execution whose entry came due. Where somebody answers or cancels between the
// look and the write, it looks again.
func (x *Executor) settle(ctx context.Context, j *job) (goOn bool, err error) {
	for range maxLooks {
		goOn, err = x.trySettle(ctx, j)
		if bot.ErrorCode(err) != bot.CodeConflict {
			break
		}
		fresh, loadErr := x.load(ctx, j.claim.ID)
		if loadErr != nil || fresh.execution().Status != bot.Pending {
			break
		}
		j.record = fresh
	}
	return goOn, err
}

// maxLooks is far more than what can come between: each answer needs another person.
const maxLooks = 50

func (x *Executor) trySettle(ctx context.Context, j *job) (goOn bool, err error) {
	q, err := x.inquiry(ctx, j.claim.ID)
	if err != nil {
		return false, err
	}
	now, err := x.Store.Now(ctx)
	if err != nil {
		return false, err
	}
	i := q.doc.Value
	if i.Ask == nil { // who agreed is told with the end, also where it was not enough
		j.record.execution().Approvals = agreed(i)
	}
	switch {
	case i.Decision == bot.Approved:
		return true, nil
	case i.Decision == bot.Denied:
		last := i.Answers[len(i.Answers)-1]
		return false, x.end(ctx, j, bot.Canceled, &bot.Fault{Code: bot.CodeDenied, Text: answerText(last) + ". Nothing was done."})
	case i.Decision == bot.Answered:
		if j.result, err = answered(i); err != nil {
			return false, err
		}
		return false, x.end(ctx, j, bot.Succeeded, nil)
	case i.Decision == bot.Expired, !i.Expires.IsZero() && !now.Before(i.Expires):
		return false, x.expire(ctx, j, q)
	case !i.Escalate.IsZero() && i.Escalated.IsZero() && !now.Before(i.Escalate):
		return false, x.escalate(ctx, j, q, now)
	}
	return false, x.restMore(ctx, j, q, now, store.Batch{})
}

// restMore gives the claim back until something is to be done again. Both records are written anew, so that they are kept.
func (x *Executor) restMore(ctx context.Context, j *job, q inquiryRecord, now time.Time, b store.Batch) error {
	put, err := x.put(j.record)
	if err != nil {
		return err
	}
	b.Puts = append(b.Puts, put)
	if err := x.putInquiry(&b, q); err != nil {
		return err
	}
	b.Release = []store.Release{{Claim: j.claim, Delay: x.rest(q.doc.Value, now)}}
	return x.Store.Commit(ctx, b)
}

// escalate asks others as well, once. That they may answer, that they are asked and that it is on record is one step.
func (x *Executor) escalate(ctx context.Context, j *job, q inquiryRecord, now time.Time) error {
	i := &q.doc.Value
	i.Escalated = now
	var b store.Batch
	rule, err := x.approvalRule(*i)
	if err != nil || rule.Escalate == nil { // the policy is gone or another one: there is nobody to ask
		return x.restMore(ctx, j, q, now, b)
	}
	i.Who = rule.Who() + ", " + rule.Escalate.Who()
	at := prompts("escalation/"+i.ID, i.Origin, rule.Escalate.Channel)
	if at == nil && !unread(i.Origin) { // a new message, because an edit wakes nobody
		at = []bot.Prompt{{Key: "escalation/" + i.ID, Origin: i.Origin}}
	}
	i.Posted = posted(i.Posted, at)
	e := j.record.execution()
	text := fmt.Sprintf("Nobody decided within %s, so it is asked of %s as well.", rule.Escalate.After, rule.Escalate.Who())
	if err := x.note(&b, e, audit.Entry{What: audit.Escalated, Status: bot.Pending, Why: text, By: x.o.Owner, Fence: j.claim.Fence}); err != nil {
		return err
	}
	if err := x.addPrompts(ctx, &b, e, *i); err != nil {
		return err
	}
	if err := x.restMore(ctx, j, q, now, b); err != nil {
		return err
	}
	return failpoint.Hit(ctx, failpoint.EscalateAfter)
}

// expire ends an execution that nobody decided about in time. The verdict comes first: from then on no answer counts.
func (x *Executor) expire(ctx context.Context, j *job, q inquiryRecord) error {
	i := q.doc.Value
	if i.Decision == "" {
		b := store.Batch{Guards: []store.Claim{j.claim}}
		if err := x.addVerdict(ctx, &b, verdict{q, j.record.execution(), bot.Expired}); err != nil {
			return err
		}
		if err := x.Store.Commit(ctx, b); err != nil {
			return err
		}
		if err := failpoint.Hit(ctx, failpoint.ExpireAfter); err != nil {
			return err
		}
	}
	took := i.Expires.Sub(i.Created)
	text := fmt.Sprintf("Nobody approved it within %s. Nothing was done. Ask again if it is still wanted.", took)
	switch {
	case i.Policy == policy.Confirm:
		text = fmt.Sprintf("%s did not confirm it within %s. Nothing was done. Ask again if it is still wanted.", i.Asker.ID, took)
	case i.Ask != nil:
		text = fmt.Sprintf("Nobody answered it within %s. Ask again if it is still wanted.", took)
	}
	return x.end(ctx, j, bot.Timeout, &bot.Fault{Code: bot.CodeTimeout, Text: text})
}

// verdict is the end of a question without anybody's answer.
type verdict struct {
	q   inquiryRecord
	e   *bot.Execution
	how bot.Verdict
}

// addVerdict closes a question in the batch, puts that on record, and shows it where it was asked beside the thread.
func (x *Executor) addVerdict(ctx context.Context, b *store.Batch, v verdict) error {
	v.q.doc.Value.Decision = v.how
	if err := x.putInquiry(b, v.q); err != nil {
		return err
	}
	i := v.q.doc.Value
	line := audit.Entry{What: audit.What(v.how), By: x.o.Owner, Status: v.e.Status}
	if i.Ask == nil {
		line.Why = fmt.Sprintf("%d of %d had approved", len(i.Answers), i.Required)
	}
	if err := x.note(b, v.e, line); err != nil {
		return err
	}
	return x.addPrompts(ctx, b, v.e, i)
}
