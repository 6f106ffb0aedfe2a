package lane_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/lane"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// line is a job: what was said where. Its answer is the same line.
type line struct{ place, text string }

// world is lanes at work, with all that they did.
type world struct {
	*testing.T
	clock *clock.Fake
	lanes *lane.Lanes[line, line]
	take  func(context.Context, line) bool
	tell  func(context.Context, line) error
	ended chan error
	stop  context.CancelFunc
	ctx   context.Context //nolint:containedctx // the patience of the test

	// mu guards what follows.
	mu          sync.Mutex
	taken, told []line
	lost        []string
	changed     chan struct{}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewFake(time.Unix(1_800_000_000, 0)), changed: make(chan struct{}), ended: make(chan error, 1)}
	w.take = func(context.Context, line) bool { return true }
	w.tell = func(context.Context, line) error { return nil }
	w.lanes = lane.New(lane.Parts[line, line]{
		Clock: w.clock, Place: func(l line) string { return l.place }, Name: func(l line) string { return l.text },
		Take: func(ctx context.Context, l line) (line, bool) {
			w.note(func() { w.taken = append(w.taken, l) })
			return l, w.take(ctx, l)
		},
		Tell: func(ctx context.Context, l line) error {
			err := w.tell(ctx, l)
			if err == nil {
				w.note(func() { w.told = append(w.told, l) })
			}
			return err
		},
		Lost: func(_ context.Context, l line, _ error) { w.note(func() { w.lost = append(w.lost, l.text) }) },
	})
	patience, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	w.ctx = patience
	return w
}

// run has the lanes work until the test, or stop, ends them.
func (w *world) run() {
	ctx, stop := context.WithCancel(w.ctx)
	w.stop = stop
	go func() { w.ended <- w.lanes.Run(ctx) }()
	w.Cleanup(func() {
		stop()
		if err := <-w.ended; err != nil {
			w.Errorf("Run = %v", err)
		}
	})
}

func (w *world) note(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
	close(w.changed)
	w.changed = make(chan struct{})
}

// until waits until it is so.
func (w *world) until(what string, fits func() bool) {
	w.Helper()
	for {
		w.mu.Lock()
		good, changed := fits(), w.changed
		w.mu.Unlock()
		if good {
			return
		}
		select {
		case <-changed:
		case <-w.ctx.Done():
			w.Fatalf("it never came to this: %s", what)
		}
	}
}

// sleeping waits until so many wait for the clock.
func (w *world) sleeping(count int) {
	w.Helper()
	for n, changed := w.clock.Waiters(); n < count; n, changed = w.clock.Waiters() {
		select {
		case <-changed:
		case <-w.ctx.Done():
			w.Fatalf("%d wait for the clock, want %d", n, count)
		}
	}
}

func (w *world) put(place, text string) {
	w.Helper()
	if !w.lanes.Put(w.ctx, line{place, text}) {
		w.Fatalf("%s was not put", text)
	}
}

func of(place string, list []line) (texts []string) {
	for _, l := range list {
		if l.place == place {
			texts = append(texts, l.text)
		}
	}
	return texts
}

func slow(wait time.Duration) error {
	e := bot.E(bot.CodeRateLimited, "test.answer.tell", "", nil)
	e.Wait = wait
	return e
}

func TestOrderOfEachPlaceIsKept(t *testing.T) {
	w := newWorld(t)
	w.run()
	want := map[string][]string{}
	for i := range 200 {
		place := fmt.Sprintf("place %d", i%7)
		text := fmt.Sprintf("%s line %d", place, i)
		want[place] = append(want[place], text)
		w.put(place, text)
	}
	w.until("all were told", func() bool { return len(w.told) == 200 })
	for place, texts := range want {
		if diff := cmp.Diff([][]string{texts, texts}, [][]string{of(place, w.taken), of(place, w.told)}); diff != "" {
			t.Errorf("%s: %s", place, diff)
		}
	}
}

// TestSlowPlaceHoldsUpNoOther: neither while the bot takes long over one line, nor while the platform wants one answer to wait.
func TestSlowPlaceHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	release := make(chan struct{})
	w.take = func(ctx context.Context, l line) bool {
		if l.text == "stuck" {
			select {
			case <-release:
			case <-ctx.Done():
			}
		}
		return true
	}
	limited := true
	w.tell = func(_ context.Context, l line) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if l.text == "limited" && limited {
			limited = false
			return slow(7 * time.Second)
		}
		return nil
	}
	w.run()
	w.put("a", "stuck")
	w.put("b", "limited")
	w.put("b", "behind it")
	w.sleeping(1)
	w.put("c", "free")
	w.until("another place is answered", func() bool { return slices.Contains(of("c", w.told), "free") })
	w.until("the lines behind a slow answer are taken", func() bool { return len(of("b", w.taken)) == 2 })
	w.mu.Lock()
	if got := append(of("a", w.told), of("b", w.told)...); got != nil {
		t.Errorf("told too early: %q", got)
	}
	w.mu.Unlock()
	close(release)
	w.clock.Advance(7 * time.Second)
	w.until("the rest is told", func() bool { return len(w.told) == 4 })
	if diff := cmp.Diff([]string{"limited", "behind it"}, of("b", w.told)); diff != "" {
		t.Error(diff)
	}
}

