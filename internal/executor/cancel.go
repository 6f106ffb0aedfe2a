package executor

import (
	"context"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/store"
)

// Cancel stops an execution. One that has not begun is canceled when Cancel returns; a running one is asked to stop between steps and
// is returned as canceling. CodeConflict when it has already ended.
func (x *Executor) Cancel(ctx context.Context, id string, by bot.Identity) (bot.Execution, error) {
	for {
		r, err := x.load(ctx, id)
		if err != nil {
			return bot.Execution{}, err
		}
		err = x.tryCancel(ctx, r, by)
		if bot.ErrorCode(err) == bot.CodeConflict && !r.execution().Status.Ended() {
			continue // it moved between the look and the write; it moves only finitely often
		}
		if err != nil {
			return bot.Execution{}, err
		}
		return *r.execution(), nil
	}
}

func (x *Executor) tryCancel(ctx context.Context, r *record, by bot.Identity) error {
	e := r.execution()
	why := "canceled by " + by.ID
	var move bot.Move
	switch e.Status {
	case bot.Requested, bot.Delayed, bot.Pending, bot.Paused:
		move = moveTo(bot.Canceled, by.ID, why)
	case bot.Canceling:
		return nil
	default:
		move = moveTo(bot.Canceling, by.ID, why)
	}
	next, b, err := x.moved(ctx, r, move)
	if err != nil {
		return err
	}
	if move.Status == bot.Canceled {
		next.execution().Error = &bot.Fault{Code: bot.CodeCanceled, Text: fmt.Sprintf("Canceled by %s before it began. Nothing was done.", by.ID)}
		if b.Puts[0], err = x.put(next); err != nil {
			return err
		}
		b.Remove = []store.Entry{{Queue: workQueue, ID: e.ID}}
		b.Notify = []store.Notice{{Topic: endTopic(e.ID)}}
	}
	b.Notify = append(b.Notify, store.Notice{Topic: cancelTopic, Payload: e.ID})
	if e.Status == bot.Pending {
		q, err := x.inquiry(ctx, e.ID)
		if err != nil {
			return err
		}
		if q.doc.Value.Decision == "" { // else it is decided, and what was decided stays on record
			if err := x.addVerdict(ctx, &b, verdict{q, next.execution(), bot.Void}); err != nil {
				return err
			}
		}
	}
	if err := x.note(&b, next.execution(), audit.Entry{What: audit.Canceled, Who: by.ID, Status: move.Status}); err != nil {
		return err
	}
	if err := x.ended(ctx, &b, next.execution()); err != nil {
		return err
	}
	if err := x.addReply(ctx, &b, next.execution(), liveState{}); err != nil {
		return err
	}
	if err := x.Store.Commit(ctx, b); err != nil {
		return err
	}
	*r = *next
	x.tell(r.execution())
	return nil
}

// watchCancels stops running jobs as soon as somebody cancels them.
func (x *Executor) watchCancels(ctx context.Context) error {
	notices, err := x.Store.Subscribe(ctx, cancelTopic)
	if err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end of ctx is how this ends
		}
		return err
	}
	for id := range notices {
		x.lookForCancel(ctx, id)
	}
	return nil
}

// lookForCancel stops the job when its record says that somebody canceled it. The record is the truth; a notice is a hint.
func (x *Executor) lookForCancel(ctx context.Context, id string) {
	j := x.job(id)
	if j == nil {
		return
	}
	r, err := x.load(ctx, id)
	if err != nil {
		x.Log.DebugContext(ctx, "could not look for a cancel", "execution", id, "op", "executor.cancel.look", "err", err)
		return
	}
	switch r.execution().Status {
	case bot.Canceling:
		j.stop(errCanceled)
	case bot.Canceled: // before it began; the entry was taken away from its worker
		j.stop(errFenced)
	}
}
