package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

func places(names ...string) []store.Place {
	var all []store.Place
	for _, n := range names {
		all = append(all, store.Place{Name: n, Limit: 1})
	}
	return all
}

// work enqueues an entry and claims it.
func (f fixture) work(id string) store.Claim {
	f.Helper()
	f.enqueue(id)
	return f.one(id)
}

// take demands that a claim gets places.
func (f fixture) take(c store.Claim, names ...string) {
	f.Helper()
	f.acquire(store.Acquire{Claim: c, Places: places(names...)})
}

// wait demands that a claim has to wait for places, and what is in the way of them.
func (f fixture) wait(c store.Claim, names []string, blocked ...string) {
	f.Helper()
	f.acquire(store.Acquire{Claim: c, Places: places(names...), Wait: true}, blocked...)
}

// byHand demands that a person gets places for an hour.
func (f fixture) byHand(who string, names ...string) {
	f.Helper()
	f.acquire(store.Acquire{Claim: store.Claim{ID: who}, Keep: time.Hour, Places: places(names...)})
}

// acquire demands which places are in the way.
func (f fixture) acquire(a store.Acquire, blocked ...string) []store.Blocker {
	f.Helper()
	blockers, err := f.Acquire(f.Context(), a)
	f.code("", err)
	var names []string
	for _, b := range blockers {
		names = append(names, b.Name)
	}
	f.equal(blocked, names)
	return blockers
}

// holders demands who holds what, as name and owner.
func (f fixture) holders(prefix string, want ...string) {
	f.Helper()
	holds, err := f.Holds(f.Context(), prefix, "", store.MaxPage)
	f.code("", err)
	var got []string
	for _, h := range holds {
		got = append(got, h.Name+" "+h.Owner.ID)
	}
	f.equal(want, got)
}

// claimed claims what is due and demands that an entry is among it.
func (f fixture) claimed(id string) store.Claim {
	f.Helper()
	claims, err := f.Claim(f.Context(), store.ClaimOptions{Queue: jobs, Lease: lease, Max: store.MaxPage})
	f.code("", err)
	i := slices.IndexFunc(claims, func(c store.Claim) bool { return c.ID == id })
	if i < 0 {
		f.Fatalf("%s is not due, only %+v", id, claims)
	}
	return claims[i]
}

func (f fixture) finish(c store.Claim) {
	f.Helper()
	f.commit("", store.Batch{Finish: []store.Claim{c}})
}

// release gives a claim back for an hour, so that only what wakes it makes it due.
func (f fixture) release(c store.Claim) {
	f.Helper()
	f.commit("", store.Batch{Release: []store.Release{{Claim: c, Delay: time.Hour}}})
}

func (f fixture) remove(id string) {
	f.Helper()
	f.commit("", store.Batch{Remove: []store.Entry{entry(id, 0)}})
}

func locks(s suite) {
	s.test("all or none", func(f fixture) {
		a, b := f.work("a"), f.work("b")
		f.take(a, "x")
		f.acquire(store.Acquire{Claim: b, Places: places("w", "x", "y")}, "x")
		f.holders("", "x a")
		f.take(f.work("c"), "w", "y")
		f.finish(a)
		f.acquire(store.Acquire{Claim: b, Places: places("y", "x", "w")}, "y", "w")
	})
	s.test("as many as the limit", func(f fixture) {
		two := []store.Place{{Name: "x", Limit: 2}}
		a, b := f.work("a"), f.work("b")
		f.acquire(store.Acquire{Claim: a, Places: two})
		f.acquire(store.Acquire{Claim: a, Places: two}) // once more is not twice
		f.acquire(store.Acquire{Claim: b, Places: two})
		blockers := f.acquire(store.Acquire{Claim: f.work("c"), Places: two}, "x")
		f.equal(store.Claim{Queue: jobs, ID: "a", Fence: a.Fence}, blockers[0].Hold.Owner)
		f.finish(b)
		f.acquire(store.Acquire{Claim: f.work("d"), Places: two})
	})
	s.test("what is not asked for again is given back", func(f fixture) {
		a, b := f.work("a"), f.work("b")
		f.take(a, "x", "y")
		f.wait(b, []string{"x"}, "x")
		f.release(b)
		f.take(f.work("c"), "z")
		f.acquire(store.Acquire{Claim: a, Places: places("y", "z")}, "z")
		f.holders("", "y a", "z c")
		f.take(f.one("b"), "x")
		f.take(a)
		f.holders("", "x b", "z c")
	})
	s.test("what it tells", func(f fixture) {
		c := f.work("a")
		now, err := f.Now(f.Context())
		f.code("", err)
		f.acquire(store.Acquire{Claim: c, Places: places("x"), Note: "first"})
		f.advance(time.Second)
		f.acquire(store.Acquire{Claim: c, Places: places("x"), Note: "upgrade"})
		f.renew([]store.Claim{c})
		want := store.Hold{Name: "x", Owner: c, Note: "upgrade", Since: now, Until: now.Add(time.Second + lease)}
		holds, err := f.Holds(f.Context(), "", "", 1)
		f.code("", err)
		f.equal([]store.Hold{want}, holds)
		f.equal([]store.Blocker{{Name: "x", Hold: &want}}, f.acquire(store.Acquire{Claim: f.work("b"), Places: places("x")}, "x"))
	})
	s.test("only the current claim", func(f fixture) {
		a := f.work("a")
		f.take(a, "x")
		f.advance(lease)
		f.holders("")
		_, err := f.Acquire(f.Context(), store.Acquire{Claim: a, Places: places("x")})
		f.code(bot.CodeFenced, err)
		again := f.one("a")
		_, err = f.Acquire(f.Context(), store.Acquire{Claim: a, Places: places("x")})
		f.code(bot.CodeFenced, err)
		f.holders("") // the new claim takes what it wants itself
		f.take(again, "x")
	})
	s.test("a page of holds", func(f fixture) {
		for n := range 3 {
			f.acquire(store.Acquire{Claim: f.work(fmt.Sprint(n)), Places: []store.Place{{Name: "b", Limit: 3}, {Name: fmt.Sprintf("a%d", n), Limit: 1}}})
		}
		for _, c := range []struct {
			prefix, after string
			limit         int
			want          []string
		}{
			{"", "", 9, []string{"a0", "a1", "a2", "b", "b", "b"}},
			{"a", "", 2, []string{"a0", "a1"}},
			{"a", "a1", 2, []string{"a2"}},
			{"", "a1", 2, []string{"a2"}}, // those of b stay together
			{"", "a2", 2, []string{"b", "b"}},
			{"c", "", 2, nil},
		} {
			holds, err := f.Holds(f.Context(), c.prefix, c.after, c.limit)
			f.code("", err)
			var names []string
			for _, h := range holds {
				names = append(names, h.Name)
			}
			f.equal(c.want, names)
		}
	})
	s.test("names of any bytes", func(f fixture) {
		names := []string{"\x00", "\xff", "a\x00b", "a'\"\\b", "ü", "日本"}
		f.take(f.work("a"), names...)
		f.acquire(store.Acquire{Claim: f.work("b"), Places: places(names...)}, names...)
		f.holders("ü", "ü a")
	})
}

