package sensor

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
)

const (
	// queue holds an entry for each sensor.
	queue = "sensors"
	// kindState is what is told of a sensor, by its ref.
	kindState = "sensor"
	stateLife = 30 * 24 * time.Hour
	// scan is how often a process looks by itself for what is due.
	scan = time.Second
	// ensureEvery is how often it is made sure that each sensor is in the queue.
	ensureEvery = time.Minute
	// maxBackoff is the longest pause after failures in a row, unless a sensor's own interval is longer.
	maxBackoff = 15 * time.Minute
)

// Spec is a sensor with how it is run.
type Spec struct {
	Ref     string // pack.Class, as StackStorm names it
	Sensor  bot.Sensor
	Cursor  string        // the datastore key, in scope system, that says how far it has come
	Every   time.Duration // from the end of a poll to the next
	Timeout time.Duration // of one poll
}

// Parts are what the frame works with.
type Parts struct {
	Store store.Store
	Keys  *datastore.Keys
	// Emit makes an event of a sensor durable. The same key of the same trigger again is the same event.
	Emit func(ctx context.Context, sensor string, e bot.Event) error
	// Tell tells whoever runs Petrel of a sensor in trouble. Nil tells nobody.
	Tell   func(ctx context.Context, text string) error
	Clock  clock.Clock
	Random random.Source
	Log    *slog.Logger
}

// Options are the frame's settings.
type Options struct {
	Owner string        // names this process to people who look
	Lease time.Duration // how long a process may be silent before another polls in its place
	// PerMinute is how many events one sensor may tell of within a minute; zero is 10,000. Of what is more it tells in the next one.
	PerMinute int
}

// Frame runs sensors.
type Frame struct {
	Parts
	o     Options
	specs map[string]Spec

	// mu guards what follows.
	mu   sync.Mutex
	busy map[string]bool    // the sensors that are being polled here; one that does not end in time is not begun anew beside itself
	rate map[string]*minute // how much each told of lately
}

// New returns a frame for the sensors.
func New(p Parts, o Options, specs ...Spec) *Frame {
	if o.PerMinute <= 0 {
		o.PerMinute = 10_000
	}
	f := &Frame{Parts: p, o: o, specs: map[string]Spec{}, busy: map[string]bool{}, rate: map[string]*minute{}}
	for _, s := range specs {
		f.specs[s.Ref] = s
	}
	return f
}

// Run polls until ctx ends. It returns when the last poll has.
func (f *Frame) Run(ctx context.Context) error {
	if len(f.specs) == 0 {
		<-ctx.Done()
		return nil
	}
	var polls errgroup.Group
	var ensured time.Time
	for {
		if now := f.Clock.Now(); ensured.IsZero() || now.Sub(ensured) >= ensureEvery {
			if err := f.ensure(ctx); err == nil {
				ensured = now
			}
		}
		for _, c := range f.claim(ctx) {
			polls.Go(func() error {
				f.turn(ctx, c)
				return nil
			})
		}
		if clock.Wait(ctx, f.Clock, f.pause(ctx)) != nil {
			return polls.Wait()
		}
	}
}

// claim takes what is due.
func (f *Frame) claim(ctx context.Context) []store.Claim {
	claims, err := f.Store.Claim(ctx, store.ClaimOptions{Queue: queue, Owner: f.o.Owner, Lease: f.o.Lease, Max: len(f.specs)})
	if err != nil && ctx.Err() == nil {
		f.Log.WarnContext(ctx, "could not claim sensors", "op", "sensor.frame.claim", "code", bot.ErrorCode(err), "err", err)
	}
	return claims
}

// pause is how long until a sensor may be due.
func (f *Frame) pause(ctx context.Context) time.Duration {
	due, some, err := f.Store.Due(ctx, queue)
	if err != nil || !some {
		return scan
	}
	return min(max(due, scan/20), scan)
}

// ensure puts each sensor that is not in the queue there, to be polled at once.
func (f *Frame) ensure(ctx context.Context) error {
	refs := make([]string, 0, len(f.specs))
	for ref := range f.specs {
		refs = append(refs, ref)
	}
	missing, err := f.Store.Missing(ctx, queue, refs)
	if err != nil || len(missing) == 0 {
		return err
	}
	var b store.Batch
	for _, ref := range missing {
		b.Enqueue = append(b.Enqueue, store.Entry{Queue: queue, ID: ref})
	}
	return f.Store.Commit(ctx, b)
}

