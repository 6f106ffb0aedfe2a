package storetest

import (
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

func queue(s suite) {
	s.test("longest due first, up to the maximum", func(f fixture) {
		f.enqueue("c")
		f.advance(time.Second)
		f.enqueue("a")
		f.advance(time.Second)
		f.enqueue("b")
		f.claim(2, "c", "a")
		f.claim(2, "b")
		f.claim(2)
	})
	s.test("queues are apart", func(f fixture) {
		f.commit("", store.Batch{Enqueue: []store.Entry{{Queue: "other", ID: "a"}}})
		f.claim(1)
		f.due(empty)
	})
	s.test("delay", func(f fixture) {
		f.due(empty)
		f.commit("", store.Batch{Enqueue: []store.Entry{entry("a", time.Minute), entry("b", 2*time.Minute)}})
		f.claim(9)
		f.due(time.Minute)
		f.advance(time.Minute)
		f.due(0)
		f.claim(9, "a")
		f.due(lease) // a claimed entry can be claimed again when its lease has ended
		f.advance(time.Minute)
		f.due(0)
		f.claim(9, "a", "b")
	})
	s.test("enqueued twice", func(f fixture) {
		f.commit("", store.Batch{Enqueue: []store.Entry{entry("a", time.Minute)}})
		f.commit("", store.Batch{Enqueue: []store.Entry{entry("a", time.Hour)}})
		f.due(time.Minute)
		f.commit("", store.Batch{Enqueue: []store.Entry{entry("a", time.Second)}})
		f.due(time.Second)
		f.advance(time.Second)
		c := f.one("a")
		f.commit("", store.Batch{Finish: []store.Claim{c}})
		f.due(empty)
	})
	s.test("remove", func(f fixture) {
		f.enqueue("a", "b")
		c := f.one("a")
		f.commit("", store.Batch{Remove: []store.Entry{entry("a", 0), entry("b", 0), entry("never there", 0)}})
		f.due(empty)
		f.commit(bot.CodeFenced, store.Batch{Finish: []store.Claim{c}})
		f.enqueue("a")
		f.commit(bot.CodeFenced, store.Batch{Finish: []store.Claim{c}})
		if again := f.one("a"); again.Fence <= c.Fence {
			f.Fatalf("fence %d after %d", again.Fence, c.Fence)
		}
	})
	s.test("release", func(f fixture) {
		f.enqueue("a")
		c := f.one("a")
		f.commit("", store.Batch{Release: []store.Release{{Claim: c, Delay: time.Minute}}})
		f.commit(bot.CodeFenced, store.Batch{Guards: []store.Claim{c}})
		f.claim(1)
		f.due(time.Minute)
		f.advance(time.Minute)
		f.equal(0, f.one("a").Deaths)
	})
}

// marks are about entries that are enqueued while somebody has them.
func marks(s suite) {
	mark := func(f fixture, delay time.Duration) {
		f.Helper()
		f.commit("", store.Batch{Enqueue: []store.Entry{entry("a", delay)}})
	}
	marked := func(name string, run func(fixture, store.Claim)) {
		s.test(name, func(f fixture) {
			f.enqueue("a")
			run(f, f.one("a"))
		})
	}
	marked("finish puts it back", func(f fixture, c store.Claim) {
		mark(f, 0)
		f.claim(1)
		f.commit("", store.Batch{Guards: []store.Claim{c}})
		f.commit("", store.Batch{Finish: []store.Claim{c}})
		again := f.one("a")
		f.equal(0, again.Deaths)
		f.commit(bot.CodeFenced, store.Batch{Finish: []store.Claim{c}})
		f.commit("", store.Batch{Finish: []store.Claim{again}})
		f.due(empty)
	})
	marked("the delay counts from the enqueueing, the earlier one wins", func(f fixture, c store.Claim) {
		mark(f, 25*time.Second)
		mark(f, 20*time.Second)
		mark(f, time.Hour)
		f.advance(5 * time.Second)
		f.commit("", store.Batch{Finish: []store.Claim{c}})
		f.due(15 * time.Second)
	})
	marked("release takes the earlier time", func(f fixture, c store.Claim) {
		mark(f, time.Minute)
		f.commit("", store.Batch{Release: []store.Release{{Claim: c, Delay: time.Hour}}})
		f.due(time.Minute)
		f.advance(time.Minute)
		c = f.one("a")
		mark(f, time.Hour)
		f.commit("", store.Batch{Release: []store.Release{{Claim: c, Delay: time.Minute}}})
		f.due(time.Minute)
		f.advance(time.Minute)
		f.commit("", store.Batch{Finish: []store.Claim{f.one("a")}})
		f.due(empty) // the release used the mark up
	})
	marked("it outlives the claim that it was made under", func(f fixture, _ store.Claim) {
		mark(f, time.Hour)
		f.advance(lease)
		c := f.one("a")
		f.equal(1, c.Deaths)
		f.commit("", store.Batch{Finish: []store.Claim{c}})
		f.due(time.Hour - lease)
	})
	marked("none after the lease has ended", func(f fixture, _ store.Claim) {
		f.advance(lease)
		mark(f, time.Hour)
		f.due(0)
		f.commit("", store.Batch{Finish: []store.Claim{f.one("a")}})
		f.due(empty)
	})
	marked("remove takes it away", func(f fixture, _ store.Claim) {
		mark(f, 0)
		f.commit("", store.Batch{Remove: []store.Entry{entry("a", 0)}})
		f.due(empty)
	})
}