// endings are the ways in which a claim gives back what it holds.
func endings(s suite) {
	for _, c := range []struct {
		name string
		end  func(fixture, store.Claim)
	}{
		{"finish", func(f fixture, c store.Claim) { f.finish(c) }},
		{"finish, with a mark", func(f fixture, c store.Claim) {
			f.commit("", store.Batch{Enqueue: []store.Entry{entry(c.ID, time.Hour)}})
			f.finish(c)
		}},
		{"release", func(f fixture, c store.Claim) { f.release(c) }},
		{"remove", func(f fixture, c store.Claim) { f.remove(c.ID) }},
		{"the lease ends and the entry is claimed again", func(f fixture, _ store.Claim) { f.advance(lease); f.one("holder") }},
		{"the lease ends and somebody asks", func(f fixture, _ store.Claim) {
			f.advance(lease)
			f.acquire(store.Acquire{Claim: store.Claim{ID: "ann"}, Keep: time.Hour, Places: places("x")}, "x") // the line comes first
		}},
	} {
		s.test(c.name, func(f fixture) {
			const apart = "waiters"
			woken, err := f.Subscribe(f.Context(), store.QueueTopic(apart))
			f.code("", err)
			claim := func() store.Claim {
				f.Helper()
				claims, err := f.Claim(f.Context(), store.ClaimOptions{Queue: apart, Lease: lease, Max: 1})
				f.code("", err)
				f.equal(1, len(claims))
				return claims[0]
			}
			holder := f.work("holder")
			f.take(holder, "x")
			f.commit("", store.Batch{Enqueue: []store.Entry{{Queue: apart, ID: "waiter"}}})
			waiter := claim()
			f.wait(waiter, []string{"x"}, "x")
			f.release(waiter)
			c.end(f, holder)
			f.equal([]string{"", "", ""}, receive(f, woken, 3)) // enqueued, released, and now woken
			f.take(claim(), "x")
			f.holders("", "x waiter")
		})
	}
	s.test("a waiter that is still claimed is marked", func(f fixture) {
		holder, waiter := f.work("holder"), f.work("waiter")
		f.take(holder, "x")
		f.wait(waiter, []string{"x"}, "x")
		f.finish(holder)
		f.release(waiter)
		f.take(f.one("waiter"), "x")
	})
	s.test("holder and waiter end in one batch", func(f fixture) {
		holder, first, second := f.work("holder"), f.work("first"), f.work("second")
		f.take(holder, "x")
		f.wait(first, []string{"x"}, "x")
		f.wait(second, []string{"x"}, "x")
		f.release(second)
		f.commit("", store.Batch{Finish: []store.Claim{first, holder}})
		f.take(f.claim(9, "second")[0], "x")
	})
	s.test("a batch that fails gives nothing back", func(f fixture) {
		holder, waiter := f.work("holder"), f.work("waiter")
		f.take(holder, "x")
		f.wait(waiter, []string{"x"}, "x")
		f.release(waiter)
		f.commit(bot.CodeConflict, store.Batch{Finish: []store.Claim{holder}, Puts: []store.Put{put("a", 7, doc(1))}})
		f.holders("", "x holder")
		f.claim(1)
	})
}
