package executor

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
)

// scan is how often a waiting part looks by itself, in case a notice was lost.
const scan = time.Second

// work claims executions and runs each in a goroutine of its own, at most Workers at once. It returns when ctx has ended and the
// last of them is done, which it hastens once the drain time is over.
func (x *Executor) work(ctx context.Context) error {
	running, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var group errgroup.Group
	err := x.consume(ctx, intake{workQueue, x.o.Lease, x.o.Workers}, func(h hold, done func()) {
		group.Go(func() error {
			defer done()
			x.run(running, h)
			return nil
		})
	})
	drained := make(chan struct{})
	var waiter errgroup.Group
	waiter.Go(func() error {
		defer close(drained)
		return group.Wait()
	})
	patience := x.Clock.NewTimer(x.o.Drain)
	defer patience.Stop()
	select {
	case <-drained:
	case <-patience.C():
		stop(errStopping)
	}
	return errors.Join(err, waiter.Wait())
}

// intake says how a queue is emptied.
type intake struct {
	queue string
	lease time.Duration
	slots int // how many claims may be in hand at once
}

// hold is a claim with the time until which it is surely ours, by this process's clock.
type hold struct {
	store.Claim
	until time.Time
}

// sure returns until when a lease that was asked for at a time can be relied on: the store reckons it from a moment after that, and
// a tenth is left for what a clock may be off.
func sure(asked time.Time, lease time.Duration) time.Time { return asked.Add(lease - lease/10) }

// consume hands each claim of a queue to start until ctx ends. start must call done when the claim's slot is free again.
func (x *Executor) consume(ctx context.Context, in intake, start func(h hold, done func())) error {
	woken, err := x.Store.Subscribe(ctx, store.QueueTopic(in.queue))
	if err != nil && ctx.Err() == nil {
		return err
	}
	slots := make(chan struct{}, in.slots)
	for {
		n := take(ctx, slots)
		if n == 0 {
			return nil
		}
		asked := x.Clock.Now()
		claims, err := x.Store.Claim(ctx, store.ClaimOptions{Queue: in.queue, Owner: x.o.Owner, Lease: in.lease, Max: n})
		for range n - len(claims) {
			<-slots
		}
		for _, c := range claims {
			start(hold{c, sure(asked, in.lease)}, func() { <-slots })
		}
		switch {
		case err != nil && ctx.Err() == nil:
			x.Log.WarnContext(ctx, "could not claim", "op", "executor.worker.claim", "queue", in.queue, "code", bot.ErrorCode(err), "err", err)
			_ = clock.Wait(ctx, x.Clock, scan) // its error is that ctx has ended, which take sees
		case len(claims) < n: // nothing more was due
			x.sleep(ctx, in.queue, woken)
		}
	}
}

// take waits for a free slot and takes every other free one with it. It returns 0 when ctx has ended.
func take(ctx context.Context, slots chan struct{}) int {
	if ctx.Err() != nil {
		return 0
	}
	select {
	case <-ctx.Done():
		return 0
	case slots <- struct{}{}:
	}
	for n := 1; ; n++ {
		select {
		case slots <- struct{}{}:
		default:
			return n
		}
	}
}

// sleep waits until the queue may have an entry that is due, or until ctx ends. It only reads: a claim is a write.
func (x *Executor) sleep(ctx context.Context, queue string, woken <-chan string) {
	// What was due just now and was not claimed comes with a notice, or was damaged by hand.
	for least := scan / 50; ; least = 0 {
		select {
		case <-woken:
			return
		default:
		}
		due, some, err := x.Store.Due(ctx, queue)
		if err != nil || !some {
			due = scan
		}
		timer := x.Clock.NewTimer(min(max(due, least), scan))
		select {
		case <-ctx.Done():
		case <-woken:
		case <-timer.C():
			if err == nil && (!some || due > scan) {
				continue
			}
		}
		timer.Stop()
		return
	}
}
