package sensor_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/seal"
	"github.com/petrelops/petrel/internal/sensor"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ref   = "lab.Poller"
	every = 30 * time.Second
	lease = 30 * time.Second
	limit = time.Minute
)

// polls is a sensor made of a function.
type polls func(ctx context.Context, w bot.Watch) error

func (p polls) Poll(ctx context.Context, w bot.Watch) error { return p(ctx, w) }

// still draws the shortest pause, which is half of the nominal one.
type still struct{}

func (still) Uint64() uint64 { return 0 }

// world is a store whose time the test moves, with the events that were emitted.
type world struct {
	*testing.T
	clock  *clock.Fake
	store  *sqlite.Store
	keys   *datastore.Keys
	events []string
	refuse error
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewFake(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))}
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: dir, Clock: w.clock})
	w.must(err)
	t.Cleanup(func() { w.must(s.Close()) })
	key, err := seal.OpenKey(filepath.Join(dir, "petrel.key"))
	w.must(err)
	w.store, w.keys = s, datastore.New(s, key)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) emit(_ context.Context, from string, e bot.Event) error {
	if w.refuse == nil {
		w.events = append(w.events, from+" "+e.Key)
	}
	return w.refuse
}

func (w *world) frame(owner string, s bot.Sensor) *sensor.Frame {
	return sensor.New(sensor.Parts{
		Store: w.store, Keys: w.keys, Emit: w.emit, Clock: w.clock, Random: still{}, Log: slog.New(slog.DiscardHandler),
	}, sensor.Options{Owner: owner, Lease: lease}, sensor.Spec{Ref: ref, Sensor: s, Cursor: "lab.last", Every: every, Timeout: limit})
}

// turn has the frame poll what is due.
func (w *world) turn(f *sensor.Frame) int {
	w.Helper()
	n, err := f.Turn(w.Context())
	w.must(err)
	return n
}

func (w *world) state(f *sensor.Frame) sensor.State {
	w.Helper()
	list, err := f.States(w.Context())
	w.must(err)
	return list[0]
}

func TestOneOfTwoProcessesPolls(t *testing.T) {
	w := newWorld(t)
	count := 0
	s := polls(func(ctx context.Context, watch bot.Watch) error {
		count++
		kept, err := watch.Cursor(ctx)
		if err != nil {
			return err
		}
		if err := watch.Emit(ctx, bot.Event{Trigger: "lab.happened", Key: fmt.Sprint(count)}); err != nil {
			return err
		}
		return watch.Advance(ctx, kept, fmt.Sprint(count))
	})
	a, b := w.frame("a", s), w.frame("b", s)
	for range 5 {
		w.turn(a)
		w.turn(b)
		w.turn(a)
		w.clock.Advance(every)
	}
	e, err := w.keys.Get(t.Context(), datastore.Key{Scope: datastore.System, Name: "lab.last"})
	w.must(err)
	if count != 5 || len(w.events) != 5 || e.Value != "5" || e.By != "sensor:lab.Poller" {
		t.Errorf("%d polls, events %v, cursor %+v", count, w.events, e)
	}
	if got := w.state(b); got.Events != 5 || got.Failures != 0 || got.Next.Sub(got.Polled) != every {
		t.Errorf("the state is %+v", got)
	}
}

// Whoever claimed it and died is followed when its lease is over.
func TestAProcessDies(t *testing.T) {
	w := newWorld(t)
	count := 0
	f := w.frame("a", polls(func(context.Context, bot.Watch) error { count++; return nil }))
	w.turn(f)
	w.clock.Advance(every)
	claims, err := w.store.Claim(t.Context(), store.ClaimOptions{Queue: sensor.Queue, Owner: "dying", Lease: lease, Max: 1})
	if w.must(err); len(claims) != 1 {
		t.Fatalf("claimed %v", claims)
	}
	if w.turn(f); count != 1 {
		t.Error("it was polled beside another process")
	}
	w.clock.Advance(lease)
	if w.turn(f); count != 2 {
		t.Error("nobody polls any more")
	}
}

