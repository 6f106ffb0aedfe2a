package executor_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

// stopping ends Run's context without waiting for Run.
func (p *process) stopping() (begin func(), ended <-chan error) {
	ctx, cancel := context.WithCancel(p.world.ctx)
	end := make(chan error, 1)
	go func() { end <- p.Run(ctx) }()
	return cancel, end
}

func TestRunThatIsNotWanted(t *testing.T) {
	w := newWorld(t)
	p := w.process(executor.Options{})
	begin, ended := p.stopping()
	begin()
	w.must(tick(p, time.Minute, ended))

	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	w.must(p.Run(ctx))
}

func TestStopLetsRunningWorkFinish(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	p := w.process(executor.Options{})
	begin, ended := p.stopping()
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	_, drains := p.clock.Waiters()
	begin()
	receive(w, drains)
	waiting := p.accept(command("test.it", nil)).ID
	it.end <- nil
	w.must(receive(w, ended))

	p.ended(id, bot.Succeeded)
	if e := p.look(waiting); e.Status != bot.Requested || len(it.began) > 0 {
		t.Errorf("after the stop an execution was begun: it is %s", e.Status)
	}
	it.end <- nil
	w.running().ended(waiting, bot.Succeeded)
}

func TestStopAfterDrain(t *testing.T) {
	for _, class := range []bot.Class{bot.Read, bot.Idempotent, bot.Once} {
		t.Run(string(class), func(t *testing.T) {
			it := newWork()
			w := newWorld(t, action("it", class, it))
			p := w.process(executor.Options{})
			begin, ended := p.stopping()
			id := p.accept(command("test.it", nil)).ID
			job := receive(w, it.began)
			if class.Repeatable() {
				w.must(job.Mark(w.ctx, mark("irene1", bot.Done)))
			}
			begin()
			w.must(tick(p, time.Minute, ended))
			if cause := receive(w, it.stopped); cause.Error() != "petrel is being stopped" {
				t.Errorf("the handler was stopped because %v", cause)
			}

			if class == bot.Once {
				e := p.ended(id, bot.Abandoned)
				if !strings.Contains(e.Error.Text, "Petrel was stopped while it was running.") {
					t.Errorf("it ended with %+v", e.Error)
				}
				return
			}
			if diff := cmp.Diff([]bot.Status{bot.Requested, bot.Scheduled, bot.Running, bot.Requested}, statuses(p.look(id))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(map[string]bot.Phase{"irene1": bot.Done}, durable(w, p.store, id)); diff != "" {
				t.Errorf("the marks were not handed over:\n%s", diff)
			}
			claims, err := p.store.Claim(w.ctx, claimOf("work")) // at once, no lease has to run out
			if err != nil || len(claims) != 1 || claims[0].Deaths != 0 {
				t.Fatalf("handed over was %+v (%v)", claims, err)
			}
			w.must(p.store.Commit(w.ctx, released(claims)))
			next := w.running()
			receive(w, it.began)
			it.end <- nil
			if e := next.ended(id, bot.Succeeded); e.Attempts != 2 {
				t.Errorf("it took %d attempts, want 2", e.Attempts)
			}
		})
	}
}

// TestStopWhilePlanning: nothing was done, so even class once may begin again.
func TestStopWhilePlanning(t *testing.T) {
	planning := make(chan bool)
	plan := func(ctx context.Context, _ bot.Request, _ params) (bot.Plan, error) {
		planning <- true
		<-ctx.Done()
		return bot.Plan{}, ctx.Err()
	}
	w := newWorld(t, action("it", bot.Once, planner{doer: done, plan: plan}))
	p := w.process(executor.Options{})
	begin, ended := p.stopping()
	id := p.accept(command("test.it", nil)).ID
	receive(w, planning)
	begin()
	w.must(tick(p, time.Minute, ended))
	if e := p.look(id); e.Status != bot.Requested || e.Error != nil {
		t.Errorf("it is %+v", e)
	}
	w.catalog["test.it"] = action("it", bot.Once, doer(done))
	w.running().ended(id, bot.Succeeded)
}

// TestStopWhileVerifying leaves the question to the next process.
func TestStopWhileVerifying(t *testing.T) {
	it, verifying := newWork(), make(chan bool)
	w := newWorld(t, action("it", bot.Once, verifier{doer: it.Do, verify: func(ctx context.Context, _ bot.Job, _ params) (bot.Finding, bot.Result, error) {
		verifying <- true
		<-ctx.Done()
		return bot.Unknown, bot.Result{}, ctx.Err()
	}}))
	dead := w.dying()
	id := dead.accept(command("test.it", nil)).ID
	receive(w, it.began)
	w.time.Advance(lease)
	p := w.process(executor.Options{})
	begin, ended := p.stopping()
	receive(w, verifying)
	begin()
	w.must(tick(p, time.Minute, ended))

	w.catalog["test.it"] = action("it", bot.Once, verifier{doer: it.Do, verify: finds(bot.Happened)})
	e := w.running().ended(id, bot.Abandoned)
	if !strings.Contains(e.Error.Text, "it had its effect") {
		t.Errorf("it ended with %+v", e.Error)
	}
	it.end <- nil
}

// TestCanceledWhileStopping: the stop came first, so the handler was not told of the cancel, but the cancel counts.
func TestCanceledWhileStopping(t *testing.T) {
	stopped, goOn := make(chan bool), make(chan bool)
	w := newWorld(t, action("it", bot.Idempotent, doer(func(ctx context.Context, _ bot.Job, _ params) (bot.Result, error) {
		stopped <- true
		<-ctx.Done()
		stopped <- true
		<-goOn
		return bot.Result{}, bot.E(bot.CodeCanceled, "test.do", unfinished, ctx.Err())
	})))
	p := w.process(executor.Options{})
	begin, ended := p.stopping()
	id := p.accept(command("test.it", nil)).ID
	receive(w, stopped)
	begin()
	tick(p, time.Minute, stopped)
	_, err := p.Cancel(w.ctx, id, bob)
	w.must(err)
	close(goOn)
	w.must(tick(p, time.Minute, ended))
	if e := p.ended(id, bot.Canceled); e.Error.Text != unfinished {
		t.Errorf("it ended with %+v", e.Error)
	}
}
