package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/store"
)

// Response is somebody's answer to an inquiry.
type Response struct {
	Yes bool
	// Confirm says that it is the asker's own yes, which is no approval.
	Confirm bool
	Reason  string
	By      bot.Identity
	Origin  bot.Origin
}

// line is the audit log's about this answer.
func (a Response) line(what audit.What, why string) audit.Entry {
	return audit.Entry{What: what, Who: a.By.ID, Account: a.Origin.Account(), From: audit.Place(a.Origin), Why: why}
}

// Inquiries returns the open inquiries, oldest first, at most limit.
func (x *Executor) Inquiries(ctx context.Context, limit int) ([]bot.Inquiry, error) {
	page, err := x.Store.List(ctx, store.Query{Kind: kindInquiry, Index: store.Index{Name: indexOpen, Value: "yes"}, Limit: min(limit, store.MaxPage)})
	if err != nil {
		return nil, err
	}
	list := make([]bot.Inquiry, len(page.Records))
	for i, r := range page.Records {
		doc, err := store.Decode[bot.Inquiry](r.Data)
		if err != nil {
			return nil, err
		}
		list[i] = doc.Value
	}
	return list, nil
}

// Respond takes an answer. What decides it lets the execution go on, or ends it, at once. CodeDenied: this person may not answer; CodeConflict:
// it is decided, expired or not asked, or the person has answered already; CodeInvalid: a reason is missing. Each says what is so.
func (x *Executor) Respond(ctx context.Context, id string, a Response) (bot.Inquiry, error) {
	for {
		q, err := x.inquiry(ctx, id)
		if bot.ErrorCode(err) == bot.CodeNotFound {
			return bot.Inquiry{}, bot.E(bot.CodeConflict, "executor.respond.find", "Nothing waits for an answer under "+id+". Type inquiries to see what does.", err)
		}
		if err != nil {
			return bot.Inquiry{}, err
		}
		q, err = x.tryRespond(ctx, q, a)
		if bot.ErrorCode(err) == bot.CodeConflict && q.version != 0 {
			continue // somebody else answered between the look and the write; the next look tells
		}
		return q.doc.Value, err
	}
}

// tryRespond writes the answer into the inquiry as it was read. A conflict of the write returns the record, one that is an answer does not.
func (x *Executor) tryRespond(ctx context.Context, q inquiryRecord, a Response) (inquiryRecord, error) {
	i := &q.doc.Value
	r, err := x.load(ctx, i.ID)
	if err != nil {
		return inquiryRecord{}, err
	}
	if err := open(*i, r.execution()); err != nil {
		return inquiryRecord{}, err
	}
	rule, err := x.approvalRule(*i)
	if err != nil {
		return inquiryRecord{}, err
	}
	now, err := x.Store.Now(ctx)
	if err != nil {
		return inquiryRecord{}, err
	}
	if err := mayRespond(*i, rule, a); err != nil {
		if bot.ErrorCode(err) == bot.CodeDenied {
			var b store.Batch
			noteErr := x.note(&b, r.execution(), a.line(audit.Refused, bot.ErrorText(err)))
			err = errors.Join(err, noteErr, x.Store.Commit(ctx, b))
		}
		return inquiryRecord{}, err
	}
	if !now.Before(i.Expires) {
		return inquiryRecord{}, bot.E(bot.CodeConflict, respondOp, fmt.Sprintf("It expired at %s and is not run. Whoever wants it may ask again.", i.Expires.UTC().Format("15:04:05 MST")), nil)
	}
	i.Answers = append(append([]bot.Approval(nil), i.Answers...), bot.Approval{By: a.By.ID, Account: a.Origin.Account(), Yes: a.Yes, Reason: a.Reason, At: now})
	switch {
	case !a.Yes:
		i.Decision = bot.Denied
	case len(i.Answers) >= i.Required:
		i.Decision = bot.Approved
	}
	return q, x.writeResponse(ctx, q, r.execution(), rule, a)
}

