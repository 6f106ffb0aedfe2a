package notify

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/queue"
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
	for name, turn := range map[string]func(context.Context) (int, error){notesQueue: k.fold, streamsQueue: k.wake} {
		parts.Go(func() error {
			defer stop() // one part that fails takes the other with it
			w := queue.Worker{Store: k.Store, Clock: k.Clock, Log: k.Log, Queue: name, Scan: scan}
			return w.Run(ctx, turn)
		})
	}
	return parts.Wait()
}
