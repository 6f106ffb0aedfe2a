package executor

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
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
	err := x.consume(ctx, intake{workQueue, x.o.Lease, x.o.Workers}, func(c store.Claim, done func()) {
		group.Go(func() error {
			defer done()
			x.run(running, c)
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

// consume hands each claim of a queue to start until ctx ends. start must call done when the claim's slot is free again.
func (x *Executor) consume(ctx context.Context, in intake, start func(c store.Claim, done func())) error {
	woken, err := x.Store.Subscribe(ctx, store.QueueTopic(in.queue))
	if err != nil {
		return err
	}
	slots := make(chan struct{}, in.slots)
	for {
		n := take(ctx, slots)
		if n == 0 {
			return nil
		}
		claims, err := x.Store.Claim(ctx, store.ClaimOptions{Queue: in.queue, Owner: x.o.Owner, Lease: in.lease, Max: n})
		if err != nil && ctx.Err() == nil {
			x.Log.WarnContext(ctx, "could not claim", "op", "executor.worker.claim", "queue", in.queue, "code", bot.ErrorCode(err), "err", err)
		}
		for range n - len(claims) {
			<-slots
		}
		for _, c := range claims {
			start(c, func() { <-slots })
		}
		if len(claims) == 0 && !x.sleep(ctx, in.queue, woken) {
			return nil
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

// sleep waits until the queue may have an entry that is due. It reports false when ctx has ended.
func (x *Executor) sleep(ctx context.Context, queue string, woken <-chan string) bool {
	wait := scan
	if due, some, err := x.Store.Due(ctx, queue); err == nil && some {
		wait = min(wait, max(due, time.Millisecond))
	}
	timer := x.Clock.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-woken:
	case <-timer.C():
	}
	return true
}
