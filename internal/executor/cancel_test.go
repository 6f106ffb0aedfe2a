package executor_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

func TestCancelBeforeItBegan(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	p := w.process(executor.Options{})
	id := p.accept(command("test.it", nil)).ID
	e, err := p.Cancel(w.ctx, id, bob)
	w.must(err)

	want := &bot.Fault{Code: bot.CodeCanceled, Text: "Canceled by bob before it began. Nothing was done."}
	if diff := cmp.Diff(want, e.Error); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(e, p.look(id)); diff != "" {
		t.Errorf("what is stored is not what was returned:\n%s", diff)
	}
	if diff := cmp.Diff([]bot.Status{bot.Requested, bot.Canceled}, statuses(e)); diff != "" {
		t.Error(diff)
	}
	if by := e.History[1].By; by != "bob" {
		t.Errorf("it was canceled by %q", by)
	}
	if r := w.reply(p.store, id); r.Status != bot.Canceled || !says(r, want.Text) {
		t.Errorf("the reply is %+v", r)
	}
	if _, some, err := p.store.Due(w.ctx, "work"); some || err != nil {
		t.Errorf("its entry is still in the queue (%v)", err)
	}
	p.start(p.Run)
	other := p.accept(command("test.it", nil)).ID
	if job := receive(w, it.began); job.Request().Execution != other {
		t.Error("it ran although it was canceled")
	}
	it.end <- nil
	p.ended(other, bot.Succeeded)
}

// TestCancelWhilePlanning: the work has not begun, so the execution ends at once, and the planning is stopped for nothing comes of it.
func TestCancelWhilePlanning(t *testing.T) {
	it, planning, stopped := newWork(), make(chan bool), make(chan error, 1)
	w := newWorld(t, action("it", bot.Once, planner{
		doer: it.Do,
		plan: func(ctx context.Context, _ bot.Request, _ params) (bot.Plan, error) {
			planning <- true
			<-ctx.Done()
			stopped <- context.Cause(ctx)
			return bot.Plan{}, nil
		},
	}))
	p := w.running()
	id := p.accept(command("test.it", nil)).ID
	receive(w, planning)
	e, err := p.Cancel(w.ctx, id, bob)
	w.must(err)
	if e.Status != bot.Canceled {
		t.Errorf("it is %s, want canceled", e.Status)
	}
	if cause := receive(w, stopped); cause.Error() != "another worker owns the execution" {
		t.Errorf("the planning was stopped because %v", cause)
	}
	if diff := cmp.Diff(e, p.look(id)); diff != "" || len(it.began) > 0 {
		t.Errorf("it went on after it was canceled:\n%s", diff)
	}
}

func TestCancelWhileRunning(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	p := w.running()
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	e, err := p.Cancel(w.ctx, id, bob)
	w.must(err)
	if e.Status != bot.Canceling {
		t.Errorf("Cancel returned it as %s, want canceling", e.Status)
	}
	if cause := receive(w, it.stopped); cause.Error() != "canceled by a person" {
		t.Errorf("the handler was stopped because %v", cause)
	}
	e = p.ended(id, bot.Canceled)
	want := []bot.Status{bot.Requested, bot.Scheduled, bot.Running, bot.Canceling, bot.Canceled}
	if diff := cmp.Diff(want, statuses(e)); diff != "" {
		t.Error(diff)
	}
	if e.Error.Text != unfinished || e.Summary != "Worked a little." {
		t.Errorf("what the handler said is not kept: %+v, %q", e.Error, e.Summary)
	}
	if r := w.reply(p.store, id); !says(r, unfinished) {
		t.Errorf("the reply is %+v", r)
	}
}

// TestCancelFromAnotherProcess also asks twice.
func TestCancelFromAnotherProcess(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	p := w.running()
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	shell := w.process(executor.Options{})
	for range 2 {
		_, err := shell.Cancel(w.ctx, id, bob)
		w.must(err)
	}
	p.ended(id, bot.Canceled)
}

