package discord

import (
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
)

// hearing is since when this process does not hear what it is to hear. While another holds the gateway, nothing is to be heard here.
type hearing struct {
	// mu guards deafSince, which is zero while everything is heard.
	mu        sync.Mutex
	deafSince time.Time
}

// deaf notes that nothing has come since then, unless it was deaf before.
func (h *hearing) deaf(since time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.deafSince.IsZero() {
		h.deafSince = since
	}
}

// hears notes that everything is heard, or that it is another's to hear.
func (h *hearing) hears() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deafSince = time.Time{}
}

// Link implements bot.Linked.
func (a *Adapter) Link() bot.LinkState {
	a.hearing.mu.Lock()
	defer a.hearing.mu.Unlock()
	return bot.LinkState{Deaf: a.hearing.deafSince}
}
