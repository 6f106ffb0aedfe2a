package storetest

import (
	"fmt"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// manyPlaces locks a node set, waits for it, and gives it free, each in one step. How long ten thousand take is measured beside each
// driver: the race detector makes SQLite a hundred times slower, so no limit here would mean anything.
func manyPlaces(f fixture) {
	const nodes = 300
	var names []string
	for n := range nodes {
		names = append(names, fmt.Sprintf("clary/node/compute%05d", n))
	}
	holder, waiter, ann := f.work("holder"), f.work("waiter"), store.Acquire{Claim: store.Claim{ID: "ann"}, Keep: time.Hour, Places: places(names...)}
	f.take(holder, names...)
	f.wait(waiter, names, names...)
	f.acquire(ann, names...)
	f.release(waiter)
	f.finish(holder)
	waiter = f.one("waiter")
	f.take(waiter, names...)
	f.take(waiter, names[0])
	f.holders("", names[0]+" waiter")
	f.remove("waiter")
	f.acquire(ann)
	f.advance(time.Hour)
	f.take(f.work("last"), names...)
}
