package storetest

import (
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

func leases(s suite) {
	s.test("deaths are counted until a release", func(f fixture) {
		f.enqueue("a")
		f.equal(0, f.one("a").Deaths)
		for deaths := 1; deaths <= 3; deaths++ {
			f.advance(lease - time.Second)
			f.claim(1)
			f.advance(time.Second)
			f.equal(deaths, f.one("a").Deaths)
		}
		f.advance(lease)
		c := f.one("a")
		f.commit("", store.Batch{Release: []store.Release{{Claim: c}}})
		f.equal(0, f.one("a").Deaths)
	})
	s.test("renewed in time", func(f fixture) {
		f.enqueue("a", "b")
		claims := f.claim(2, "a", "b")
		for range 4 {
			f.advance(lease - time.Second)
			f.renew(claims)
			f.claim(2)
		}
		f.due(lease)
		f.commit("", store.Batch{Finish: claims})
	})
	s.test("a lease can be made shorter", func(f fixture) {
		f.enqueue("a")
		lost, err := f.Renew(f.Context(), 2*time.Second, f.claim(1, "a"))
		f.code("", err)
		f.equal(0, len(lost))
		f.advance(2 * time.Second)
		f.equal(1, f.one("a").Deaths)
	})
	s.test("lost ones are told, the others renewed", func(f fixture) {
		f.enqueue("ended", "finished", "kept", "taken")
		claims := f.claim(4, "ended", "finished", "kept", "taken")
		ended, finished, kept, taken := claims[0], claims[1], claims[2], claims[3]
		f.commit("", store.Batch{Finish: []store.Claim{finished}})
		f.renew([]store.Claim{kept})
		f.advance(lease - time.Second)
		f.renew([]store.Claim{kept})
		f.advance(time.Second)
		f.claim(1, "ended")
		f.renew(nil)
		f.renew(claims, ended, finished, taken)
		f.commit("", store.Batch{Finish: []store.Claim{kept}})
	})
}

// renew demands which claims are lost.
func (f fixture) renew(claims []store.Claim, want ...store.Claim) {
	f.Helper()
	lost, err := f.Renew(f.Context(), lease, claims)
	f.code("", err)
	f.equal(len(want), len(lost))
	for i := range want {
		f.equal(want[i], lost[i])
	}
}

// fencing tries every use of a claim after each way of losing it.
func fencing(s suite) {
	uses := []struct {
		name  string
		batch func(store.Claim) store.Batch
	}{
		{"guard", func(c store.Claim) store.Batch { return store.Batch{Guards: []store.Claim{c}} }},
		{"finish", func(c store.Claim) store.Batch { return store.Batch{Finish: []store.Claim{c}} }},
		{"release", func(c store.Claim) store.Batch { return store.Batch{Release: []store.Release{{Claim: c}}} }},
	}
	for _, loss := range []struct {
		name string
		lose func(fixture, store.Claim)
		free bool // nobody has the entry after the loss
	}{
		{"lease ended", func(f fixture, _ store.Claim) { f.advance(lease) }, true},
		{"claimed by another", func(f fixture, _ store.Claim) { f.advance(lease); f.one("a") }, false},
		{"finished", func(f fixture, c store.Claim) { f.commit("", store.Batch{Finish: []store.Claim{c}}); f.enqueue("a") }, true},
		{"released", func(f fixture, c store.Claim) { f.commit("", store.Batch{Release: []store.Release{{Claim: c}}}) }, true},
		{"removed", func(f fixture, _ store.Claim) {
			f.commit("", store.Batch{Remove: []store.Entry{entry("a", 0)}})
			f.enqueue("a")
		}, true},
	} {
		for _, use := range uses {
			s.test(loss.name+", "+use.name, func(f fixture) {
				f.enqueue("a")
				c := f.one("a")
				f.commit("", store.Batch{Guards: []store.Claim{c}})
				loss.lose(f, c)
				b := use.batch(c)
				b.Puts = []store.Put{put("effect", store.Absent, doc(1))}
				f.commit(bot.CodeFenced, b)
				f.absent(key("effect"))
				if loss.free {
					f.one("a")
				} else {
					f.claim(1)
				}
			})
		}
	}
	s.test("fences rise over all queues and handles", func(f fixture) {
		g := f.other()
		var last int64
		for n := range 20 {
			q := []string{"x", "y"}[n%2]
			at := []fixture{f, g}[n/2%2]
			at.commit("", store.Batch{Enqueue: []store.Entry{{Queue: q, ID: "one"}, {Queue: q, ID: "two"}}})
			claims, err := at.Claim(at.Context(), store.ClaimOptions{Queue: q, Lease: lease, Max: 2})
			f.code("", err)
			f.equal(2, len(claims))
			for _, c := range claims {
				if c.Fence <= last {
					f.Fatalf("fence %d after %d", c.Fence, last)
				}
				last = c.Fence
			}
			at.commit("", store.Batch{Finish: claims})
		}
	})
}
