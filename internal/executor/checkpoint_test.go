package executor_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

// durable returns the checkpoints of an execution as another process finds them.
func durable(w *world, s store.Store, id string) map[string]bot.Phase {
	w.Helper()
	marks := map[string]bot.Phase{}
	q := store.Query{Kind: "checkpoint", Index: store.Index{Name: "execution", Value: id}}
	for {
		page, err := s.List(w.ctx, q)
		w.must(err)
		for _, r := range page.Records {
			doc, err := store.Decode[bot.Checkpoint](r.Data)
			w.must(err)
			marks[doc.Value.Target] = doc.Value.Phase
		}
		if q.After = page.Next; q.After == "" {
			return marks
		}
	}
}

func mark(target string, phase bot.Phase) bot.Checkpoint {
	return bot.Checkpoint{Target: target, Phase: phase, From: "service", Path: []string{"maintenance"}}
}

func TestMarks(t *testing.T) {
	w := newWorld(t)
	other := w.store()
	w.catalog["test.set"] = action("set", bot.Idempotent, doer(func(ctx context.Context, job bot.Job, _ params) (bot.Result, error) {
		id := job.Request().Execution
		expect := func(want map[string]bot.Phase) {
			t.Helper()
			if diff := cmp.Diff(want, durable(w, other, id)); diff != "" {
				t.Error(diff)
			}
		}
		w.must(job.Mark(ctx, mark("irene1", bot.Intent)))
		expect(map[string]bot.Phase{"irene1": bot.Intent})
		w.must(job.Mark(ctx, mark("irene1", bot.Done)))
		expect(map[string]bot.Phase{"irene1": bot.Intent}) // held back, to be written with what comes next
		w.must(job.Mark(ctx, mark("irene2", bot.Intent)))
		expect(map[string]bot.Phase{"irene1": bot.Done, "irene2": bot.Intent})

		want := map[string]bot.Phase{"irene1": bot.Done, "irene2": bot.Intent}
		for i := range 256 {
			host := fmt.Sprintf("node%d", i)
			w.must(job.Mark(ctx, mark(host, bot.Done)))
			want[host] = bot.Done
		}
		expect(want) // more are not held back

		w.must(job.Mark(ctx, mark("irene3", bot.Done)))
		w.must(job.Mark(ctx, mark("irene3", bot.Intent)))
		want["irene3"] = bot.Intent
		expect(want) // begun anew, the old mark counts no more
		return bot.Result{}, nil
	}))
	w.running().does("test.set", bot.Succeeded)
}

// TestMarksOfOnce: after a death they are all that is known, so none is held back.
func TestMarksOfOnce(t *testing.T) {
	w := newWorld(t)
	other := w.store()
	w.catalog["test.add"] = action("add", bot.Once, doer(func(ctx context.Context, job bot.Job, _ params) (bot.Result, error) {
		w.must(job.Mark(ctx, mark("irene1", bot.Done)))
		if diff := cmp.Diff(map[string]bot.Phase{"irene1": bot.Done}, durable(w, other, job.Request().Execution)); diff != "" {
			t.Error(diff)
		}
		return bot.Result{}, nil
	}))
	w.running().does("test.add", bot.Succeeded)
}

// TestSecondAttemptSeesMarks lets a worker die with marks on more hosts than one page of the store holds.
func TestSecondAttemptSeesMarks(t *testing.T) {
	const hosts = store.MaxPage + 12
	it := newWork()
	w := newWorld(t, action("set", bot.Idempotent, it))
	dead := w.dying()
	id := dead.accept(command("test.set", nil)).ID
	job := receive(w, it.began)
	if marks, err := job.Checkpoints(w.ctx); err != nil || len(marks) != 0 {
		t.Fatalf("the first attempt found %v, %v", marks, err)
	}
	for i := range hosts {
		w.must(job.Mark(w.ctx, mark(fmt.Sprintf("irene%d", i), bot.Done)))
	}
	w.must(job.Mark(w.ctx, mark("irene0", bot.Intent))) // with it go the ones held back

	w.time.Advance(lease)
	next := w.running()
	again := receive(w, it.began)
	marks, err := again.Checkpoints(w.ctx)
	w.must(err)
	if len(marks) != hosts {
		t.Errorf("the second attempt found %d marks, want %d", len(marks), hosts)
	}
	if diff := cmp.Diff(mark("irene0", bot.Intent), marks["irene0"]); diff != "" {
		t.Error(diff)
	}
	it.end <- nil
	it.end <- nil
	next.ended(id, bot.Succeeded)
}

