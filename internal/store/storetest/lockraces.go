package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

func lockRaces(s suite) {
	names := []string{"a", "b", "c", "d", "e"}
	crossed := func(n int) []store.Place {
		if n == 0 {
			return places("a", "b")
		}
		return places("b", "a")
	}
	overlapping := func(n int) []store.Place {
		all := places(names[n%5], names[(n+1+n/5%4)%5])
		if n%3 == 0 {
			all = append(all, store.Place{Name: "pool", Limit: 2})
		}
		return all
	}
	s.test("two that want the same two in another order", func(f fixture) {
		rounds := 50
		if testing.Short() {
			rounds = 20
		}
		contest{fixture: f, entries: 2, rounds: rounds, places: crossed}.run()
	})
	s.test("many that overlap", func(f fixture) {
		contest{fixture: f, entries: 25, rounds: 3, places: overlapping}.run()
	})
	s.test("many that overlap, and some die", func(f fixture) {
		contest{fixture: f, entries: 20, rounds: 3, places: overlapping, deadly: true}.run()
	})
}

// contest lets workers over two handles work on entries that want places, each for some rounds. The clock stands still, so whoever
// waits goes on only when it is woken.
type contest struct {
	fixture
	entries, rounds int
	places          func(n int) []store.Place
	deadly          bool // now and then a worker goes silent, and all leases end
}

// ring is what the workers have in common.
type ring struct {
	contest
	end    context.CancelFunc
	rounds []atomic.Int64 // of each entry
	done   []atomic.Bool
	pool   atomic.Int64
	turns  atomic.Int64
	left   atomic.Int64
}

func (c contest) run() {
	c.Helper()
	ctx, end := context.WithCancel(c.Context())
	defer end()
	r := &ring{contest: c, end: end, rounds: make([]atomic.Int64, c.entries), done: make([]atomic.Bool, c.entries)}
	r.left.Store(int64(c.entries))
	var b store.Batch
	for n := range c.entries {
		b.Enqueue = append(b.Enqueue, entry(fmt.Sprint(n), 0))
	}
	g := c.other()
	c.commit("", b)
	c.code("", together(8, func(n int) error {
		err := r.work(ctx, []store.Store{c.Store, g.Store}[n%2])
		if err != nil {
			end()
		}
		return err
	}))
	c.finishAll() // some were woken once more while they had what they wanted
	c.due(empty)
	c.holders("")
}

// finishAll finishes what is due.
func (f fixture) finishAll() {
	f.Helper()
	claims, err := f.Claim(f.Context(), store.ClaimOptions{Queue: jobs, Lease: lease, Max: store.MaxPage})
	f.code("", err)
	f.commit("", store.Batch{Finish: claims})
}

// work claims what is due until all is done, which ends ctx.
func (r *ring) work(ctx context.Context, s store.Store) error {
	woken, err := s.Subscribe(ctx, store.QueueTopic(jobs))
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		claims, err := s.Claim(r.Context(), store.ClaimOptions{Queue: jobs, Lease: lease, Max: 1})
		if err != nil {
			return err
		}
		if len(claims) == 1 {
			if err := r.turn(s, claims[0]); err != nil && (!r.deadly || bot.ErrorCode(err) != bot.CodeFenced) {
				return err
			}
			continue
		}
		select {
		case <-woken:
		case <-ctx.Done():
		case <-time.After(patience):
			return fmt.Errorf("%d entries still wait, and nobody wakes them", r.left.Load())
		}
	}
	return nil
}

// turn does what a worker does with one claim.
func (r *ring) turn(s store.Store, c store.Claim) error {
	var n int
	if _, err := fmt.Sscan(c.ID, &n); err != nil {
		return err
	}
	if r.done[n].Load() {
		return s.Commit(r.Context(), store.Batch{Finish: []store.Claim{c}})
	}
	a := store.Acquire{Claim: c, Places: r.places(n), Wait: true}
	blockers, err := s.Acquire(r.Context(), a)
	if err != nil {
		return err
	}
	if len(blockers) > 0 {
		return s.Commit(r.Context(), store.Batch{Release: []store.Release{{Claim: c, Delay: 24 * time.Hour}}})
	}
	turns := r.turns.Add(1)
	batch, err := r.alone(s, a)
	if err != nil {
		return err
	}
	if r.deadly && turns%10 == 0 {
		r.h.Advance(r.T, lease)
		return nil
	}
	last := r.rounds[n].Add(1) >= int64(r.contest.rounds)
	if last {
		batch.Finish = []store.Claim{c}
	} else {
		batch.Release = []store.Release{{Claim: c}}
	}
	if err := s.Commit(r.Context(), batch); err != nil || !last {
		return err
	}
	if r.done[n].CompareAndSwap(false, true) && r.left.Add(-1) == 0 {
		r.end()
	}
	return nil
}

// alone writes a record for each place that only one may have, and returns a batch that fails if anybody else has written one since.
func (r *ring) alone(s store.Store, a store.Acquire) (store.Batch, error) {
	first, then := store.Batch{Guards: []store.Claim{a.Claim}}, store.Batch{}
	for _, p := range a.Places {
		if p.Limit > 1 {
			if held := r.pool.Add(1); held > int64(p.Limit) && !r.deadly {
				return then, fmt.Errorf("%d have a place at %s", held, p.Name)
			}
			defer r.pool.Add(-1)
			continue
		}
		is, err := s.Get(r.Context(), key(p.Name))
		if err != nil && bot.ErrorCode(err) != bot.CodeNotFound {
			return then, err
		}
		first.Puts = append(first.Puts, put(p.Name, is.Version, doc(1)))
		then.Puts = append(then.Puts, put(p.Name, is.Version+1, doc(2)))
	}
	if err := s.Commit(r.Context(), first); err != nil {
		if bot.ErrorCode(err) == bot.CodeConflict {
			err = errors.Join(fmt.Errorf("%s is not alone", a.Claim.ID), err)
		}
		return then, err
	}
	return then, nil
}
