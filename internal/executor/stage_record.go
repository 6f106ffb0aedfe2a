package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/store"
)

// moveTo is a status change that is still without its time.
func moveTo(to bot.Status, by, why string) bot.Move { return bot.Move{Status: to, By: by, Why: why} }

// move writes status changes of a claimed execution together with its living reply and a line of the audit log, if there is one, in one
// batch that holds only while the claim is current and nobody else changed the record.
func (x *Executor) move(ctx context.Context, j *job, line *audit.Entry, moves ...bot.Move) error {
	next, b, err := x.moved(ctx, j.record, moves...)
	if err != nil {
		return err
	}
	if line != nil {
		if err := x.note(&b, next.execution(), *line); err != nil {
			return err
		}
	}
	b.Guards = []store.Claim{j.claim}
	if err := x.addReply(ctx, &b, next.execution(), j.live()); err != nil {
		return err
	}
	return x.commit(ctx, j, next, b)
}

// moved returns a copy of the record after the moves, and the batch that writes it.
func (x *Executor) moved(ctx context.Context, r *record, moves ...bot.Move) (*record, store.Batch, error) {
	now, err := x.Store.Now(ctx)
	if err != nil {
		return nil, store.Batch{}, err
	}
	next := r.clone()
	for _, m := range moves {
		m.At = now
		if err := next.execution().Move(m); err != nil {
			return nil, store.Batch{}, err
		}
	}
	put, err := x.put(next)
	return next, store.Batch{Puts: []store.Put{put}}, err
}

// commit writes the batch that holds next, and makes next the job's record.
func (x *Executor) commit(ctx context.Context, j *job, next *record, b store.Batch) error {
	if err := x.Store.Commit(ctx, b); err != nil {
		return err
	}
	next.version++
	j.record = next
	return nil
}

// finish writes what the way through the stages came to.
func (x *Executor) finish(ctx context.Context, j *job, err error) error {
	switch {
	case err == nil:
		return x.end(ctx, j, bot.Succeeded, nil)
	case errors.Is(err, errFenced), errors.Is(err, errLater):
		return err
	case errors.Is(err, errAsked):
		return nil
	case errors.Is(err, errBlocked):
		return x.block(ctx, j, err)
	case errors.Is(err, errStopping):
		return x.handOver(ctx, j, j.redact.Text(bot.ErrorText(err)))
	case errors.Is(err, errCanceled):
		return x.endCanceled(ctx, j, j.redact.Text(bot.ErrorText(err)))
	case errors.Is(err, errTimedOut):
		return x.fail(ctx, j, bot.Timeout, x.fault(j, err))
	}
	return x.fail(ctx, j, bot.Failed, x.fault(j, err))
}

// fail ends an execution, unless a policy has it tried again.
func (x *Executor) fail(ctx context.Context, j *job, to bot.Status, fault *bot.Fault) error {
	if e := j.record.execution(); mayHelp(fault.Code) && j.action.Rules.Retry.Again(e.Class, to, e.Retries) {
		return x.retry(ctx, j, to, fault)
	}
	return x.end(ctx, j, to, fault)
}

// fault is what people are told of an error. One without a text is ours: the log has it, the person gets an id to quote.
func (x *Executor) fault(j *job, err error) *bot.Fault {
	text := j.redact.Text(bot.ErrorText(err))
	if text == "" {
		text = fmt.Sprintf("Something unexpected happened. Quote %s to whoever runs Petrel; the log has the rest.", j.claim.ID)
		x.Log.Error("action failed unexpectedly", "execution", j.claim.ID, "op", "executor.stage.do", "code", bot.ErrorCode(err), "err", j.redact.Text(err.Error()))
	}
	return &bot.Fault{Code: bot.ErrorCode(err), Text: text}
}

// endCanceled ends an execution with what its handler said when it stopped.
func (x *Executor) endCanceled(ctx context.Context, j *job, said string) error {
	return x.end(ctx, j, bot.Canceled, &bot.Fault{Code: bot.CodeCanceled, Text: said})
}

// handOver gives an execution back because this process is being stopped, or ends it where it may not run twice.
func (x *Executor) handOver(ctx context.Context, j *job, said string) error {
	ctx = context.WithoutCancel(ctx)
	e := j.record.execution()
	if !e.Class.Repeatable() && e.Status != bot.Requested && e.Status != bot.Delayed && e.Status != bot.Pending {
		return x.abandon(ctx, j, &bot.Fault{
			Code: bot.CodeInternal,
			Text: "Petrel was stopped while it was running. Whether it had its effect is not known. Look before you run it again.",
		})
	}
	next, b := j.record, store.Batch{}
	if e.Status == bot.Running {
		var err error
		if next, b, err = x.moved(ctx, j.record, moveTo(bot.Requested, x.o.Owner, "petrel was stopped")); err != nil {
			return err
		}
	}
	puts, err := j.marks()
	if err != nil {
		return err
	}
	b.Puts = append(b.Puts, puts...)
	b.Release = []store.Release{{Claim: j.claim}}
	err = x.commit(ctx, j, next, b)
	if bot.ErrorCode(err) == bot.CodeConflict { // canceled at the same moment, the only change that others make to it
		return x.endCanceled(ctx, j, said)
	}
	return err
}

