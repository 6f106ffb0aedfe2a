package console

import (
	"context"
	"slices"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// keptOutcomes bounds how many ended executions are remembered for a script that asks for one of them.
const keptOutcomes = 1024

// outcomes remembers how executions ended. The outbox may deliver the final reply before Receive has returned the
// execution's id, so an end is kept until somebody asks.
type outcomes struct {
	// mu guards what follows.
	mu      sync.Mutex
	ended   map[string]bot.Status
	order   []string      // oldest first
	changed chan struct{} // closed at the next end
}

func newOutcomes() *outcomes {
	return &outcomes{ended: map[string]bot.Status{}, changed: make(chan struct{})}
}

// end records that the execution has ended and wakes the waiters.
func (o *outcomes) end(execution string, status bot.Status) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, known := o.ended[execution]; !known {
		o.order = append(o.order, execution)
	}
	o.ended[execution] = status
	if len(o.order) > keptOutcomes {
		delete(o.ended, o.order[0])
		o.order = o.order[1:]
	}
	close(o.changed)
	o.changed = make(chan struct{})
}

// wait blocks until the execution has ended or waits for people and returns its status, or the error of ctx. That it waits is told once: the
// next who asks wants to know what came of it.
func (o *outcomes) wait(ctx context.Context, execution string) (bot.Status, error) {
	for {
		o.mu.Lock()
		status, ended := o.ended[execution]
		if status == bot.Pending {
			delete(o.ended, execution)
			o.order = slices.DeleteFunc(o.order, func(id string) bool { return id == execution })
		}
		changed := o.changed
		o.mu.Unlock()
		if ended {
			return status, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
