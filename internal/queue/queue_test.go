package queue_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/queue"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// rig is a worker whose turns the test answers one by one.
type rig struct {
	*testing.T
	store *sqlite.Store
	clock *clock.Fake
	turns chan struct{}
	says  chan answer
	ended chan error
	stop  context.CancelFunc
}

type answer struct {
	n   int
	err error
}

// run starts a worker. The queue holds the entries already.
func run(t *testing.T, entries ...store.Entry) *rig {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC))
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: t.TempDir(), Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context(), store.Batch{Enqueue: entries}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &rig{T: t, store: s, clock: c, turns: make(chan struct{}), says: make(chan answer), ended: make(chan error, 1), stop: stop}
	w := queue.Worker{Store: s, Clock: c, Log: slog.New(slog.DiscardHandler), Queue: "work", Scan: time.Minute}
	go func() {
		r.ended <- w.Run(ctx, func(ctx context.Context) (int, error) {
			select {
			case r.turns <- struct{}{}:
			case <-ctx.Done():
				return 0, ctx.Err()
			}
			a := <-r.says
			return a.n, a.err
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// turn waits for a turn and answers it.
func (r *rig) turn(n int, err error) {
	<-r.turns
	r.says <- answer{n, err}
}

// sleeps waits until the worker does.
func (r *rig) sleeps() {
	for {
		n, changed := r.clock.Waiters()
		if n > 0 {
			return
		}
		<-changed
	}
}

// While there is something to do no time passes; with nothing to do it looks again after a while.
func TestTurns(t *testing.T) {
	r := run(t)
	for range 3 {
		r.turn(1, nil)
	}
	r.turn(0, nil)
	r.sleeps()
	r.clock.Advance(time.Minute)
	r.turn(0, nil)
}

// What is enqueued wakes it, while time stands still.
func TestWakes(t *testing.T) {
	r := run(t)
	r.turn(0, nil)
	r.sleeps()
	if err := r.store.Commit(t.Context(), store.Batch{Enqueue: []store.Entry{{Queue: "work", ID: "now"}}}); err != nil {
		t.Fatal(err)
	}
	r.turn(1, nil)
}

// What comes due later wakes it then, and not only when it would look by itself.
func TestWakesInTime(t *testing.T) {
	r := run(t, store.Entry{Queue: "work", ID: "later", Delay: 7 * time.Second})
	r.turn(0, nil)
	r.sleeps()
	r.clock.Advance(7 * time.Second)
	r.turn(0, nil)
}

// A turn that failed is tried again after a while, and not at once.
func TestPauses(t *testing.T) {
	r := run(t)
	r.turn(0, bot.E(bot.CodeUnavailable, "x.y.z", "", errors.New("away")))
	r.sleeps()
	select {
	case <-r.turns:
		t.Error("it did not wait")
		r.says <- answer{}
	default:
	}
	r.clock.Advance(time.Minute)
	r.turn(1, nil)
}
