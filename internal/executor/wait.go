package executor

import (
	"context"
	"errors"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/store"
)

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

// waiting is a question that an execution is to wait on.
type waiting struct {
	q    inquiryRecord
	text string // for the history
	void string // why an earlier answer does not count; empty where there is none
}

// wait makes the execution pending, with its question, and gives the claim back. The queue entry comes due when something is to be done
// about it, whether anybody is connected or not: settle decides what.
func (x *Executor) wait(ctx context.Context, j *job, w waiting) error {
	e, q, text := j.record.execution(), w.q, w.text
	var moves []bot.Move
	if e.Status != bot.Requested {
		moves = append(moves, moveTo(bot.Requested, x.o.Owner, "its turn has come"))
	}
	next, b, err := x.moved(ctx, j.record, append(moves, moveTo(bot.Pending, x.o.Owner, text))...)
	if err != nil {
		return err
	}
	i := q.doc.Value
	if err := x.putInquiry(&b, q); err != nil {
		return err
	}
	if w.void != "" {
		if err := x.note(&b, next.execution(), audit.Entry{What: audit.Void, Why: w.void, By: x.o.Owner}); err != nil {
			return err
		}
	}
	line := audit.Entry{What: audit.Waits, Status: bot.Pending, Plan: e.Plan, Why: text, By: x.o.Owner, Fence: j.claim.Fence}
	if err := x.note(&b, next.execution(), line); err != nil {
		return err
	}
	if i.Ask != nil { // as in StackStorm the question is the result until it is answered
		results, err := x.putResult(e.ID, bot.Result{Data: i.Ask})
		if err != nil {
			return err
		}
		b.Puts = append(b.Puts, results...)
	}
	b.Release = []store.Release{{Claim: j.claim, Delay: x.rest(i, i.Created)}}
	if err := x.addPrompts(ctx, &b, next.execution(), i); err != nil {
		return err
	}
	if err := x.commit(ctx, j, next, b); err != nil {
		return errors.Join(errLater, err)
	}
	_ = failpoint.Hit(ctx, failpoint.AskAfter) // what was asked stays asked
	return errAsked
}

// rest is how long the entry of an open inquiry may lie: until others are asked as well, until it expires, and never so long that its
// records would be gone, for a question without an end is kept as long as it is open.
func (x *Executor) rest(i bot.Inquiry, now time.Time) time.Duration {
	rest := x.o.Retention / 2
	if !i.Expires.IsZero() {
		rest = min(rest, i.Expires.Sub(now))
	}
	if !i.Escalate.IsZero() && i.Escalated.IsZero() {
		rest = min(rest, i.Escalate.Sub(now))
	}
	return max(rest, time.Millisecond)
}
