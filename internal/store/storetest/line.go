package storetest

import (
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// line is about who waits for places.
func line(s suite) {
	// queued has a holder of x and a line of two behind it.
	queued := func(name string, run func(f fixture, holder, first, second store.Claim)) {
		s.test(name, func(f fixture) {
			holder, first, second := f.work("holder"), f.work("first"), f.work("second")
			f.take(holder, "x")
			f.wait(first, []string{"x"}, "x")
			f.wait(second, []string{"x"}, "x")
			f.release(second)
			run(f, holder, first, second)
		})
	}
	queued("in order", func(f fixture, holder, first, _ store.Claim) {
		f.release(first)
		f.finish(holder)
		first = f.claim(9, "first")[0] // and nobody else is woken
		late := f.work("late")
		blockers := f.acquire(store.Acquire{Claim: late, Places: places("x")}, "x")
		f.equal([]store.Blocker{{Name: "x", Ahead: 2}}, blockers)
		f.take(first, "x")
		f.wait(late, []string{"x"}, "x")
		f.finish(first)
		second := f.claim(9, "second")[0]
		f.equal(1, f.acquire(store.Acquire{Claim: late, Places: places("x"), Wait: true}, "x")[0].Ahead)
		f.take(second, "x")
	})
	queued("the turn is kept when it asks again", func(f fixture, holder, first, second store.Claim) {
		f.wait(first, []string{"x"}, "x")
		f.acquire(store.Acquire{Claim: first, Places: places("x")}, "x") // not to wait any longer is no reason to leave
		f.finish(holder)
		f.equal(0, len(f.acquire(store.Acquire{Claim: first, Places: places("x")})))
	})
	for name, leave := range map[string]func(f fixture, first store.Claim){
		"finish": func(f fixture, first store.Claim) { f.finish(first) },
		"finish, with a mark": func(f fixture, first store.Claim) {
			f.commit("", store.Batch{Enqueue: []store.Entry{entry("first", time.Hour)}})
			f.finish(first)
		},
		"remove":           func(f fixture, _ store.Claim) { f.remove("first") },
		"asks for another": func(f fixture, first store.Claim) { f.take(first, "y") },
		"asks for another in vain": func(f fixture, first store.Claim) {
			f.take(f.work("other"), "y")
			f.wait(first, []string{"y"}, "y")
		},
		"asks for more": func(f fixture, first store.Claim) {
			f.take(f.work("other"), "y")
			f.wait(first, []string{"x", "y"}, "x", "y")
		},
	} {
		queued("the turn is lost: "+name, func(f fixture, holder, first, _ store.Claim) {
			leave(f, first)
			f.finish(holder)
			f.take(f.claim(9, "second")[0], "x")
		})
		queued("the turn is lost while there is room: "+name, func(f fixture, holder, first, _ store.Claim) {
			f.finish(holder)
			f.claim(9) // it is the first's turn, who is marked
			leave(f, first)
			f.take(f.claimed("second"), "x")
		})
	}
	s.test("one turn for all places", func(f fixture) {
		a, b := f.work("a"), f.work("b")
		f.take(a, "x")
		f.wait(b, []string{"x", "y"}, "x")
		f.acquire(store.Acquire{Claim: f.work("c"), Places: places("y")}, "y")
		f.finish(a)
		f.take(b, "y", "x")
	})
	s.test("room for all before him", func(f fixture) {
		two := []store.Place{{Name: "x", Limit: 2}}
		f.take(f.work("a"), "y")
		first, second := f.work("first"), f.work("second")
		f.acquire(store.Acquire{Claim: first, Places: append(places("y"), two...), Wait: true}, "y")
		f.acquire(store.Acquire{Claim: second, Places: two, Wait: true})
		f.acquire(store.Acquire{Claim: f.work("third"), Places: two}, "x")
	})
	s.test("the second is woken beside the first", func(f fixture) {
		two := []store.Place{{Name: "x", Limit: 2}}
		a, b := f.work("a"), f.work("b")
		f.take(f.work("c"), "y")
		f.acquire(store.Acquire{Claim: a, Places: two})
		f.acquire(store.Acquire{Claim: b, Places: two})
		for _, w := range []struct {
			id     string
			places []store.Place
			want   []string
		}{{"first", append(places("y"), two...), []string{"y", "x"}}, {"second", two, []string{"x"}}} {
			c := f.work(w.id)
			f.acquire(store.Acquire{Claim: c, Places: w.places, Wait: true}, w.want...)
			f.release(c)
		}
		f.finish(a)
		f.release(f.claim(9, "first")[0])
		f.finish(b)
		f.acquire(store.Acquire{Claim: f.claim(9, "first", "second")[1], Places: two})
	})
	s.test("what a waiter holds himself is not in his way", func(f fixture) {
		two := []store.Place{{Name: "x", Limit: 2}}
		a, b := f.work("a"), f.work("b")
		f.take(a, "y")
		f.acquire(store.Acquire{Claim: b, Places: two})
		f.acquire(store.Acquire{Claim: f.work("c"), Places: two})
		f.acquire(store.Acquire{Claim: b, Places: append(places("y"), two...), Wait: true}, "y")
		f.holders("x", "x b", "x c")
		f.finish(a)
		f.acquire(store.Acquire{Claim: b, Places: append(places("y"), two...)})
	})
}

func byHand(s suite) {
	ann := store.Acquire{Claim: store.Claim{ID: "ann"}, Keep: time.Hour, Note: "looking at it", Places: places("x")}
	s.test("until its end", func(f fixture) {
		now, err := f.Now(f.Context())
		f.code("", err)
		f.acquire(ann)
		waiter := f.work("waiter")
		h := f.acquire(store.Acquire{Claim: waiter, Places: places("x"), Wait: true}, "x")[0].Hold
		f.equal(store.Hold{
			Name: "x", Owner: store.Claim{ID: "ann", Fence: h.Owner.Fence}, Note: "looking at it", Since: now, Until: now.Add(time.Hour),
		}, *h)
		f.acquire(store.Acquire{Claim: store.Claim{ID: "bob"}, Keep: time.Hour, Places: places("x")}, "x")
		f.advance(time.Hour)
		f.holders("")
		f.take(f.one("waiter"), "x")
		f.sweep(9, 0)
		f.holders("", "x waiter")
	})
	s.test("the janitor tells of its end", func(f fixture) {
		f.acquire(ann)
		waiter := f.work("waiter")
		f.wait(waiter, []string{"x"}, "x")
		f.commit("", store.Batch{Release: []store.Release{{Claim: waiter, Delay: 2 * time.Hour}}})
		f.advance(time.Hour)
		f.claim(1)
		f.sweep(9, 0)
		f.take(f.one("waiter"), "x")
	})
	s.test("longer", func(f fixture) {
		f.acquire(ann)
		f.advance(time.Minute)
		f.acquire(ann)
		f.byHand("ann", "y") // and x stays hers
		f.advance(time.Hour - time.Minute)
		f.sweep(9, 0)
		f.holders("", "x ann", "y ann")
		f.advance(time.Minute)
		f.holders("")
	})
	s.test("a person is not an entry of the same name", func(f fixture) {
		f.take(f.work("ann"), "x")
		f.acquire(ann, "x")
	})
	s.test("free", func(f fixture) {
		three := []store.Place{{Name: "x", Limit: 3}}
		for _, who := range []string{"ann", "bob"} {
			f.acquire(store.Acquire{Claim: store.Claim{ID: who}, Keep: time.Hour, Places: three})
		}
		f.acquire(store.Acquire{Claim: f.work("a"), Places: three})
		waiter := f.work("waiter")
		f.acquire(store.Acquire{Claim: waiter, Places: three, Wait: true}, "x")
		f.release(waiter)
		f.free("x", 2)
		f.holders("", "x a")
		f.acquire(store.Acquire{Claim: f.one("waiter"), Places: three})
		f.free("x", 0)
		f.free("never held", 0)
		f.byHand("eve", "y")
		f.advance(time.Hour)
		f.free("y", 0) // what has ended is nobody's
	})
}

func (f fixture) free(name string, want int) {
	f.Helper()
	n, err := f.Free(f.Context(), name)
	f.code("", err)
	f.equal(want, n)
}
