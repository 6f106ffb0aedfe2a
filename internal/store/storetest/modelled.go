package storetest

import (
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// modelled does the same random steps to the driver and to the model. Names and times are few, so that steps meet.
func modelled(s suite) {
	rapid.Check(s.T, func(t *rapid.T) {
		p := newPair(t, s)
		defer p.close()
		t.Repeat(map[string]func(*rapid.T){
			"commit":  p.commit,
			"claim":   p.claim,
			"renew":   p.renew,
			"read":    p.read,
			"list":    p.list,
			"sweep":   p.sweep,
			"advance": p.advance,
			"acquire": p.acquire,
			"free":    p.free,
			"holds":   p.listHolds,
			"missing": p.missing,
		})
	})
}

// pair is a driver and the model of it, in the same state.
type pair struct {
	*rapid.T
	suite  suite
	driver store.Store
	model  *model
	claims []store.Claim // all that were ever made
	base   time.Time     // when the model's time began, on the driver's clock

	queues, ids *rapid.Generator[string] // of entries
}

func newPair(t *rapid.T, s suite) *pair {
	p := &pair{T: t, suite: s, driver: s.h.Open(s.T), model: newModel(), queues: someQueues, ids: someIDs}
	p.base = p.now()
	return p
}

func (p *pair) close() {
	if err := p.driver.Close(); err != nil {
		p.Fatal(err)
	}
}

// now asks the driver for its time.
func (p *pair) now() time.Time {
	at, err := p.driver.Now(p.suite.Context())
	if err != nil {
		p.Fatal(err)
	}
	return at
}

var (
	someIDs     = rapid.SampledFrom([]string{"a", "aa", "ab", "b", "ü", "a'b"})
	someKinds   = rapid.SampledFrom([]string{"thing", "other"})
	someQueues  = rapid.SampledFrom([]string{jobs, "outbox"})
	someIndexes = rapid.SampledFrom([]store.Index{{Name: "color", Value: "red"}, {Name: "color", Value: "blue"}, {Name: "size", Value: "red"}})
	someTimes   = rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Second, 30 * time.Second, time.Minute})
	someDelays  = rapid.OneOf(rapid.Just[time.Duration](0), someTimes)
	someKeys    = rapid.Custom(func(t *rapid.T) store.Key {
		return store.Key{Kind: someKinds.Draw(t, "kind"), ID: someIDs.Draw(t, "id")}
	})
)

func (p *pair) commit(t *rapid.T) {
	b := p.batch(t)
	got := bot.ErrorCode(p.driver.Commit(p.suite.Context(), b))
	p.same(t, p.model.commit(b), got)
}

// batch draws a batch that does not break the contract.
func (p *pair) batch(t *rapid.T) store.Batch {
	var b store.Batch
	for i, k := range rapid.SliceOfNDistinct(someKeys, 0, 3, rapid.ID).Draw(t, "keys") {
		if rapid.IntRange(0, 3).Draw(t, "delete") == 0 {
			b.Deletes = append(b.Deletes, store.Delete{Key: k, If: p.condition(t, k)})
			continue
		}
		b.Puts = append(b.Puts, store.Put{
			Key: k, Data: []byte(doc(i)), If: p.condition(t, k), TTL: someTimes.Draw(t, "ttl"),
			Index: rapid.SliceOfN(someIndexes, 0, 3).Draw(t, "index"),
		})
	}
	named := make(map[store.Entry]bool)
	for range rapid.IntRange(0, 3).Draw(t, "entries") {
		p.entry(t, &b, named)
	}
	return b
}

// condition draws mostly what holds, so that most batches do something.
func (p *pair) condition(t *rapid.T, k store.Key) store.Version {
	is := p.model.version(k)
	return rapid.SampledFrom([]store.Version{is, is, is, store.Anything, store.Absent, 1, is + 1}).Draw(t, "if")
}

