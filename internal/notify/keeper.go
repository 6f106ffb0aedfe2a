package notify

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
)

// Options are the keeper's settings. The zero value of each takes the default named beside it.
type Options struct {
	Owner string        // names this process to people who look; "petrel"
	Lease time.Duration // how long a process may be silent before another takes its notes over; 30 s
	Audit time.Duration // how long lines of the audit log are kept; 365 days
	// Quiet are the quiet hours of channels, by notice.Place. A rule may have others beside them.
	Quiet map[string]notice.Quiet
	// Ops is the channel that is told of Petrel's own troubles; without one nobody is.
	Ops string
}

// Parts are what the keeper works with.
type Parts struct {
	Store  store.Store
	Clock  clock.Clock
	Random random.Source
	Log    *slog.Logger
}

// Keeper takes notes and tells channels of them.
type Keeper struct {
	Parts
	o Options
}

const (
	// scan is how often a waiting part looks by itself, in case a notice was lost.
	scan = 2 * time.Second
	// atOnce is how many notes are folded in one go.
	atOnce = 256
	// maxDeaths is how many processes a note may take with it.
	maxDeaths = 3
)

// New returns a keeper. It takes notes at once; Run has channels told.
func New(p Parts, o Options) *Keeper {
	if o.Owner == "" {
		o.Owner = "petrel"
	}
	if o.Lease <= 0 {
		o.Lease = 30 * time.Second
	}
	if o.Audit <= 0 {
		o.Audit = 365 * 24 * time.Hour
	}
	return &Keeper{Parts: p, o: o}
}

// Run tells channels of notes until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var parts errgroup.Group
	for queue, turn := range map[string]func(context.Context) (int, error){notesQueue: k.fold, streamsQueue: k.wake} {
		parts.Go(func() error {
			defer stop() // one part that fails takes the other with it
			return k.loop(ctx, queue, turn)
		})
	}
	return parts.Wait()
}

// loop does turns while there is something to do, and sleeps until there is.
func (k *Keeper) loop(ctx context.Context, queue string, turn func(context.Context) (int, error)) error {
	woken, err := k.Store.Subscribe(ctx, store.QueueTopic(queue))
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
			k.Log.WarnContext(ctx, "could not tell channels", "op", "notify.keeper.turn", "code", bot.ErrorCode(err), "err", err)
			_ = clock.Wait(ctx, k.Clock, scan) // its error is that ctx has ended
		case n == 0:
			k.sleep(ctx, queue, woken)
		}
	}
	return nil
}

// sleep waits until an entry may be due.
func (k *Keeper) sleep(ctx context.Context, queue string, woken <-chan string) {
	wait := scan
	if due, some, err := k.Store.Due(ctx, queue); err == nil && some {
		wait = min(wait, max(due, scan/100))
	}
	timer := k.Clock.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C():
	}
}
