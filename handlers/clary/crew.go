package clary

import (
	"context"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// giveUpAfter is how many hosts in a row may fail because of Clary itself before the rest is not tried. It keeps a command for
// thousands of hosts from waiting for a dead server once for each.
const giveUpAfter = 20

// crew works on many hosts, a few at once.
type crew struct {
	// slots has room for one entry per host at work. A host that only waits gives its slot back meanwhile.
	slots chan struct{}
	// ahead has room for the hosts that are being prepared: their intents are written while others are at work.
	ahead chan struct{}

	// mu guards misses.
	mu     sync.Mutex
	misses int
	stop   context.CancelCauseFunc
}

func newCrew(concurrency int, stop context.CancelCauseFunc) *crew {
	return &crew{slots: make(chan struct{}, concurrency), ahead: make(chan struct{}, concurrency), stop: stop}
}

// each prepares and then works on the hosts 0 to n-1 in order, and returns when all are through. A host whose prepare returns
// false is through already.
func (w *crew) each(n int, prepare func(i int) bool, work func(i int)) {
	var hosts sync.WaitGroup
	for i := range n {
		w.ahead <- struct{}{}
		hosts.Go(func() {
			ready := prepare(i)
			if ready {
				w.slots <- struct{}{}
				defer func() { <-w.slots }()
			}
			<-w.ahead
			if ready {
				work(i)
			}
		})
	}
	hosts.Wait()
}

// always prepares nothing.
func always(int) bool { return true }

// idle runs wait without a slot.
func (w *crew) idle(wait func() error) error {
	<-w.slots
	err := wait()
	w.slots <- struct{}{}
	return err
}

// saw counts how a host ended and stops the crew when Clary itself failed for too many in a row.
func (w *crew) saw(f *fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f == nil || !f.clarysOwn() {
		w.misses = 0
		return
	}
	if w.misses++; w.misses == giveUpAfter {
		w.stop(errGaveUp)
	}
}

// clarysOwn reports whether the fault has nothing to do with the host.
func (f *fault) clarysOwn() bool {
	switch f.code {
	case bot.CodeUnavailable, bot.CodeTimeout, bot.CodeAuth, bot.CodeRateLimited:
		return true
	}
	return false
}

var errGaveUp = bot.E(bot.CodeUnavailable, "clary.hosts.work", "Clary failed for too many hosts in a row.", nil)
