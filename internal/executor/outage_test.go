package executor_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

// TestStoreAwayAtTheEnd: the result is recorded when the store is back, once, whether the first write was made or not.
func TestStoreAwayAtTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		trouble trouble
	}{
		"not written":            {trouble: fail(5, ends("work"))},
		"written, answer lost":   {trouble: loseAnswers(1, ends("work"))},
		"lost, then not written": {trouble: both(loseAnswers(1, ends("work")), fail(1, again(ends("work"))))},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, action("noop", bot.Once, doer(done)))
			watched := &watchedStore{Store: w.store()}
			p := w.processOn(watched, executor.Options{})
			stop := p.start(p.Run)
			watched.failing(c.trouble)
			id := p.accept(command("test.noop", nil)).ID
			ended := make(chan bot.Execution, 1)
			go func() {
				e, err := p.Wait(w.ctx, id)
				if err != nil {
					t.Error(err)
				}
				ended <- e
			}()
			if e := tick(p, 250*time.Millisecond, ended); e.Status != bot.Succeeded || e.Summary != "Done." {
				t.Errorf("it ended %s, %q", e.Status, e.Summary)
			}
			stop()
			n := 0
			for _, b := range watched.batches() {
				if ends("work")(b) {
					n++
				}
			}
			if n != 1 {
				t.Errorf("the end was written %d times", n)
			}
		})
	}
}

// both lets the second trouble decide about what the first one lets pass.
func both(first, second trouble) trouble {
	return func(b store.Batch) (written, answered bool) {
		if written, answered = first(b); written && answered {
			return second(b)
		}
		return written, answered
	}
}

// again picks the batches of a kind but for the first.
func again(kind func(store.Batch) bool) func(store.Batch) bool {
	seen := false
	return func(b store.Batch) bool {
		if !kind(b) {
			return false
		}
		before := seen
		seen = true
		return before
	}
}

// TestStoreGoneForGood: Run comes to an end although nothing can be recorded any more.
func TestStoreGoneForGood(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	watched := &watchedStore{Store: w.store()}
	p := w.processOn(watched, executor.Options{})
	begin, ended := p.stopping()
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	watched.failing(fail(1_000_000, anyBatch))
	watched.setDeaf(true)
	begin()
	w.must(tick(p, time.Minute, ended))
	if s := p.look(id).Status; s != bot.Running {
		t.Errorf("it is %s", s)
	}
	watched.failing(nil)
	w.time.Advance(lease)
	w.running().ended(id, bot.Abandoned)
}

// TestStoreAwayAtTheBeginning: nothing was done yet, so the execution does not fail but is taken up again.
func TestStoreAwayAtTheBeginning(t *testing.T) {
	w := newWorld(t, action("noop", bot.Once, doer(done)))
	watched := &watchedStore{Store: w.store()}
	p := w.processOn(watched, executor.Options{})
	id := p.accept(command("test.noop", nil)).ID
	failed := make(chan bool, 1)
	watched.failing(func(b store.Batch) (written, answered bool) {
		if begins(b) {
			failed <- true
			watched.trouble = nil // its lock is held
			return false, false
		}
		return true, true
	})
	p.start(p.Run)
	receive(w, failed)
	if e := p.look(id); e.Status != bot.Requested {
		t.Errorf("it is %s", e.Status)
	}
	w.time.Advance(lease)
	ended := make(chan error, 1)
	go func() {
		_, err := p.Wait(w.ctx, id)
		ended <- err
	}()
	w.must(tick(p, time.Second, ended))
	p.ended(id, bot.Succeeded)
}

// TestConflictThenStoreAway cancels a handler that is about to end, and takes the store away before the end can be written over it.
func TestConflictThenStoreAway(t *testing.T) {
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
	watched.failing(fail(1, again(ends("work"))))
	it.end <- nil
	ended := make(chan error, 1)
	go func() {
		_, err := p.Wait(w.ctx, id)
		ended <- err
	}()
	w.must(tick(p, 250*time.Millisecond, ended))
	p.ended(id, bot.Succeeded)
}
