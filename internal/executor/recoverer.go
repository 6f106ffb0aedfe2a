package executor

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
)

// recoverEvery is how often the recoverer looks. Leases that end are found by the next claim and are not its business.
const recoverEvery = 30 * time.Second

// recoverer finds executions that have not ended and have lost their queue entry, by a hand in the store or by a store that lost a part of
// what it had, and enqueues them again.
func (x *Executor) recoverer(ctx context.Context) error {
	for clock.Wait(ctx, x.Clock, recoverEvery) == nil {
		for _, s := range []bot.Status{bot.Requested, bot.Scheduled, bot.Running, bot.Delayed, bot.Canceling} {
			if err := x.recover(ctx, s); err != nil && ctx.Err() == nil {
				x.Log.WarnContext(ctx, "could not look for lost executions", "op", "executor.recoverer.look", "code", bot.ErrorCode(err), "err", err)
			}
		}
	}
	return nil
}

// recover looks through the executions of one status.
func (x *Executor) recover(ctx context.Context, s bot.Status) error {
	q := store.Query{Kind: kindExecution, Index: store.Index{Name: indexStatus, Value: string(s)}}
	for {
		page, err := x.Store.List(ctx, q)
		if err != nil || len(page.Records) == 0 {
			return err
		}
		ids := make([]string, len(page.Records))
		for i, r := range page.Records {
			ids[i] = r.Key.ID
		}
		missing, err := x.Store.Missing(ctx, workQueue, ids)
		if err != nil {
			return err
		}
		for _, id := range missing {
			if err := x.bringBack(ctx, id); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

// bringBack enqueues an execution if it still has not ended: it may have between the two looks.
func (x *Executor) bringBack(ctx context.Context, id string) error {
	r, err := x.load(ctx, id)
	if err != nil || r.execution().Status.Ended() {
		return err
	}
	x.Log.WarnContext(ctx, "enqueued an execution that had lost its place in the queue", "op", "executor.recoverer.enqueue", "execution", id)
	return x.Store.Commit(ctx, store.Batch{Enqueue: []store.Entry{{Queue: workQueue, ID: id}}})
}
