package executor_test

import (
	"context"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

// TestProgressAtMostOnceASecond reads what is written for the chat while the handler reports far more often.
func TestProgressAtMostOnceASecond(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Idempotent, it))
	watched := &watchedStore{Store: w.store(), committed: make(chan store.Batch, 100)}
	p := w.processOn(watched, executor.Options{})
	p.start(p.Run)
	id := p.accept(command("test.it", nil)).ID
	job := receive(w, it.began)
	receive(w, watched.committed) // accepted
	receive(w, watched.committed) // begun

	_, paused := p.clock.Waiters()
	job.Progress(bot.Progress{Done: 1, Total: 3})
	receive(w, watched.committed)
	if r := w.reply(p.store, id); !says(r, "1 of 3") || r.Status != bot.Running {
		t.Errorf("the reply is %+v", r)
	}
	receive(w, paused) // whoever wrote it waits for the clock now
	job.Progress(bot.Progress{Done: 2, Total: 3})
	job.Progress(bot.Progress{Done: 3, Total: 3, Text: "irene3"})
	if len(watched.committed) > 0 {
		t.Fatal("two states were written within a second")
	}
	p.clock.Advance(time.Second)
	receive(w, watched.committed)
	if r := w.reply(p.store, id); !says(r, "3 of 3: irene3") {
		t.Errorf("the newest progress is not shown: %+v", r)
	}

	it.end <- nil // right after the last edit
	p.ended(id, bot.Succeeded)
	if r := w.reply(p.store, id); r.Status != bot.Succeeded || says(r, "3 of 3: irene3") || offers(r, "cancel "+id) {
		t.Errorf("the final reply is %+v", r)
	}
}

// TestProgressDoesNotSlow reports a million times while the store takes no write at all.
func TestProgressDoesNotSlow(t *testing.T) {
	w := newWorld(t)
	held := make(chan bool)
	watched := &watchedStore{Store: w.store()}
	p := w.processOn(watched, executor.Options{})
	w.catalog["test.it"] = action("it", bot.Read, doer(func(_ context.Context, job bot.Job, _ params) (bot.Result, error) {
		watched.failing(func(store.Batch) (written, answered bool) {
			<-held
			return true, true
		})
		for i := range 1_000_000 {
			job.Progress(bot.Progress{Done: i})
		}
		close(held)
		return bot.Result{}, nil
	}))
	p.start(p.Run)
	p.does("test.it", bot.Succeeded)
}