// entry adds a use of an entry that the batch does not name yet.
func (p *pair) entry(t *rapid.T, b *store.Batch, named map[store.Entry]bool) {
	e := name(p.queues.Draw(t, "queue"), p.ids.Draw(t, "entry"))
	use := rapid.SampledFrom([]string{"enqueue", "remove", "guard", "finish", "finish", "release"}).Draw(t, "use")
	var c store.Claim
	if use != "enqueue" && use != "remove" {
		if len(p.claims) == 0 {
			return
		}
		c = p.currentClaim(t)
		e = name(c.Queue, c.ID)
	}
	if named[e] {
		return
	}
	named[e] = true
	switch use {
	case "enqueue":
		e.Delay = someDelays.Draw(t, "delay")
		b.Enqueue = append(b.Enqueue, e)
	case "remove":
		b.Remove = append(b.Remove, e)
	case "guard":
		b.Guards = append(b.Guards, c)
	case "finish":
		b.Finish = append(b.Finish, c)
	case "release":
		b.Release = append(b.Release, store.Release{Claim: c, Delay: someDelays.Draw(t, "delay")})
	}
}

// oldClaim draws a claim that was made, mostly a late one.
func (p *pair) oldClaim(t *rapid.T) store.Claim {
	back := min(rapid.IntRange(0, 2).Draw(t, "back"), rapid.IntRange(0, len(p.claims)-1).Draw(t, "claim"))
	return p.claims[len(p.claims)-1-back]
}

func (p *pair) claim(t *rapid.T) {
	o := store.ClaimOptions{Queue: p.queues.Draw(t, "queue"), Lease: someTimes.Draw(t, "lease"), Max: rapid.IntRange(1, 3).Draw(t, "max")}
	p.claimBy(t, o)
}

func (p *pair) claimBy(t *rapid.T, o store.ClaimOptions) {
	claims, err := p.driver.Claim(p.suite.Context(), o)
	p.same(t, bot.Code(""), bot.ErrorCode(err))
	if wrong := p.model.claimed(o, claims); wrong != "" {
		t.Fatalf("%s: %+v", wrong, claims)
	}
	p.claims = append(p.claims, claims...)
}

func (p *pair) renew(t *rapid.T) {
	if len(p.claims) == 0 {
		t.Skip("there is no claim yet")
	}
	claims, lease := []store.Claim{p.currentClaim(t)}, someTimes.Draw(t, "lease")
	lost, err := p.driver.Renew(p.suite.Context(), lease, claims)
	p.same(t, bot.Code(""), bot.ErrorCode(err))
	p.same(t, len(p.model.renew(lease, claims)), len(lost))
}

func (p *pair) read(t *rapid.T) {
	k := someKeys.Draw(t, "key")
	r, err := p.driver.Get(p.suite.Context(), k)
	if p.model.version(k) == store.Absent {
		p.same(t, bot.CodeNotFound, bot.ErrorCode(err))
	} else {
		want := p.model.records[k]
		p.same(t, store.Record{Key: k, Version: want.version, Data: []byte(want.data)}, r)
	}
	p.due(t, p.queues.Draw(t, "queue"))
}

func (p *pair) due(t *rapid.T, queue string) {
	wait, ok, err := p.driver.Due(p.suite.Context(), queue)
	p.same(t, bot.Code(""), bot.ErrorCode(err))
	if !ok {
		wait = empty
	}
	p.same(t, p.model.due(queue), wait)
}

func (p *pair) list(t *rapid.T) {
	q := store.Query{
		Kind: someKinds.Draw(t, "kind"), Index: someIndexes.Draw(t, "index"), Limit: rapid.IntRange(1, 4).Draw(t, "limit"),
		Newest: rapid.Bool().Draw(t, "newest"), Prefix: rapid.SampledFrom([]string{"", "", "a", "b", "zz"}).Draw(t, "prefix"),
	}
	if rapid.Bool().Draw(t, "paging") {
		q.After = someIDs.Draw(t, "after")
	}
	page, err := p.driver.List(p.suite.Context(), q)
	p.same(t, bot.Code(""), bot.ErrorCode(err))
	p.same(t, p.model.list(q), page)
}

func (p *pair) sweep(t *rapid.T) {
	n, err := p.driver.Sweep(p.suite.Context(), store.MaxPage)
	p.same(t, bot.Code(""), bot.ErrorCode(err))
	p.same(t, p.model.sweep(), n)
}

func (p *pair) advance(t *rapid.T) {
	d := someTimes.Draw(t, "time")
	p.suite.h.Advance(p.suite.T, d)
	p.model.now += d
}

func (p *pair) same(t *rapid.T, want, got any) {
	if reflect.DeepEqual(want, got) { // it is asked after each step, and cmp is slow
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("driver and model differ (-model +driver):\n%s", diff)
	}
}
