package storetest

import (
	"fmt"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
)

// manyPlaces locks a node set of ten thousand, waits for it, and gives it free, each in one step that must not hold up the others.
func manyPlaces(f fixture) {
	const nodes = 10000
	var names []string
	for n := range nodes {
		names = append(names, fmt.Sprintf("clary/node/compute%05d", n))
	}
	holder, waiter, ann := f.work("holder"), f.work("waiter"), store.Acquire{Claim: store.Claim{ID: "ann"}, Keep: time.Hour, Places: places(names...)}
	all := func(c store.Claim) store.Acquire {
		return store.Acquire{Claim: c, Places: places(names...), Note: "node.reboot of all, asked for by ann", Wait: true}
	}
	f.soon("take", func() { f.acquire(all(holder)) })
	f.soon("wait", func() { f.acquire(all(waiter), names...) })
	f.soon("refuse", func() { f.acquire(ann, names...) })
	f.release(waiter)
	f.soon("finish", func() { f.finish(holder) })
	waiter = f.one("waiter")
	f.soon("take when waiting", func() { f.acquire(all(waiter)) })
	f.soon("give back", func() { f.take(waiter, names[0]) })
	f.holders("", names[0]+" waiter")
	f.remove("waiter")
	f.soon("take by hand", func() { f.acquire(ann) })
	f.advance(time.Hour)
	f.soon("take over what has ended", func() { f.acquire(all(f.work("last"))) })
}

// soon demands that a step does not take long. On an idle machine it is a fifth of a second; the limit leaves room for a busy one.
func (f fixture) soon(what string, do func()) {
	f.Helper()
	c := clock.System()
	began := c.Now()
	do()
	took := c.Now().Sub(began)
	f.Logf("%s: %s", what, took)
	if took > 5*time.Second {
		f.Errorf("%s took %s", what, took)
	}
}
