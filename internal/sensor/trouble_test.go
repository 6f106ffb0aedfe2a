package sensor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sensor"
	"github.com/petrelops/petrel/internal/store"
)

// troubled is a world in which somebody is told of trouble.
type troubled struct {
	*world
	told []string
}

func newTroubled(t *testing.T) *troubled {
	t.Helper()
	return &troubled{world: newWorld(t)}
}

func (w *troubled) frame(owner string, s bot.Sensor) *sensor.Frame {
	return sensor.New(sensor.Parts{
		Store: w.store, Keys: w.keys, Emit: w.emit, Clock: w.clock, Random: still{}, Log: slog.New(slog.DiscardHandler),
		Tell: func(_ context.Context, text string) error {
			w.told = append(w.told, text)
			return nil
		},
	}, sensor.Options{Owner: owner, Lease: lease}, sensor.Spec{Ref: ref, Sensor: s, Cursor: "lab.last", Every: every, Timeout: limit})
}

func (w *troubled) check(want ...string) {
	w.Helper()
	for i := range max(len(want), len(w.told)) {
		if i >= len(want) || i >= len(w.told) || !strings.Contains(w.told[i], want[i]) {
			w.Errorf("told %q, want %q", w.told, want)
			return
		}
	}
}

// Somebody is told once of what does not pass by itself, and again when it is over.
func TestTroubleIsTold(t *testing.T) {
	w := newTroubled(t)
	var fault error
	f := w.frame("a", polls(func(context.Context, bot.Watch) error { return fault }))
	turn := func(err error) {
		t.Helper()
		fault = err
		w.turn(f)
		w.clock.Advance(time.Hour)
	}
	away := bot.E(bot.CodeUnavailable, "lab.read", "The lab is away.", nil)
	turn(nil)
	turn(away)
	turn(away)
	turn(nil)
	w.check() // a hiccup
	for range 5 {
		turn(away)
	}
	w.check("lab.Poller failed 3 times in a row: The lab is away.")
	turn(nil)
	turn(nil)
	w.check("lab.Poller failed", "lab.Poller is well again.")
}

func TestGraveTroubleIsToldAtOnce(t *testing.T) {
	for name, test := range map[string]struct {
		poll polls
		want string
	}{
		"throws": {func(context.Context, bot.Watch) error { panic("oh") }, "failed: It broke down."},
		"warns": {func(ctx context.Context, w bot.Watch) error {
			w.Warn(ctx, "The log began anew.")
			return nil
		}, "warns: The log began anew."},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTroubled(t)
			w.turn(w.frame("a", test.poll))
			w.check(test.want)
		})
	}
	// Nobody can be told, and it goes on all the same.
	w := newWorld(t)
	f := sensor.New(sensor.Parts{
		Store: w.store, Keys: w.keys, Emit: w.emit, Clock: w.clock, Random: still{}, Log: slog.New(slog.DiscardHandler),
		Tell: func(context.Context, string) error { return errors.New("no channel") },
	}, sensor.Options{Owner: "a", Lease: lease}, sensor.Spec{Ref: ref, Sensor: polls(func(context.Context, bot.Watch) error { panic("oh") }), Cursor: "lab.last", Every: every, Timeout: limit})
	if w.turn(f); w.state(f).Failures != 1 {
		t.Errorf("the state is %+v", w.state(f))
	}
}

// What was missed is counted over all polls, and told as a warning.
func TestMissedIsCounted(t *testing.T) {
	w := newTroubled(t)
	f := w.frame("a", polls(func(ctx context.Context, w bot.Watch) error {
		w.Missed(ctx, 2, "Two came too late.")
		return nil
	}))
	w.turn(f)
	w.clock.Advance(every)
	w.turn(f)
	w.check("warns: Two came too late.", "warns: Two came too late.")
	if s := w.state(f); s.Missed != 4 {
		t.Errorf("the state is %+v", s)
	}
}

