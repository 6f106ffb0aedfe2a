package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/store"
)

// maxDeaths is how many workers an execution may take with it while its handler is at work before it is taken for poison.
const maxDeaths = 3

// resume loads the execution behind a claim and decides by its status whether the stages may run. A status other than requested
// means that an earlier worker was silent for a whole lease: it died, or it is paused and will find itself fenced.
func (x *Executor) resume(ctx context.Context, j *job) (goOn bool, err error) {
	j.record, err = x.load(ctx, j.claim.ID)
	if bot.ErrorCode(err) == bot.CodeNotFound { // kept past its retention: there is nothing to do or to tell
		return false, x.Store.Commit(ctx, store.Batch{Finish: []store.Claim{j.claim}})
	}
	if err != nil {
		return false, err
	}
	e := j.record.execution()
	died := deaths(e)
	switch {
	case e.Status == bot.Requested, e.Status == bot.Delayed:
		return true, nil
	case e.Status == bot.Pending:
		return x.settle(ctx, j)
	case e.Status.Ended():
		return false, x.Store.Commit(ctx, store.Batch{Finish: []store.Claim{j.claim}})
	case died >= maxDeaths:
		return false, x.abandon(ctx, j, &bot.Fault{Code: bot.CodePoison, Text: fmt.Sprintf(
			"%d workers died while they ran it, so it is not tried again. Look at the log for %s before you run it again.", died, e.ID)})
	case !e.Class.Repeatable() && !failpoint.Mutant(failpoint.RetryOnce):
		return false, x.verify(ctx, j)
	case e.Status == bot.Canceling:
		return false, x.end(ctx, j, bot.Canceled, &bot.Fault{
			Code: bot.CodeCanceled,
			Text: "It was canceled, and the worker died before it could say how far it had come. Look at the targets.",
		})
	}
	return true, x.move(ctx, j, nil, moveTo(bot.Requested, x.o.Owner, silent))
}

// silent is why an execution goes back after a death. The history is where deaths in the handler are told from other ones.
const silent = "the worker before did not answer for a whole lease"

// deaths counts the workers that died while the handler was at work, the latest one included.
func deaths(e *bot.Execution) int {
	n := 1
	for _, m := range e.History {
		if m.Why == silent {
			n++
		}
	}
	return n
}

// verify ends an interrupted execution of class once: it is never run again by itself. What can be found out is told.
func (x *Executor) verify(ctx context.Context, j *job) error {
	const left = "The worker died while it was running. Whether it had its effect is not known. Look before you run it again."
	fault := &bot.Fault{Code: bot.CodeInternal, Text: left}
	err := x.prepare(ctx, j)
	if err != nil || j.action.Handler.Verify == nil {
		return x.abandon(ctx, j, fault)
	}
	err = j.guarded(ctx, x.timeout(j.action.Spec), func(ctx context.Context) error {
		finding, result, err := j.action.Handler.Verify(ctx, j, j.params)
		if err != nil {
			return err
		}
		j.returned(result)
		if finding != bot.Unknown {
			j.finding = finding
		}
		switch finding {
		case bot.Happened:
			fault.Text = "The worker died while it was running, but it had its effect: nothing is left to do."
		case bot.NotHappened:
			fault.Text = "The worker died before it had any effect. Run it again if it is still wanted."
		}
		return nil
	})
	switch {
	case errors.Is(err, errFenced):
		return err
	case errors.Is(err, errStopping): // the next process looks
		return x.Store.Commit(context.WithoutCancel(ctx), store.Batch{Release: []store.Release{{Claim: j.claim}}})
	case err != nil:
		x.Log.WarnContext(ctx, "could not verify an interrupted execution", "execution", j.claim.ID, "op", "executor.resume.verify", "code", bot.ErrorCode(err), "err", j.redact.Text(err.Error()))
	}
	return x.abandon(ctx, j, fault)
}

func (x *Executor) abandon(ctx context.Context, j *job, fault *bot.Fault) error {
	return x.end(ctx, j, bot.Abandoned, fault)
}