// TestHandlerFinishesDespiteCancel: what is done is done.
func TestHandlerFinishesDespiteCancel(t *testing.T) {
	began := make(chan bool)
	w := newWorld(t, action("it", bot.Once, doer(func(ctx context.Context, _ bot.Job, _ params) (bot.Result, error) {
		began <- true
		<-ctx.Done()
		return bot.Result{}, nil
	})))
	p := w.running()
	id := p.accept(command("test.it", nil)).ID
	receive(w, began)
	_, err := p.Cancel(w.ctx, id, bob)
	w.must(err)
	e := p.ended(id, bot.Succeeded)
	want := []bot.Status{bot.Requested, bot.Scheduled, bot.Running, bot.Canceling, bot.Succeeded}
	if diff := cmp.Diff(want, statuses(e)); diff != "" {
		t.Error(diff)
	}
}

func TestCancelOfWhatCannotBeCanceled(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.running()
	e := p.does("test.noop", bot.Succeeded)
	_, err := p.Cancel(w.ctx, e.ID, bob)
	if text := w.refused(bot.CodeConflict, err); text != "The execution has already ended: it is succeeded." {
		t.Errorf("it says %q", text)
	}
	if diff := cmp.Diff(e, p.look(e.ID)); diff != "" {
		t.Errorf("the cancel changed it:\n%s", diff)
	}
	_, err = p.Cancel(w.ctx, "0123456789abcdef01234567", bob)
	w.refused(bot.CodeNotFound, err)
}

// TestLostCancelNotice has nobody tell the worker. The heartbeat finds it.
func TestLostCancelNotice(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	watched := &watchedStore{Store: w.store()}
	watched.losing("cancel")
	p := w.processOn(watched, executor.Options{})
	p.start(p.Run)
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	_, err := p.Cancel(w.ctx, id, bob)
	w.must(err)
	if cause := tick(p, lease/3, it.stopped); cause.Error() != "canceled by a person" {
		t.Errorf("the handler was stopped because %v", cause)
	}
	p.ended(id, bot.Canceled)
}

// TestCancelRacesTheEnd cancels at the moment at which handlers begin or end. There is one end state, and whoever canceled was told
// the truth.
func TestCancelRacesTheEnd(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it), action("noop", bot.Once, doer(done)))
	p := w.running()
	rounds := 200
	if testing.Short() {
		rounds = 40
	}
	for i := range rounds {
		name := "test.noop"
		if i%2 == 0 {
			name = "test.it"
		}
		id := p.accept(command(name, nil)).ID
		var canceled bot.Execution
		var cancelErr error
		var both sync.WaitGroup
		if name == "test.it" {
			receive(w, it.began)
			both.Go(func() { it.end <- nil })
		}
		both.Go(func() { canceled, cancelErr = p.Cancel(w.ctx, id, bob) })
		both.Wait()
		e, err := p.Wait(w.ctx, id)
		w.must(err)
		if name == "test.it" { // one of the two came too late for the handler
			select {
			case cause := <-it.stopped:
				if cause.Error() != "canceled by a person" {
					t.Errorf("the handler was stopped because %v", cause)
				}
				for len(it.end) > 0 {
					w.must(<-it.end)
				}
			default:
			}
		}

		ends := 0
		for _, s := range statuses(e) {
			if s.Ended() {
				ends++
			}
		}
		asked := e.History[len(e.History)-2].Status == bot.Canceling
		switch {
		case ends != 1:
			t.Fatalf("%d end states: %v", ends, statuses(e))
		case cancelErr != nil && (bot.ErrorCode(cancelErr) != bot.CodeConflict || e.Status != bot.Succeeded || asked):
			t.Fatalf("Cancel said %v, and the history is %v", cancelErr, statuses(e))
		case cancelErr == nil && canceled.Status == bot.Canceled && (e.Status != bot.Canceled || e.Attempts > 0):
			t.Fatalf("canceled before it began, and the history is %v", statuses(e))
		case cancelErr == nil && canceled.Status == bot.Canceling && !asked:
			t.Fatalf("asked to stop, and the history is %v", statuses(e))
		}
		if r := w.reply(p.store, id); r.Status != e.Status {
			t.Fatalf("the reply says %s, the execution %s", r.Status, e.Status)
		}
	}
}