func TestFailuresAreSpacedOut(t *testing.T) {
	w := newWorld(t)
	fault := error(bot.E(bot.CodeUnavailable, "lab.read", "The lab is away.", nil))
	f := w.frame("a", polls(func(context.Context, bot.Watch) error { return fault }))
	for i, nominal := range []int{60, 120, 240, 480, 900, 900} {
		want := time.Duration(nominal) * time.Second
		w.turn(f)
		s := w.state(f)
		if got := s.Next.Sub(s.Polled); got != want/2 || s.Failures != i+1 || s.Error != "The lab is away." {
			t.Errorf("after failure %d it waits %s, want half of %s: %+v", i+1, got, want, s)
		}
		w.clock.Advance(want)
	}
	fault = &bot.Error{Code: bot.CodeRateLimited, Text: "Slow down.", Wait: time.Hour}
	if w.turn(f); w.state(f).Next.Sub(w.clock.Now()) != time.Hour {
		t.Errorf("it was asked to wait for an hour: %+v", w.state(f))
	}
	fault = nil
	w.clock.Advance(time.Hour)
	if w.turn(f); w.state(f).Failures != 0 || w.state(f).Error != "" {
		t.Errorf("it works again: %+v", w.state(f))
	}
}

func TestFaultySensors(t *testing.T) {
	refused := bot.E(bot.CodeUnavailable, "test.emit", "The store takes nothing.", nil)
	tests := map[string]struct {
		poll   polls
		refuse error
		says   string
	}{
		"panics":               {poll: func(context.Context, bot.Watch) error { panic("oh") }, says: "It broke down."},
		"fails without a word": {poll: func(context.Context, bot.Watch) error { return context.Canceled }, says: "without a word"},
		"another process moved the cursor": {
			poll: func(ctx context.Context, w bot.Watch) error { return w.Advance(ctx, "7", "8") }, says: "Another process moved the cursor.",
		},
		"its event is not taken": {
			poll: func(ctx context.Context, w bot.Watch) error { return w.Emit(ctx, bot.Event{Key: "1"}) }, refuse: refused, says: "The store takes nothing.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.refuse = test.refuse
			f := w.frame("a", test.poll)
			w.turn(f)
			if s := w.state(f); !strings.Contains(s.Error, test.says) || s.Failures != 1 || s.Events != 0 {
				t.Errorf("the state is %+v", s)
			}
		})
	}
}

// One that hangs is stopped when its time is over, and its claim is held until then.
func TestAHangingSensor(t *testing.T) {
	w := newWorld(t)
	begun := make(chan struct{})
	f := w.frame("a", polls(func(ctx context.Context, _ bot.Watch) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	}))
	var turn errgroup.Group
	turn.Go(func() error {
		_, err := f.Turn(t.Context())
		return err
	})
	<-begun
	for range int(limit / (lease / 3)) {
		for { // the keeper has gone to sleep
			n, next := w.clock.Waiters()
			if n > 0 {
				break
			}
			<-next
		}
		w.clock.Advance(lease / 3)
	}
	w.must(turn.Wait())
	if s := w.state(f); s.Error != "It did not end within 1m0s." {
		t.Errorf("the state is %+v", s)
	}
}

func TestAFloodIsReadOn(t *testing.T) {
	w := newWorld(t)
	left := 1200
	f := w.frame("a", polls(func(ctx context.Context, watch bot.Watch) error {
		for range min(500, left) {
			left--
			if err := watch.Emit(ctx, bot.Event{Key: fmt.Sprint(left)}); err != nil {
				return err
			}
		}
		watch.Warn(ctx, "The lab is busy.")
		return nil
	}))
	turns := 0
	for w.turn(f) > 0 {
		turns++
	}
	if s := w.state(f); turns != 3 || len(w.events) != 1200 || s.Warning != "The lab is busy." {
		t.Errorf("%d events in %d turns without a pause, and %+v", len(w.events), turns, s)
	}
}

// Run polls at once, at its interval, and goes when it is told to.
func TestRun(t *testing.T) {
	w := newWorld(t)
	polled := make(chan struct{}, 10)
	f := w.frame("a", polls(func(context.Context, bot.Watch) error {
		polled <- struct{}{}
		return nil
	}))
	ctx, stop := context.WithCancel(t.Context())
	var run errgroup.Group
	run.Go(func() error { return f.Run(ctx) })
	for range 3 {
		for waiting := true; waiting; {
			select {
			case <-polled:
				waiting = false
			default:
				w.clock.Advance(time.Second)
			}
		}
	}
	stop()
	w.must(run.Wait())
}