// end writes the end state, the result and the final reply in one batch that also finishes the entry. A record that a cancel changed
// meanwhile is read again; an unreachable store is tried until the claim may be lost.
func (x *Executor) end(ctx context.Context, j *job, to bot.Status, fault *bot.Fault) error {
	ctx = context.WithoutCancel(ctx)
	for {
		err := x.tryEnd(ctx, j, to, fault)
		if err == nil {
			x.logEnd(j)
			x.tell(j.record.execution())
			return failpoint.Hit(ctx, failpoint.RecordAfter)
		}
		if bot.ErrorCode(err) == bot.CodeConflict {
			if err = x.reload(ctx, j, err); err == nil {
				continue
			}
		}
		if !x.worthAnotherTry(ctx, err, x.trustedUntil(j)) {
			return err
		}
	}
}

// reload reads the record again after the conflict. It returns the conflict where another try would end the same way.
func (x *Executor) reload(ctx context.Context, j *job, conflict error) error {
	fresh, err := x.load(ctx, j.claim.ID)
	if err != nil {
		return err
	}
	if fresh.version == j.record.version || fresh.execution().Status.Ended() {
		return conflict
	}
	fresh.execution().Plan = j.record.execution().Plan
	j.record = fresh
	return nil
}

// worthAnotherTry waits a moment and reports true when a write failed only because the store cannot be reached and the claim will
// still be ours at the time until. A write whose answer got lost is found out by its second try: the claim is finished then.
func (x *Executor) worthAnotherTry(ctx context.Context, err error, until time.Time) bool {
	const pause = scan / 4
	return bot.ErrorCode(err) == bot.CodeUnavailable && x.Clock.Now().Add(pause).Before(until) && clock.Wait(ctx, x.Clock, pause) == nil
}

func (x *Executor) tryEnd(ctx context.Context, j *job, to bot.Status, fault *bot.Fault) error {
	why := ""
	if fault != nil {
		why = fault.Text
	}
	steps := []bot.Move{moveTo(to, x.o.Owner, why)}
	if s := j.record.execution().Status; to == bot.Canceled && s == bot.Running {
		steps = slices.Insert(steps, 0, moveTo(bot.Canceling, x.o.Owner, ""))
	}
	next, b, err := x.moved(ctx, j.record, steps...)
	if err != nil {
		return err
	}
	e := next.execution()
	e.Error, e.Summary = fault, j.result.Summary
	if to == bot.Abandoned && j.finding != "" {
		e.Resolution = &bot.Resolution{Finding: j.finding, By: x.o.Owner, At: e.Ended}
	}
	if b.Puts[0], err = x.put(next); err != nil {
		return err
	}
	results, err := x.putResult(e.ID, j.result)
	if err != nil {
		return err
	}
	b.Puts = append(b.Puts, results...)
	if err := x.note(&b, e, outcome(e, x.o.Owner, j.claim.Fence)); err != nil {
		return err
	}
	b.Finish = []store.Claim{j.claim}
	b.Notify = []store.Notice{{Topic: endTopic(e.ID)}}
	if err := x.ended(ctx, &b, e); err != nil {
		return err
	}
	if err := x.addReply(ctx, &b, e, j.live()); err != nil {
		return err
	}
	return x.commit(ctx, j, next, b)
}

// ended has others add to the batch that ends an execution.
func (x *Executor) ended(ctx context.Context, b *store.Batch, e *bot.Execution) error {
	if x.Ended == nil || !e.Status.Ended() {
		return nil
	}
	return x.Ended(ctx, b, e)
}

// tell tells of an execution that has ended.
func (x *Executor) tell(e *bot.Execution) {
	if x.Told != nil && e.Status.Ended() {
		x.Told(*e)
	}
}

func (x *Executor) logEnd(j *job) {
	e := j.record.execution()
	x.Log.Info("execution ended", "execution", e.ID, "action", e.Action, "identity", e.Identity.ID, "fence", j.claim.Fence,
		"status", e.Status, "ms", e.Ended.Sub(e.Created).Milliseconds())
}