// TestWaitIsScheduled: the wait that the platform asks for passes on the clock, to the second, and not in the lane's sleep.
func TestWaitIsScheduled(t *testing.T) {
	w := newWorld(t)
	var tries []time.Time
	w.tell = func(context.Context, line) error {
		w.note(func() { tries = append(tries, w.clock.Now()) })
		if len(tries) < 3 {
			return slow(9 * time.Second)
		}
		return nil
	}
	w.run()
	began := w.clock.Now()
	w.put("a", "x")
	for range 2 {
		w.sleeping(1)
		w.clock.Advance(9*time.Second - time.Millisecond)
		if n, _ := w.clock.Waiters(); n != 1 {
			t.Error("it was tried before its time")
		}
		w.clock.Advance(time.Millisecond)
	}
	w.until("it is told", func() bool { return len(w.told) == 1 })
	if diff := cmp.Diff([]time.Time{began, began.Add(9 * time.Second), began.Add(18 * time.Second)}, tries); diff != "" {
		t.Error(diff)
	}
}

// TestLost: what is not worth another try, has to wait too long or fails too often is told to whoever runs the bot.
func TestLost(t *testing.T) {
	for name, tt := range map[string]struct {
		err   error
		waits int // how often it is tried again
	}{
		"not worth it": {errors.New("no"), 0},
		"too long":     {slow(time.Hour), 0},
		"too often":    {slow(time.Second), 3},
		"not answered": {bot.E(bot.CodeTimeout, "test.answer.tell", "", nil), 3},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.tell = func(context.Context, line) error { return tt.err }
			w.run()
			w.put("a", "x")
			for range tt.waits {
				w.sleeping(1)
				w.clock.Advance(time.Second)
			}
			w.until("it is lost", func() bool { return len(w.lost) == 1 })
			if n, _ := w.clock.Waiters(); n != 0 {
				t.Errorf("%d still wait", n)
			}
		})
	}
}

// TestAnsweredOnce: a redelivery is taken, because it has to be acknowledged, and not answered again.
func TestAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	w.run()
	for range 3 {
		w.put("a", "x")
	}
	w.put("a", "y")
	w.until("both are told", func() bool { return len(w.taken) == 4 && len(w.told) == 2 })
	if diff := cmp.Diff([]string{"x", "y"}, of("a", w.told)); diff != "" {
		t.Error(diff)
	}
}

// TestStopWaits: Run returns only when whatever was taken has been told; what is only put is not begun.
func TestStopWaits(t *testing.T) {
	w := newWorld(t)
	telling, release := make(chan struct{}), make(chan struct{})
	w.tell = func(ctx context.Context, _ line) error {
		close(telling)
		<-release
		return ctx.Err()
	}
	ended := make(chan error, 1)
	ctx, stop := context.WithCancel(w.ctx)
	go func() { ended <- w.lanes.Run(ctx) }()
	w.put("a", "x")
	<-telling
	stop()
	select {
	case err := <-ended:
		t.Fatalf("Run ended in the middle of an answer: %v", err)
	default:
	}
	close(release)
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
	if diff := cmp.Diff([]line{{"a", "x"}}, w.told, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("the end cut the answer off: %s", diff)
	}
}

// TestPutFeelsAFullLane: whoever reads the platform waits for room, and gives up with its context.
func TestPutFeelsAFullLane(t *testing.T) {
	w := newWorld(t) // nobody takes anything out
	for i := range 256 {
		w.put("a", fmt.Sprint(i))
	}
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if w.lanes.Put(ctx, line{"a", "too much"}) {
		t.Error("there is room without end")
	}
}

func TestRecent(t *testing.T) {
	r := lane.NewRecent()
	for i := range 5000 {
		if !r.Add(fmt.Sprint(i)) {
			t.Fatalf("%d was there before", i)
		}
	}
	if r.Has("0") || !r.Has("4999") || r.Add("4999") {
		t.Error("the oldest names are to be forgotten, and no others")
	}
}
