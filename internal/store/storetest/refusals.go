package storetest

import (
	"context"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// refusals are calls that must come to nothing.
func refusals(s suite) {
	s.group("batches that break the contract", badBatches)
	s.test("other calls that break the contract", badCalls)
	s.test("acquires that break the contract", badAcquires)
	s.test("a context that has ended", endedContext)
	s.test("an empty batch is fine", func(f fixture) { f.commit("", store.Batch{}) })
}

func badBatches(s suite) {
	good, claim := put("a", store.Absent, doc(1)), store.Claim{Queue: jobs, ID: "a", Fence: 1}
	without := func(change func(*store.Put)) store.Batch {
		p := good
		change(&p)
		return puts(p)
	}
	for _, c := range []struct {
		name  string
		batch store.Batch
	}{
		{"no TTL", without(func(p *store.Put) { p.TTL = 0 })},
		{"negative TTL", without(func(p *store.Put) { p.TTL = -time.Second })},
		{"no kind", without(func(p *store.Put) { p.Key.Kind = "" })},
		{"no id", without(func(p *store.Put) { p.Key.ID = "" })},
		{"no data", without(func(p *store.Put) { p.Data = nil })},
		{"no such version", without(func(p *store.Put) { p.If = -2 })},
		{"index without a name", without(func(p *store.Put) { p.Index = []store.Index{{Value: "x"}} })},
		{"put twice", puts(good, good)},
		{"put and deleted", store.Batch{Puts: []store.Put{good}, Deletes: []store.Delete{{Key: good.Key}}}},
		{"delete without an id", store.Batch{Deletes: []store.Delete{{Key: store.Key{Kind: "thing"}}}}},
		{"enqueued twice", store.Batch{Enqueue: []store.Entry{entry("a", 0), entry("a", time.Second)}}},
		{"enqueued and finished", store.Batch{Enqueue: []store.Entry{entry("a", 0)}, Finish: []store.Claim{claim}}},
		{"guarded and released", store.Batch{Guards: []store.Claim{claim}, Release: []store.Release{{Claim: claim}}}},
		{"finished and removed", store.Batch{Finish: []store.Claim{claim}, Remove: []store.Entry{entry("a", 0)}}},
		{"no queue", store.Batch{Enqueue: []store.Entry{{ID: "a"}}}},
		{"entry without an id", store.Batch{Enqueue: []store.Entry{{Queue: jobs}}}},
		{"negative delay", store.Batch{Enqueue: []store.Entry{entry("a", -1)}}},
		{"released with a negative delay", store.Batch{Release: []store.Release{{Claim: claim, Delay: -1}}}},
		{"claim without a fence", store.Batch{Guards: []store.Claim{{Queue: jobs, ID: "a"}}}},
		{"line without a log", store.Batch{Append: []store.Line{{Data: []byte(doc(1)), TTL: ttl}}}},
		{"line without data", store.Batch{Append: []store.Line{{Log: audit, TTL: ttl}}}},
		{"line without a TTL", store.Batch{Append: []store.Line{{Log: audit, Data: []byte(doc(1))}}}},
		{"line with an index without a name", store.Batch{Append: []store.Line{{Log: audit, Data: []byte(doc(1)), TTL: ttl, Index: []store.Index{{Value: "x"}}}}}},
		{"notice without a topic", store.Batch{Notify: []store.Notice{{Payload: "x"}}}},
		{"long notice", store.Batch{Notify: []store.Notice{{Topic: "x", Payload: strings.Repeat("x", store.MaxPayload+1)}}}},
	} {
		s.test(c.name, func(f fixture) {
			c.batch.Puts = append(c.batch.Puts, put("trace", store.Absent, doc(1)))
			f.commit(bot.CodeInvalid, c.batch)
			f.absent(key("trace"))
			f.due(empty)
			f.head(audit, 0)
		})
	}
}

func badCalls(f fixture) {
	color := store.Index{Name: "color"}
	for _, q := range []store.Query{
		{Index: color},
		{Kind: "thing"},
		{Kind: "thing", Index: color, Limit: -1},
		{Kind: "thing", Index: color, Limit: store.MaxPage + 1},
	} {
		_, err := f.List(f.Context(), q)
		f.code(bot.CodeInvalid, err)
	}
	for _, o := range []store.ClaimOptions{
		{Lease: lease, Max: 1},
		{Queue: jobs, Max: 1},
		{Queue: jobs, Lease: lease},
		{Queue: jobs, Lease: lease, Max: store.MaxPage + 1},
	} {
		_, err := f.Claim(f.Context(), o)
		f.code(bot.CodeInvalid, err)
	}
	_, err := f.Renew(f.Context(), 0, nil)
	f.code(bot.CodeInvalid, err)
	_, err = f.Renew(f.Context(), lease, []store.Claim{{Queue: jobs, ID: "a"}})
	f.code(bot.CodeInvalid, err)
	_, err = f.Sweep(f.Context(), 0)
	f.code(bot.CodeInvalid, err)
	_, err = f.Subscribe(f.Context(), "")
	f.code(bot.CodeInvalid, err)
	_, err = f.Missing(f.Context(), "", nil)
	f.code(bot.CodeInvalid, err)
	_, err = f.Missing(f.Context(), jobs, make([]string, store.MaxPage+1))
	f.code(bot.CodeInvalid, err)
	_, err = f.Head(f.Context(), "")
	f.code(bot.CodeInvalid, err)
	_, err = f.Free(f.Context(), "")
	f.code(bot.CodeInvalid, err)
	for _, limit := range []int{0, store.MaxPage + 1} {
		_, err = f.Holds(f.Context(), "", "", limit)
		f.code(bot.CodeInvalid, err)
	}
}

func badAcquires(f fixture) {
	claim, ann := store.Claim{Queue: jobs, ID: "a", Fence: 1}, store.Claim{ID: "ann"}
	for _, a := range []store.Acquire{
		{},
		{Claim: ann},
		{Claim: store.Claim{Queue: jobs, Fence: 1}},
		{Claim: store.Claim{Queue: jobs, ID: "a"}},
		{Claim: claim, Keep: time.Hour},
		{Claim: ann, Keep: -time.Hour},
		{Claim: ann, Keep: time.Hour, Wait: true},
		{Claim: claim, Note: strings.Repeat("x", store.MaxPayload+1)},
		{Claim: claim, Places: places("")},
		{Claim: claim, Places: places("x", "x")},
		{Claim: claim, Places: []store.Place{{Name: "x"}}},
	} {
		_, err := f.Acquire(f.Context(), a)
		f.code(bot.CodeInvalid, err)
	}
	f.holders("")
}

func endedContext(f fixture) {
	f.enqueue("a")
	canceled, cancel := context.WithCancel(f.Context())
	cancel()
	late, cancelLate := context.WithTimeout(f.Context(), -1)
	defer cancelLate()
	for want, ctx := range map[bot.Code]context.Context{bot.CodeCanceled: canceled, bot.CodeTimeout: late} {
		_, get := f.Get(ctx, key("a"))
		_, list := f.List(ctx, store.Query{Kind: "thing", Index: store.Index{Name: "color"}})
		_, claim := f.Claim(ctx, store.ClaimOptions{Queue: jobs, Lease: lease, Max: 1})
		_, renew := f.Renew(ctx, lease, []store.Claim{{Queue: jobs, ID: "a", Fence: 1}})
		_, sweep := f.Sweep(ctx, 1)
		_, subscribe := f.Subscribe(ctx, "news")
		_, now := f.Now(ctx)
		_, _, due := f.Due(ctx, jobs)
		commit := f.Commit(ctx, puts(put("a", store.Absent, doc(1))))
		_, missing := f.Missing(ctx, jobs, []string{"a"})
		_, acquire := f.Acquire(ctx, store.Acquire{Claim: store.Claim{ID: "ann"}, Keep: time.Hour, Places: places("x")})
		_, holds := f.Holds(ctx, "", "", 1)
		_, free := f.Free(ctx, "x")
		_, head := f.Head(ctx, audit)
		_, epoch := f.Epoch(ctx)
		for _, err := range []error{get, list, claim, renew, sweep, subscribe, now, due, commit, missing, acquire, holds, free, head, epoch} {
			f.code(want, err)
		}
	}
	f.holders("")
	f.absent(key("a"))
	f.one("a")
}
