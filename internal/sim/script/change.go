package script

import (
	"context"
	"errors"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// Change wakes whoever waits for something to happen.
type Change struct {
	// mu guards next.
	mu   sync.Mutex
	next chan struct{} // closed at the next change; nil when nobody waits
}

// Next returns a channel that is closed at the next change. It is asked for before a look at what may have changed.
func (c *Change) Next() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = make(chan struct{})
	}
	return c.next
}

// Tell says that something changed.
func (c *Change) Tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// Until waits until fits.
func (c *Change) Until(ctx context.Context, what string, fits func() bool) error {
	for {
		changed := c.Next()
		if fits() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return bot.E(bot.CodeTimeout, "sim.change.wait", "It did not happen in time", errors.New(what))
		}
	}
}
