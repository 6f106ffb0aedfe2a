package storetest

import (
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

var (
	somePlaces = rapid.SampledFrom([]string{"a", "ab", "b", "ü"})
	someNotes  = rapid.SampledFrom([]string{"", "why"})
	somePeople = rapid.SampledFrom([]string{"ann", "bob"})
)

// locksModelled does what modelled does, with few entries that mostly want places. Each has a queue of its own, so that Due tells of each.
func locksModelled(s suite) {
	queues := []string{"p", "q", "r"}
	rapid.Check(s.T, func(t *rapid.T) {
		p := newPair(t, s)
		defer p.close()
		p.queues, p.ids = rapid.SampledFrom(queues), rapid.Just("one")
		t.Repeat(map[string]func(*rapid.T){
			"commit":  p.commit,
			"start":   func(t *rapid.T) { p.start(t, queues) },
			"renew":   p.renew,
			"acquire": p.acquire,
			"again":   p.acquire, // the more the better
			"free":    p.free,
			"sweep":   p.sweep,
			"advance": p.advance,
			"": func(t *rapid.T) {
				for _, q := range queues {
					p.due(t, q)
				}
				p.same(t, p.model.listHolds("", "", store.MaxPage), p.holds(t, "", "", store.MaxPage))
			},
		})
	})
}

// start claims one entry of each queue, where that can be done.
func (p *pair) start(t *rapid.T, queues []string) {
	var b store.Batch
	for _, q := range queues {
		if _, there := p.model.work[name(q, "one")]; !there {
			b.Enqueue = append(b.Enqueue, name(q, "one"))
		}
	}
	p.same(t, p.model.commit(b), bot.ErrorCode(p.driver.Commit(p.suite.Context(), b)))
	for _, q := range queues {
		p.claimBy(t, store.ClaimOptions{Queue: q, Lease: someTimes.Draw(t, "lease"), Max: 1})
	}
}

// currentClaim draws a claim, mostly one that is current.
func (p *pair) currentClaim(t *rapid.T) store.Claim {
	var current []store.Claim
	for _, c := range p.claims {
		if p.model.current(c) {
			current = append(current, c)
		}
	}
	if len(current) == 0 || rapid.IntRange(0, 9).Draw(t, "old") == 0 {
		return p.oldClaim(t)
	}
	return rapid.SampledFrom(current).Draw(t, "current")
}

func (p *pair) acquire(t *rapid.T) {
	a := store.Acquire{Note: someNotes.Draw(t, "note")}
	for _, n := range rapid.SliceOfNDistinct(somePlaces, 0, 3, rapid.ID).Draw(t, "places") {
		a.Places = append(a.Places, store.Place{Name: n, Limit: rapid.SampledFrom([]int{1, 1, 2}).Draw(t, "limit")})
	}
	if len(p.claims) == 0 || rapid.IntRange(0, 5).Draw(t, "by hand") == 0 {
		a.Claim.ID, a.Keep = somePeople.Draw(t, "person"), someTimes.Draw(t, "keep")
	} else {
		a.Claim, a.Wait = p.currentClaim(t), rapid.IntRange(0, 3).Draw(t, "wait") > 0
	}
	got, err := p.driver.Acquire(p.suite.Context(), a)
	want, code := p.model.acquire(a, func() int64 { return p.byHand(t, a) })
	p.same(t, code, bot.ErrorCode(err))
	for i := range got {
		if got[i].Hold != nil {
			p.relative(got[i].Hold)
		}
	}
	p.same(t, want, got)
}

// byHand asks the driver for the number of the hold by hand that it has just given.
func (p *pair) byHand(t *rapid.T, a store.Acquire) int64 {
	fence := p.model.fence + 1
	for _, h := range p.holds(t, "", "", store.MaxPage) {
		if h.Owner.Queue == "" && h.Owner.ID == a.Claim.ID && h.Owner.Fence > p.model.fence {
			fence = h.Owner.Fence
		}
	}
	return fence
}

func (p *pair) free(t *rapid.T) {
	place := somePlaces.Draw(t, "place")
	n, err := p.driver.Free(p.suite.Context(), place)
	p.same(t, bot.Code(""), bot.ErrorCode(err))
	p.same(t, p.model.free(place), n)
}

func (p *pair) listHolds(t *rapid.T) {
	prefix := rapid.SampledFrom([]string{"", "a", "zz"}).Draw(t, "prefix")
	after := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "after")
	limit := rapid.IntRange(1, 4).Draw(t, "limit")
	p.same(t, p.model.listHolds(prefix, after, limit), p.holds(t, prefix, after, limit))
}

func (p *pair) holds(t *rapid.T, prefix, after string, limit int) []store.Hold {
	holds, err := p.driver.Holds(p.suite.Context(), prefix, after, limit)
	p.same(t, bot.Code(""), bot.ErrorCode(err))
	for i := range holds {
		p.relative(&holds[i])
	}
	return holds
}

// relative puts a hold's times onto the model's clock.
func (p *pair) relative(h *store.Hold) {
	h.Since, h.Until = zero.Add(h.Since.Sub(p.base)), zero.Add(h.Until.Sub(p.base))
}

// missing compares which entries there are.
func (p *pair) missing(t *rapid.T) {
	queue, ids := p.queues.Draw(t, "queue"), rapid.SliceOfN(p.ids, 0, 4).Draw(t, "ids")
	var want []string
	for _, id := range ids {
		if _, there := p.model.work[name(queue, id)]; !there {
			want = append(want, id)
		}
	}
	got, err := p.driver.Missing(p.suite.Context(), queue, ids)
	p.same(t, bot.Code(""), bot.ErrorCode(err))
	p.same(t, want, got)
}
