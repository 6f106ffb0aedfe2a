package storetest

import (
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

func handles(s suite) {
	color := store.Index{Name: "color", Value: "red"}
	s.test("what was committed is there for the next process", func(f fixture) {
		f.commit("", store.Batch{
			Puts:    []store.Put{put("a", store.Absent, doc(1), color)},
			Enqueue: []store.Entry{entry("claimed", 0), entry("late", time.Hour)},
		})
		c := f.one("claimed")
		f.take(c, "x")
		f.byHand("ann", "y")
		f.commit("", store.Batch{Append: []store.Line{says(doc(1))}})
		f.code("", f.Close())
		g := f.other()
		g.holders("", "x claimed", "y ann")
		g.chain()
		g.record(key("a"), 1, doc(1))
		g.list(store.Query{Kind: "thing", Index: color}, "a")
		g.claim(9)
		g.commit("", store.Batch{Finish: []store.Claim{c}})
		g.due(time.Hour)
		g.enqueue("next")
		if next := g.one("next"); next.Fence <= c.Fence {
			f.Fatalf("fence %d after %d", next.Fence, c.Fence)
		}
	})
	s.test("handles see each other's commits", func(f fixture) {
		g := f.other()
		f.commit("", puts(put("a", store.Absent, doc(1), color)))
		g.record(key("a"), 1, doc(1))
		g.commit("", puts(put("a", 1, doc(2))))
		f.record(key("a"), 2, doc(2))
		f.list(store.Query{Kind: "thing", Index: color})
		f.commit(bot.CodeConflict, puts(put("a", 1, doc(3))))
		f.enqueue("job")
		c := g.one("job")
		f.claim(1)
		f.commit("", store.Batch{Guards: []store.Claim{c}})
	})
	s.test("a closed handle says so, the other one goes on", func(f fixture) {
		g := f.other()
		f.code("", f.Close())
		f.code("", f.Close())
		_, get := f.Get(f.Context(), key("a"))
		_, claim := f.Claim(f.Context(), store.ClaimOptions{Queue: jobs, Lease: lease, Max: 1})
		_, subscribe := f.Subscribe(f.Context(), "news")
		_, acquire := f.Acquire(f.Context(), store.Acquire{Claim: store.Claim{ID: "ann"}, Keep: time.Hour, Places: places("x")})
		_, epoch := f.Epoch(f.Context())
		for _, err := range []error{get, claim, subscribe, acquire, epoch, f.Commit(f.Context(), puts(put("a", store.Absent, doc(1))))} {
			f.code(bot.CodeUnavailable, err)
		}
		g.commit("", puts(put("a", store.Absent, doc(1))))
	})
	s.test("the clock never goes back", steadyClock)
}

func steadyClock(f fixture) {
	now := func(f fixture) time.Time {
		f.Helper()
		at, err := f.Now(f.Context())
		f.code("", err)
		return at
	}
	g := f.other()
	start := now(f)
	f.advance(time.Hour)
	later := now(f)
	if later.Before(start.Add(time.Hour)) {
		f.Fatalf("an hour after %s the store says %s", start, later)
	}
	if there := now(g); there.Before(later) {
		f.Fatalf("the other handle says %s after %s", there, later)
	}
	f.commit("", puts(put("a", store.Absent, doc(1))))
	f.code("", f.Close())
	f.code("", g.Close())
	if again := now(f.other()); again.Before(later) {
		f.Fatalf("the time went back from %s to %s", later, again)
	}
}
