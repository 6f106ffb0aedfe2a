package executor_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/policy"
)

func retried(a executor.Action, r policy.Retry) executor.Action {
	r.Policy = "test.again"
	a.Rules.Retry = &r
	return a
}

func TestRetry(t *testing.T) {
	it := newWork()
	w := newWorld(t, retried(action("it", bot.Idempotent, it), policy.Retry{On: []bot.Status{bot.Failed}, Max: 2, Delay: 10 * time.Second}), action("noop", bot.Read, doer(done)))
	p := w.running()
	id := p.accept(command("test.it", nil)).ID
	for n := 1; n <= 2; n++ {
		job := receive(w, it.began)
		marks, err := job.Checkpoints(w.ctx)
		if err != nil || len(marks) > 0 {
			t.Errorf("try %d sees the marks of the one before: %v, %v", n, marks, err)
		}
		w.must(job.Mark(w.ctx, bot.Checkpoint{Target: "irene1", Phase: bot.Intent}))
		it.end <- bot.E(bot.CodeUnavailable, "test.do", "irene1 does not answer.", nil)
		e := p.becomes(id, bot.Delayed)
		why := e.History[len(e.History)-1].Why
		if !strings.Contains(why, "It failed: irene1 does not answer. Tried again in 10s (") || e.Retries != n {
			t.Errorf("after try %d it waits because %q, retries %d", n, why, e.Retries)
		}
		w.time.Advance(10 * time.Second)
		p.does("test.noop", bot.Succeeded) // what wakes the worker loop
	}
	receive(w, it.began)
	it.end <- bot.E(bot.CodeUnavailable, "test.do", "irene1 does not answer.", nil)
	e := p.ended(id, bot.Failed)
	if e.Attempts != 3 || e.Retries != 2 {
		t.Errorf("attempts %d, retries %d", e.Attempts, e.Retries)
	}
}

// What cannot help, or must not be done twice, is not tried again.
func TestNoRetry(t *testing.T) {
	r := policy.Retry{On: []bot.Status{bot.Failed, bot.Timeout}, Max: 2}
	hangs := doer(func(ctx context.Context, _ bot.Job, _ params) (bot.Result, error) {
		<-ctx.Done()
		return bot.Result{}, ctx.Err()
	})
	slow := retried(action("slow", bot.Once, hangs), r)
	slow.Spec.Timeout = time.Nanosecond
	w := newWorld(t, slow,
		retried(action("wrong", bot.Idempotent, fails(bot.E(bot.CodeInvalid, "test.do", "There is no host irenee1.", nil))), r),
		retried(action("good", bot.Idempotent, doer(done)), r))
	p := w.running()
	for name, want := range map[string]bot.Status{"slow": bot.Timeout, "wrong": bot.Failed, "good": bot.Succeeded} {
		if e := p.does("test."+name, want); e.Attempts != 1 || slices.Contains(statuses(e), bot.Delayed) {
			t.Errorf("%s: %+v", name, e.History)
		}
	}
}

// A retry waits in the store: it outlives the worker that failed.
func TestRetryOutlivesItsWorker(t *testing.T) {
	it := newWork()
	w := newWorld(t, retried(action("it", bot.Read, it), policy.Retry{On: []bot.Status{bot.Failed}, Max: 1, Delay: time.Minute}))
	p := w.process(executor.Options{})
	stop := p.start(p.Run)
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	it.end <- bot.E(bot.CodeUnavailable, "test.do", "No.", nil)
	p.becomes(id, bot.Delayed)
	stop()
	w.time.Advance(time.Minute)
	next := w.running()
	receive(w, it.began)
	it.end <- nil
	next.ended(id, bot.Succeeded)
}