// TestMarkOfFencedWorker: the store refuses it, and the handler is stopped.
func TestMarkOfFencedWorker(t *testing.T) {
	for name, report := range map[string]func(context.Context, bot.Job) error{
		"intent": func(ctx context.Context, job bot.Job) error { return job.Mark(ctx, mark("irene2", bot.Intent)) },
		"progress": func(_ context.Context, job bot.Job) error {
			job.Progress(bot.Progress{Done: 1})
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			it := newWork()
			w := newWorld(t, action("set", bot.Idempotent, it))
			dead := w.dying()
			id := dead.accept(command("test.set", nil)).ID
			job := receive(w, it.began)
			w.time.Advance(lease)
			next := w.process(executor.Options{})
			claims, err := next.store.Claim(w.ctx, claimOf("work"))
			if err != nil || len(claims) != 1 {
				t.Fatalf("claimed %v, %v", claims, err)
			}

			err = report(w.ctx, job)
			if name == "intent" {
				w.refused(bot.CodeFenced, err)
			}
			if cause := receive(w, it.stopped); cause.Error() != "another worker owns the execution" {
				t.Errorf("the handler was stopped because %v", cause)
			}
			if marks := durable(w, next.store, id); len(marks) != 0 {
				t.Errorf("the fenced worker wrote %v", marks)
			}
		})
	}
}

// TestMarkWhileStoreIsAway: a store that is away for a moment fails no handler; the mark is written when it is back.
func TestMarkWhileStoreIsAway(t *testing.T) {
	p, job, it := marking(t)
	p.store.(*watchedStore).failing(fail(3, anyBatch))
	marked := make(chan error, 1)
	go func() { marked <- job.Mark(p.world.ctx, mark("irene1", bot.Intent)) }()
	p.world.must(tick(p, 250*time.Millisecond, marked))
	id := job.Request().Execution // a job is its handler's, and not to be asked after its end
	it.end <- nil
	p.ended(id, bot.Succeeded)
	if marks := durable(p.world, p.store, id); len(marks) != 1 {
		t.Errorf("on record is %v", marks)
	}
}

// TestMarkWithoutStore: without its intent on record a target must not be touched, so the handler is told, and stopped once its claim may
// be lost. The next worker carries on.
func TestMarkWithoutStore(t *testing.T) {
	p, job, it := marking(t)
	p.store.(*watchedStore).failing(fail(1_000_000, anyBatch))
	marked := make(chan error, 1)
	go func() { marked <- job.Mark(p.world.ctx, mark("irene1", bot.Intent)) }()
	p.world.refused(bot.CodeUnavailable, tick(p, lease/4, marked))
	if cause := receive(p.world, it.stopped); cause.Error() != "another worker owns the execution" {
		t.Errorf("the handler was stopped because %v", cause)
	}
	p.store.(*watchedStore).failing(nil)
	p.world.time.Advance(lease)
	next := p.world.running()
	receive(p.world, it.began)
	it.end <- nil
	next.ended(job.Request().Execution, bot.Succeeded)
}

// marking starts a process on a watched store with an execution whose handler has begun.
func marking(t *testing.T) (*process, bot.Job, *work) {
	t.Helper()
	it := newWork()
	w := newWorld(t, action("set", bot.Idempotent, it))
	p := w.processOn(&watchedStore{Store: w.store()}, executor.Options{Workers: 1})
	p.start(p.Run)
	p.accept(command("test.set", nil))
	return p, receive(w, it.began), it
}
