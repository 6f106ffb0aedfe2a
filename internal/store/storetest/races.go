package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"sync"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// together runs n goroutines at once and returns one of their errors.
func together(n int, do func(n int) error) error {
	var group sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		group.Go(func() { errs[i] = do(i) })
	}
	group.Wait()
	return cmp.Or(errs...)
}

func races(s suite) {
	s.test("counting by compare-and-set", counting)
	s.test("one delivery of many is accepted", dedupe)
	s.test("no entry is claimed twice", sharing)
}

// counting makes 200 increments from many goroutines over two handles: each version must be written exactly once.
func counting(f fixture) {
	g := f.other()
	const clients, each = 20, 10
	var mu sync.Mutex // guards seen
	seen := make(map[store.Version]bool)
	increment := func(s store.Store) error {
		for {
			r, err := s.Get(f.Context(), key("counter"))
			if err != nil && bot.ErrorCode(err) != bot.CodeNotFound {
				return err
			}
			err = s.Commit(f.Context(), puts(put("counter", r.Version, doc(int(r.Version)+1))))
			if bot.ErrorCode(err) == bot.CodeConflict {
				continue
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if seen[r.Version+1] {
				return fmt.Errorf("version %d was written twice", r.Version+1)
			}
			seen[r.Version+1] = true
			return nil
		}
	}
	f.code("", together(clients, func(n int) error {
		for range each {
			if err := increment([]store.Store{f.Store, g.Store}[n%2]); err != nil {
				return err
			}
		}
		return nil
	}))
	f.equal(clients*each, len(seen))
	f.record(key("counter"), clients*each, doc(clients*each))
}

// dedupe delivers one message a hundred times at once.
func dedupe(f fixture) {
	g := f.other()
	var mu sync.Mutex // guards accepted
	var accepted []string
	f.code("", together(100, func(n int) error {
		id := fmt.Sprintf("execution%03d", n)
		err := []store.Store{f.Store, g.Store}[n%2].Commit(f.Context(), store.Batch{
			Puts:    []store.Put{put("delivery", store.Absent, doc(n)), put(id, store.Absent, doc(n))},
			Enqueue: []store.Entry{entry(id, 0)},
		})
		if bot.ErrorCode(err) == bot.CodeConflict {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		accepted = append(accepted, id)
		return err
	}))
	f.equal(1, len(accepted))
	f.claim(10, accepted[0])
	_, err := f.Get(f.Context(), key(accepted[0]))
	f.code("", err)
}

// sharing lets many workers over two handles empty a queue.
func sharing(f fixture) {
	g := f.other()
	const entries = 300
	var b store.Batch
	for n := range entries {
		b.Enqueue = append(b.Enqueue, entry(fmt.Sprint(n), 0))
	}
	f.commit("", b)
	var mu sync.Mutex // guards fences
	fences := make(map[string]int64)
	note := func(claims []store.Claim) error {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range claims {
			if fences[c.ID] != 0 {
				return fmt.Errorf("%s was claimed with fence %d and %d", c.ID, fences[c.ID], c.Fence)
			}
			fences[c.ID] = c.Fence
		}
		return nil
	}
	f.code("", together(16, func(n int) error {
		s := []store.Store{f.Store, g.Store}[n%2]
		for {
			claims, err := s.Claim(f.Context(), store.ClaimOptions{Queue: jobs, Lease: lease, Max: 1 + n%4})
			if err != nil || len(claims) == 0 {
				return err
			}
			if err := errors.Join(note(claims), s.Commit(f.Context(), store.Batch{Finish: claims})); err != nil {
				return err
			}
		}
	}))
	f.equal(entries, len(fences))
	f.due(empty)
}
