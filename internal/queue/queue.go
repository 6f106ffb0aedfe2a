// Package queue works off a queue of the store: one turn after the other while something is due, and asleep until something may be. What a
// turn claims, and what becomes of it, is its own affair.
package queue

import (
	"context"
	"log/slog"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
)

// Worker works off one queue.
type Worker struct {
	Store store.Store
	Clock clock.Clock
	Log   *slog.Logger
	Queue string
	// Scan is how often the worker looks by itself, in case a notice was lost, and how long it waits after a turn that failed.
	Scan time.Duration
}

// shortest keeps a worker whose entries are due, and held by somebody else, from asking without a pause.
const shortest = 10 * time.Millisecond

// Run does turns until ctx ends. A turn returns how many entries it had; none lets the worker sleep. An error of a turn is logged. Run
// returns one only where the store cannot be listened to.
func (w Worker) Run(ctx context.Context, turn func(context.Context) (int, error)) error {
	woken, err := w.Store.Subscribe(ctx, store.QueueTopic(w.Queue))
	if err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end of ctx is how this ends
		}
		return err
	}
	for ctx.Err() == nil {
		n, err := turn(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			w.Log.WarnContext(ctx, "could not work off a queue; trying again", "op", "queue.worker.turn", "queue", w.Queue, "code", bot.ErrorCode(err), "err", err)
			_ = clock.Wait(ctx, w.Clock, w.Scan) // its error is that ctx has ended
		case n == 0:
			w.sleep(ctx, woken)
		}
	}
	return nil
}

// sleep waits until an entry may be due.
func (w Worker) sleep(ctx context.Context, woken <-chan string) {
	wait := w.Scan
	if due, some, err := w.Store.Due(ctx, w.Queue); err == nil && some {
		wait = min(wait, max(due, shortest))
	}
	timer := w.Clock.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C():
	}
}
