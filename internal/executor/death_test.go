package executor_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

// In these tests a worker dies thus: its handler hangs, its clock stands still, so that no heartbeat comes, and the store's time goes
// on past the lease. Later it wakes up and goes on as if nothing had happened.

func TestDeathOfRepeatable(t *testing.T) {
	for _, class := range []bot.Class{bot.Read, bot.Idempotent} {
		t.Run(string(class), func(t *testing.T) {
			it := newWork()
			w := newWorld(t, action("it", class, it))
			dead := w.dying()
			id := dead.accept(command("test.it", nil)).ID
			receive(w, it.began)

			w.time.Advance(lease)
			next := w.running()
			if job := receive(w, it.began); job.Request().Attempt != 2 {
				t.Errorf("attempt %d, want 2", job.Request().Attempt)
			}
			it.end <- errors.New("the late one or the new one")
			it.end <- errors.New("the other one")
			e := next.ended(id, bot.Failed)
			want := []bot.Status{bot.Requested, bot.Scheduled, bot.Running, bot.Requested, bot.Scheduled, bot.Running, bot.Failed}
			if diff := cmp.Diff(want, statuses(e)); diff != "" {
				t.Error(diff)
			}
			if why := e.History[3].Why; why != "the worker before did not answer for a whole lease" {
				t.Errorf("it went back because %q", why)
			}
		})
	}
}

// TestLateWorkerIsRefused wakes the dead worker up before and after its successor has ended the execution.
func TestLateWorkerIsRefused(t *testing.T) {
	for _, late := range []string{"while its successor works", "after the end"} {
		t.Run(late, func(t *testing.T) {
			first, second := newWork(), newWork()
			w := newWorld(t)
			attempts := []*work{first, second}
			w.catalog["test.it"] = action("it", bot.Idempotent, doer(func(ctx context.Context, job bot.Job, p params) (bot.Result, error) {
				n := job.Request().Attempt
				r, err := attempts[n-1].Do(ctx, job, p)
				r.Summary = []string{"The late one.", "The new one."}[n-1]
				return r, err
			}))
			watched := &watchedStore{Store: w.store()}
			dead := w.processOn(watched, executor.Options{Workers: 1})
			stopDead := dead.start(dead.Run)
			id := dead.accept(command("test.it", nil)).ID
			receive(w, first.began)
			w.time.Advance(lease)
			next := w.running()
			receive(w, second.began)

			before := len(watched.batches())
			wake := func() {
				first.end <- nil
				stopDead() // returns once its write was refused
			}
			if late == "after the end" {
				second.end <- nil
				next.ended(id, bot.Succeeded)
				wake()
			} else {
				wake()
				if r := w.reply(next.store, id); r.Status != bot.Running {
					t.Errorf("the late worker wrote the reply %+v", r)
				}
				second.end <- nil
			}
			if e := next.ended(id, bot.Succeeded); e.Summary != "The new one." {
				t.Errorf("it ended with %q", e.Summary)
			}
			if r := w.reply(next.store, id); says(r, "The late one.") {
				t.Errorf("the late worker wrote the reply %+v", r)
			}
			if n := len(watched.batches()); n != before {
				t.Errorf("the late worker wrote %d batches", n-before)
			}
		})
	}
}

// TestTakenOverInOneProcess: a process that was paused claims its own execution again. The job before it is stopped, and its end does
// not take the new one out of the heartbeat.
func TestTakenOverInOneProcess(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Idempotent, it), action("noop", bot.Read, doer(done)))
	watched := &watchedStore{Store: w.store(), renewed: make(chan error, 100)}
	p := w.processOn(watched, executor.Options{})
	p.start(p.Run)
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	w.time.Advance(lease)
	p.does("test.noop", bot.Succeeded) // what wakes the worker loop
	receive(w, it.began)
	if cause := receive(w, it.stopped); cause.Error() != "another worker owns the execution" {
		t.Errorf("the first job was stopped because %v", cause)
	}
	for range 3 {
		w.must(p.beat(watched))
		w.time.Advance(lease / 2)
	}
	it.end <- nil
	if e := p.ended(id, bot.Succeeded); e.Attempts != 2 {
		t.Errorf("it took %d attempts, want 2", e.Attempts)
	}
}

