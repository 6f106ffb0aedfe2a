package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/inquiry"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/store"
)

// Response is somebody's answer to an inquiry: a yes or no to an approval, or an answer to a question.
type Response struct {
	Yes bool
	// Confirm says that it is the asker's own yes, which is no approval.
	Confirm bool
	Reason  string
	Mark    string         // of the plan that a yes is meant for (bot.Inquiry.Mark)
	Answer  *inquiry.Given // to a question; nil for an approval
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

// Inquiry returns the question under an execution's id, open or not. CodeNotFound when nothing was asked there.
func (x *Executor) Inquiry(ctx context.Context, id string) (bot.Inquiry, error) {
	q, err := x.inquiry(ctx, id)
	if bot.ErrorCode(err) == bot.CodeNotFound {
		err = bot.E(bot.CodeNotFound, "executor.inquiry.find", "Nothing was asked under "+id+". Type inquiries to see what waits for an answer.", err)
	}
	return q.doc.Value, err
}

// tryRespond writes the answer into the inquiry as it was read. A conflict of the write returns the record, one that is an answer does not.
// The checks come in StackStorm's order: whether it can be answered still, whether this person may, whether the answer is one.
func (x *Executor) tryRespond(ctx context.Context, q inquiryRecord, a Response) (inquiryRecord, error) {
	i := &q.doc.Value
	r, err := x.load(ctx, i.ID)
	if err != nil {
		return inquiryRecord{}, err
	}
	now, err := x.Store.Now(ctx)
	if err != nil {
		return inquiryRecord{}, err
	}
	if err := open(*i, r.execution(), now); err != nil {
		return inquiryRecord{}, err
	}
	if err := x.may(*i, a); err != nil {
		if bot.ErrorCode(err) == bot.CodeDenied {
			var b store.Batch
			noteErr := x.note(&b, r.execution(), a.line(audit.Refused, bot.ErrorText(err)))
			err = errors.Join(err, noteErr, x.Store.Commit(ctx, b))
		}
		return inquiryRecord{}, err
	}
	i.Answers = append(append([]bot.Approval(nil), i.Answers...), bot.Approval{
		By: a.By.ID, Account: a.Origin.Account(), Email: a.Origin.Email, Yes: a.Yes, Confirm: a.Yes && i.Policy == policy.Confirm, Reason: a.Reason, At: now,
	})
	switch {
	case i.Ask != nil:
		if i.Response, err = x.readAnswer(*i, a); err != nil {
			return inquiryRecord{}, err
		}
		i.Decision = bot.Answered
	case !a.Yes:
		i.Decision = bot.Denied
	case len(i.Answers) >= i.Required:
		i.Decision = bot.Approved
	}
	return q, x.writeResponse(ctx, q, r.execution(), a)
}

const respondOp = "executor.respond.check"

// open says why nobody can answer an inquiry any more.
func open(i bot.Inquiry, e *bot.Execution, now time.Time) error {
	text := ""
	switch {
	case i.Decision == bot.Expired, i.Decision == "" && !i.Expires.IsZero() && !now.Before(i.Expires):
		text = fmt.Sprintf("It expired at %s and is not run. Whoever wants it may ask again.", clockTime(i.Expires))
	case i.Decision == bot.Answered:
		last := i.Answers[len(i.Answers)-1]
		text = fmt.Sprintf("It is answered already, by %s at %s.", last.By, clockTime(last.At))
	case i.Decision == bot.Approved || i.Decision == bot.Denied:
		last := i.Answers[len(i.Answers)-1]
		text = fmt.Sprintf("It is %s already. %s.", verdictText(i), answerText(last))
	case i.Decision != "":
		text = fmt.Sprintf("It is %s already.", i.Decision)
	case e.Status != bot.Pending:
		text = fmt.Sprintf("%s is %s and waits for no answer any more.", e.ID, e.Status)
	default:
		return nil
	}
	return bot.E(bot.CodeConflict, respondOp, text, nil)
}

// may says why this person's answer cannot be taken. Who may approve is what the policy says now, not what it said when it was asked.
func (x *Executor) may(i bot.Inquiry, a Response) error {
	switch {
	case i.Ask != nil && a.Answer == nil:
		return bot.E(bot.CodeInvalid, respondOp, fmt.Sprintf("It is a question, not an approval. Type inquiry respond %s and the answer.", i.ID), nil)
	case i.Ask != nil:
		return mayAnswer(*i.Ask, a.By)
	case a.Answer != nil:
		return bot.E(bot.CodeInvalid, respondOp, fmt.Sprintf("It waits for approval. Type approve %s, or deny %s and the reason.", i.ID, i.ID), nil)
	}
	rule, err := x.approvalRule(i)
	if err != nil {
		return err
	}
	if !i.Escalated.IsZero() {
		rule = rule.Escalated()
	}
	if err := mayRespond(i, rule, a); err != nil {
		return err
	}
	return seen(i, a)
}

// seen says that whoever says yes means another plan than the one that is asked about.
func seen(i bot.Inquiry, a Response) error {
	mark := i.Mark()
	text := fmt.Sprintf("What would be done has changed since it was first asked. Look at it with inquiry get %s, then say yes again with plan=%s.", i.ID, mark)
	switch {
	case !a.Yes || a.Mark == mark:
		return nil
	case mark == "":
		text = fmt.Sprintf("There is no plan %s. Look at what is asked with inquiry get %s, then say yes again without plan=.", a.Mark, i.ID)
	}
	return bot.E(bot.CodeConflict, respondOp, text, nil)
}

// mayAnswer says why this person may not answer a question: he must have one of its roles and be one of its people, where it names some.
func mayAnswer(q bot.Question, who bot.Identity) error {
	one := len(q.Users) == 0 || slices.Contains(q.Users, who.ID)
	has := len(q.Roles) == 0 || slices.ContainsFunc(who.Roles, func(r string) bool { return slices.Contains(q.Roles, r) })
	if one && has {
		return nil
	}
	return bot.E(bot.CodeDenied, respondOp, fmt.Sprintf("%s may not answer this. It is asked of %s.", who.ID, whoAnswers(q)), nil)
}

// readAnswer returns the answer to a question where it fits, with what is secret in it sealed.
func (x *Executor) readAnswer(i bot.Inquiry, a Response) (map[string]any, error) {
	s, err := inquiry.Whole(i)
	if err != nil {
		return nil, err
	}
	values, err := s.Read(*a.Answer)
	if err != nil {
		return nil, err
	}
	return x.sealParams(s.Spec(), values)
}

// mayRespond says why this person's answer cannot be taken.
func mayRespond(i bot.Inquiry, rule policy.Approval, a Response) error {
	switch {
	case rule.Asker && a.By.ID != i.Asker.ID:
		return bot.E(bot.CodeDenied, respondOp, fmt.Sprintf("%s asked for it, so nobody else can confirm it.", i.Asker.ID), nil)
	case a.Confirm && !rule.Asker:
		return bot.E(bot.CodeDenied, respondOp, fmt.Sprintf("It waits for an approval by %s. Whoever asked has nothing to confirm.", rule.Who()), nil)
	case a.Yes && sameAs(party{i.Asker.ID, i.Origin.Account(), i.Origin.Email}, a) && !rule.Self && !failpoint.Mutant(failpoint.SelfApproves):
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
		text := fmt.Sprintf("Say why: type %s %s and the reason.", verb, i.ID)
		return &bot.Error{Code: bot.CodeInvalid, Op: respondOp, Text: text, Fields: map[string]string{"reason": "The reason is missing."}}
	}
	if failpoint.Mutant(failpoint.CountsTwice) {
		return nil
	}
	for _, before := range i.Answers {
		if sameAs(party{before.By, before.Account, before.Email}, a) || before.Account == a.Origin.Account() { // an account may have been given to somebody else meanwhile
			return bot.E(bot.CodeConflict, respondOp, "You have answered already: "+answerText(before)+".", nil)
		}
	}
	return nil
}

// party is somebody as a record has them.
type party struct{ id, account, email string }

// sameAs reports whether an answer comes from the same person. Accounts that belong to nobody are told apart by nothing but their ids, so
// there an address that the platform vouches for counts as well; two people of the configuration are two, whatever their addresses.
func sameAs(p party, a Response) bool {
	nobody := p.id == p.account || a.By.ID == a.Origin.Account()
	return p.id == a.By.ID || nobody && p.email != "" && p.email == a.Origin.Email
}

// writeResponse makes the answer durable; with a decision the execution's entry is due at once.
func (x *Executor) writeResponse(ctx context.Context, q inquiryRecord, e *bot.Execution, a Response) error {
	var b store.Batch
	if err := x.putInquiry(&b, q); err != nil {
		return err
	}
	what := audit.Denied
	switch {
	case q.doc.Value.Ask != nil:
		what = audit.Answered
	case a.Yes && q.doc.Value.Policy == policy.Confirm:
		what = audit.Confirmed
	case a.Yes:
		what = audit.Approved
	}
	if err := x.note(&b, e, a.line(what, a.Reason)); err != nil {
		return err
	}
	if err := x.addPrompts(ctx, &b, e, q.doc.Value); err != nil {
		return err
	}
	if q.doc.Value.Decision != "" { // an edit that is still to be posted would show a question that is over
		goesOn := *e
		goesOn.Status = bot.Requested
		if err := x.addReply(ctx, &b, &goesOn, liveState{}); err != nil {
			return err
		}
		b.Enqueue = append(b.Enqueue, store.Entry{Queue: workQueue, ID: e.ID})
	}
	if err := failpoint.Hit(ctx, failpoint.RespondBefore); err != nil {
		return err
	}
	if err := x.Store.Commit(ctx, b); err != nil {
		return err
	}
	return failpoint.Hit(ctx, failpoint.RespondAfter)
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