// One that does not even end when it is told to is not begun anew beside itself. It is on record, and somebody is told.
func TestASensorThatNeverEnds(t *testing.T) {
	w := newTroubled(t)
	begun, end := make(chan struct{}), make(chan struct{})
	count := 0
	f := w.frame("a", polls(func(context.Context, bot.Watch) error {
		count++
		close(begun)
		<-end
		return nil
	}))
	var turn errgroup.Group
	turn.Go(func() error {
		_, err := f.Turn(t.Context())
		return err
	})
	<-begun
	waits := func() bool { n, _ := w.clock.Waiters(); return n > 0 }
	for range int(limit / (lease / 3)) { // its keeper gives up when its time is over
		for !waits() {
			_, next := w.clock.Waiters()
			if !waits() {
				<-next
			}
		}
		w.clock.Advance(lease / 3)
	}
	for !strings.Contains(w.state(f).Error, "does not end") {
		w.clock.Advance(lease / 3) // the lease ends
		if _, err := f.Turn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.check("lab.Poller failed: Its poll does not end")
	close(end)
	w.must(turn.Wait())
	if count != 1 {
		t.Errorf("it was polled %d times beside itself", count)
	}
}

// A hundred thousand events at once: ten thousand are taken within a minute, what was taken is not told again, and in the end none is
// missing.
func TestAFlood(t *testing.T) {
	const many = 100_000
	w := newTroubled(t)
	var taken []int
	f := sensor.New(sensor.Parts{
		Store: w.store, Keys: w.keys, Clock: w.clock, Random: still{}, Log: slog.New(slog.DiscardHandler),
		Emit: func(_ context.Context, _ string, e bot.Event) error {
			n, _ := e.Payload["n"].(int)
			taken = append(taken, n)
			return nil
		},
		Tell: func(_ context.Context, text string) error {
			w.told = append(w.told, text)
			return nil
		},
	}, sensor.Options{Owner: "a", Lease: lease}, sensor.Spec{Ref: ref, Cursor: "lab.last", Every: every, Timeout: limit, Sensor: polls(func(ctx context.Context, watch bot.Watch) error {
		kept, err := watch.Cursor(ctx)
		if err != nil {
			return err
		}
		at := 0
		if _, err := fmt.Sscan(kept, &at); err != nil && kept != "" {
			return err
		}
		n := at
		for ; n < many; n++ {
			if err = watch.Emit(ctx, bot.Event{Key: fmt.Sprint(n), Payload: map[string]any{"n": n}}); err != nil {
				break
			}
		}
		return errors.Join(err, watch.Advance(ctx, kept, fmt.Sprint(n)))
	})})
	begin, most, last := w.clock.Now(), 0, 0
	for range 1000 {
		w.turn(f)
		if most = max(most, len(taken)-last); len(taken) == many {
			break
		}
		last = len(taken)
		w.clock.Advance(time.Second)
	}
	if !slices.IsSorted(taken) || len(slices.Compact(slices.Clone(taken))) != many || len(taken) != many {
		t.Errorf("%d events were taken, want each of %d once", len(taken), many)
	}
	took := w.clock.Now().Sub(begin)
	if most > 10_000 || took < 9*time.Minute || took > 12*time.Minute {
		t.Errorf("up to %d were taken at once, all within %s", most, took)
	}
	w.check("lab.Poller failed: It told of 10000 events within a minute", "lab.Poller is well again.")
}

// It does not help a sensor to pay no heed to the refusal.
func TestADeafFlood(t *testing.T) {
	w := newTroubled(t)
	f := w.frame("a", polls(func(ctx context.Context, watch bot.Watch) error {
		for n := range 20_000 {
			_ = watch.Emit(ctx, bot.Event{Key: fmt.Sprint(n)}) // that is what is tested
		}
		return nil
	}))
	w.turn(f)
	if s := w.state(f); s.Events != 10_000 || s.Failures != 1 || s.Next.Sub(s.Polled) < time.Minute {
		t.Errorf("the state is %+v", s)
	}
}

// One that takes process after process with it is left alone for a while.
func TestADeadlySensor(t *testing.T) {
	w := newTroubled(t)
	count := 0
	f := w.frame("a", polls(func(context.Context, bot.Watch) error { count++; return nil }))
	w.turn(f)
	w.clock.Advance(every)
	for range 3 {
		claims, err := w.store.Claim(t.Context(), store.ClaimOptions{Queue: sensor.Queue, Owner: "dying", Lease: lease, Max: 1})
		if w.must(err); len(claims) != 1 {
			t.Fatalf("claimed %v", claims)
		}
		w.clock.Advance(lease)
	}
	w.turn(f)
	if s := w.state(f); count != 1 || !strings.Contains(s.Error, "3 processes ended while they polled it") {
		t.Errorf("polled %d times, and the state is %+v", count, s)
	}
	w.check("lab.Poller failed: 3 processes ended")
	w.clock.Advance(15 * time.Minute)
	w.turn(f)
	if count != 2 || w.state(f).Failures != 0 {
		t.Errorf("polled %d times, and the state is %+v", count, w.state(f))
	}
}