func TestDeathOfOnce(t *testing.T) {
	const unknown = "Whether it had its effect is not known. Look before you run it again."
	for _, c := range []struct {
		name   string
		verify func(context.Context, bot.Job, params) (bot.Finding, bot.Result, error)
		says   string
		shows  string
	}{
		{name: "cannot verify", says: unknown},
		{name: "happened", verify: finds(bot.Happened), says: "it had its effect: nothing is left to do.", shows: "Looked at irene1."},
		{name: "did not happen", verify: finds(bot.NotHappened), says: "died before it had any effect. Run it again", shows: "Looked at irene1."},
		{name: "unknown", verify: finds(bot.Unknown), says: unknown, shows: "Looked at irene1."},
		{
			name: "error", says: unknown,
			verify: func(context.Context, bot.Job, params) (bot.Finding, bot.Result, error) {
				return bot.Happened, bot.Result{}, errors.New("the target is down")
			},
		},
		{
			name: "panic", says: unknown,
			verify: func(context.Context, bot.Job, params) (bot.Finding, bot.Result, error) { panic("no such luck") },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := newWork()
			w := newWorld(t, action("it", bot.Once, it))
			if c.verify != nil {
				w.catalog["test.it"] = action("it", bot.Once, verifier{doer: it.Do, verify: c.verify})
			}
			dead := w.dying()
			id := dead.accept(command("test.it", nil)).ID
			receive(w, it.began)
			w.time.Advance(lease)
			next := w.running()
			e := next.ended(id, bot.Abandoned)
			it.end <- nil // the late one says that it went well, and nobody listens

			if e.Attempts != 1 || len(it.began) > 0 {
				t.Error("it ran twice")
			}
			if !strings.Contains(e.Error.Text, c.says) || e.Summary != c.shows {
				t.Errorf("it ended with %+v and %q, want %q and %q", e.Error, e.Summary, c.says, c.shows)
			}
			if r := w.reply(next.store, id); r.Status != bot.Abandoned || !says(r, e.Error.Text) {
				t.Errorf("the reply is %+v", r)
			}
		})
	}
}

func finds(f bot.Finding) func(context.Context, bot.Job, params) (bot.Finding, bot.Result, error) {
	return func(ctx context.Context, job bot.Job, p params) (bot.Finding, bot.Result, error) {
		if _, err := job.Checkpoints(ctx); err != nil || p.Host != "irene1" {
			return bot.Unknown, bot.Result{}, errors.Join(err, errors.New("no marks or no parameters"))
		}
		return f, bot.Result{Summary: "Looked at irene1."}, nil
	}
}

func TestDeathWhileCanceling(t *testing.T) {
	for class, want := range map[bot.Class]bot.Status{bot.Read: bot.Canceled, bot.Idempotent: bot.Canceled, bot.Once: bot.Abandoned} {
		t.Run(string(class), func(t *testing.T) {
			it := newWork()
			w := newWorld(t, action("it", class, it))
			watched := &watchedStore{Store: w.store()}
			watched.losing("cancel") // the worker is dead and does not hear of it
			dead := w.processOn(watched, executor.Options{Workers: 1})
			dead.start(dead.Run)
			id := dead.accept(command("test.it", nil)).ID
			receive(w, it.began)
			_, err := dead.Cancel(w.ctx, id, bob)
			w.must(err)
			w.time.Advance(lease)
			e := w.running().ended(id, want)
			if e.Attempts != 1 || !slices.Contains(statuses(e), bot.Canceling) || e.Error.Text == "" {
				t.Errorf("it ended as %+v", e)
			}
			it.end <- nil
		})
	}
}

// TestPoison: what has taken three workers with it is not tried on a fourth.
func TestPoison(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Read, it))
	id := w.process(executor.Options{}).accept(command("test.it", nil)).ID
	for range 3 {
		w.dying()
		receive(w, it.began)
		w.time.Advance(lease)
	}
	next := w.running()
	e := next.ended(id, bot.Abandoned)
	if e.Attempts != 3 || e.Error.Code != bot.CodePoison || !strings.Contains(e.Error.Text, "3 workers died while they ran it") || !strings.Contains(e.Error.Text, id) {
		t.Errorf("it ended as %+v, %+v", e, e.Error)
	}
	for range 3 {
		it.end <- nil
	}
}

// TestDeathsOutsideDoAreNoPoison: workers that die before the handler is at work are not the execution's fault.
func TestDeathsOutsideDoAreNoPoison(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Read, it))
	p := w.process(executor.Options{})
	id := p.accept(command("test.it", nil)).ID
	for range 5 {
		if claims, err := p.store.Claim(w.ctx, claimOf("work")); err != nil || len(claims) != 1 {
			t.Fatalf("claimed %v, %v", claims, err)
		}
		w.time.Advance(lease)
	}
	w.dying()
	receive(w, it.began)
	w.time.Advance(lease)
	next := w.running() // the first death in the handler
	receive(w, it.began)
	it.end <- nil
	it.end <- nil
	next.ended(id, bot.Succeeded)
}

// TestRecordGone: an entry whose record was kept past its time is cleared away.
func TestRecordGone(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{Retention: lease, Workers: 1})
	p.accept(command("test.noop", nil))
	w.time.Advance(2 * lease)
	p.start(p.Run)
	p.does("test.noop", bot.Succeeded)
	if _, some, err := p.store.Due(w.ctx, "work"); some || err != nil {
		t.Errorf("its entry is still in the queue (%v)", err)
	}
}