const respondOp = "executor.respond.check"

// open says why nobody can answer an inquiry any more.
func open(i bot.Inquiry, e *bot.Execution) error {
	switch {
	case i.Decision != "":
		return bot.E(bot.CodeConflict, respondOp, fmt.Sprintf("It is %s already.", i.Decision), nil)
	case e.Status != bot.Pending:
		return bot.E(bot.CodeConflict, respondOp, fmt.Sprintf("%s is %s and waits for no answer any more.", e.ID, e.Status), nil)
	}
	return nil
}

// mayRespond says why this person's answer cannot be taken.
func mayRespond(i bot.Inquiry, rule policy.Approval, a Response) error {
	switch {
	case rule.Asker && a.By.ID != i.Asker.ID:
		return bot.E(bot.CodeDenied, respondOp, fmt.Sprintf("%s asked for it, so nobody else can confirm it.", i.Asker.ID), nil)
	case a.Confirm && !rule.Asker:
		return bot.E(bot.CodeDenied, respondOp, fmt.Sprintf("It waits for an approval by %s. Whoever asked has nothing to confirm.", rule.Who()), nil)
	case a.Yes && a.By.ID == i.Asker.ID && !rule.Self && !failpoint.Mutant(failpoint.SelfApproves):
		return bot.E(bot.CodeDenied, respondOp, "You asked for it yourself, so somebody else must approve it: "+rule.Who()+".", nil)
	case !rule.May(a.By) && a.By.ID != i.Asker.ID:
		return bot.E(bot.CodeDenied, respondOp, fmt.Sprintf("%s may not answer this. Ask %s.", a.By.ID, rule.Who()), nil)
	case !rule.May(a.By) && a.Yes:
		return bot.E(bot.CodeDenied, respondOp, fmt.Sprintf("%s may not approve this. Ask %s.", a.By.ID, rule.Who()), nil)
	case rule.Reason && a.Reason == "":
		verb := "deny"
		if a.Yes {
			verb = "approve"
		}
		return bot.E(bot.CodeInvalid, respondOp, fmt.Sprintf("Say why: type %s %s and the reason.", verb, i.ID), nil)
	}
	for _, before := range i.Answers {
		if before.By == a.By.ID {
			return bot.E(bot.CodeConflict, respondOp, "You have answered already: "+answerText(before)+".", nil)
		}
	}
	return nil
}

// writeResponse makes the answer durable; with a decision the execution's entry is due at once.
func (x *Executor) writeResponse(ctx context.Context, q inquiryRecord, e *bot.Execution, rule policy.Approval, a Response) error {
	var b store.Batch
	if err := x.putInquiry(&b, q); err != nil {
		return err
	}
	what := audit.Denied
	if a.Yes {
		what = audit.Approved
	}
	if err := x.note(&b, e, a.line(what, a.Reason)); err != nil {
		return err
	}
	if err := x.addPrompt(ctx, &b, e, q.doc.Value, &rule); err != nil {
		return err
	}
	if q.doc.Value.Decision != "" {
		b.Enqueue = append(b.Enqueue, store.Entry{Queue: workQueue, ID: e.ID})
	}
	return x.Store.Commit(ctx, b)
}

// approvalRule returns the policy that asked. One that is gone or changed meanwhile leaves nobody who could approve.
func (x *Executor) approvalRule(i bot.Inquiry) (policy.Approval, error) {
	action, err := x.Catalog.Action(i.Action)
	if err != nil {
		return policy.Approval{}, err
	}
	for _, rule := range x.approvals(action) {
		if rule.Policy == i.Policy {
			return rule, nil
		}
	}
	return policy.Approval{}, bot.E(bot.CodeConflict, respondOp, fmt.Sprintf("The policy %s is gone, so nobody can answer. Cancel %s and ask again.", i.Policy, i.ID), nil)
}