// turn polls one sensor and puts down what came of it.
func (f *Frame) turn(ctx context.Context, c store.Claim) {
	spec, known := f.specs[c.ID]
	var err error
	switch {
	case !known: // another version has it: whoever knows it puts it there again
		err = f.Store.Commit(ctx, store.Batch{Finish: []store.Claim{c}})
	case c.Deaths >= maxDeaths:
		err = f.record(ctx, c, spec, outcome{err: deadly(c.Deaths), rest: maxBackoff})
	case !f.begin(c.ID): // the poll before does not end; another process may have more luck
		err = f.record(ctx, c, spec, outcome{err: stuck(), rest: f.o.Lease})
	default:
		err = f.poll(ctx, c, spec)
		f.done(c.ID)
	}
	if err != nil && ctx.Err() == nil && bot.ErrorCode(err) != bot.CodeFenced {
		f.Log.WarnContext(ctx, "could not put down what came of a poll", "op", "sensor.frame.turn", "sensor", c.ID, "code", bot.ErrorCode(err), "err", err)
	}
}

func (f *Frame) begin(ref string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy[ref] {
		return false
	}
	f.busy[ref] = true
	return true
}

func (f *Frame) done(ref string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.busy, ref)
}

// poll polls a sensor under its claim, and gives the claim back until the next time.
func (f *Frame) poll(ctx context.Context, c store.Claim, spec Spec) error {
	w := &watch{frame: f, spec: spec}
	began := f.Clock.Now()
	err := f.guarded(ctx, c, spec, w)
	if ctx.Err() != nil { // told to stop: the next process goes on at once
		return f.Store.Commit(context.WithoutCancel(ctx), store.Batch{Release: []store.Release{{Claim: c}}})
	}
	if w.flood != nil { // also when the sensor did not mind that its events were not taken
		err = w.flood
	}
	return f.record(ctx, c, spec, outcome{err: err, watch: w, took: f.Clock.Now().Sub(began)})
}

// delay is how long a sensor is left alone: its interval, and more after each failure in a row.
func (f *Frame) delay(s Spec, failures int, asked time.Duration) time.Duration {
	d := s.Every
	for range min(failures, 20) {
		d = min(2*d, max(maxBackoff, s.Every))
	}
	if failures > 0 {
		d = random.Jitter(f.Random, d)
	}
	return max(d, asked)
}

// guarded calls the sensor with the claim held, within its time, and makes an error of a panic.
func (f *Frame) guarded(ctx context.Context, c store.Claim, spec Spec, w *watch) (err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var keeper errgroup.Group
	keeper.Go(func() error {
		stop(f.keep(ctx, c, spec.Timeout))
		return nil
	})
	defer func() {
		if p := recover(); p != nil {
			err = bot.E(bot.CodeInternal, "sensor.frame.poll", "It broke down. The log has more; tell whoever wrote it.", fmt.Errorf("panic: %v", p))
		}
		stop(nil)
		_ = keeper.Wait() // it returns no error
	}()
	err = spec.Sensor.Poll(ctx, w)
	if cause := context.Cause(ctx); err != nil && cause != nil && ctx.Err() != nil && bot.ErrorText(cause) != "" {
		return cause
	}
	return err
}

// keep holds the claim until the poll is over. It returns why the poll must end before that; then it lets go of the claim.
func (f *Frame) keep(ctx context.Context, c store.Claim, limit time.Duration) error {
	end := f.Clock.Now().Add(limit)
	for {
		left := end.Sub(f.Clock.Now())
		if left <= 0 {
			return bot.E(bot.CodeTimeout, "sensor.frame.poll", fmt.Sprintf("It did not end within %s.", limit), nil)
		}
		if clock.Wait(ctx, f.Clock, min(left, f.o.Lease/3)) != nil {
			return nil //nolint:nilerr // the poll has ended
		}
		lost, err := f.Store.Renew(ctx, f.o.Lease, []store.Claim{c})
		if err == nil && len(lost) > 0 {
			return bot.E(bot.CodeFenced, "sensor.frame.keep", "Another process polls it now.", nil)
		}
	}
}
