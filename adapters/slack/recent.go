package slack

import "sync"

// keptRecent bounds how many deliveries are remembered.
const keptRecent = 4096

// recent remembers the latest of what was put into it.
type recent struct {
	// mu guards what follows.
	mu    sync.Mutex
	held  map[string]bool
	order []string // oldest first
}

func newRecent() *recent { return &recent{held: map[string]bool{}} }

// add reports whether the key was not there before.
func (r *recent) add(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held[key] {
		return false
	}
	r.held[key] = true
	r.order = append(r.order, key)
	if len(r.order) > keptRecent {
		delete(r.held, r.order[0])
		r.order = r.order[1:]
	}
	return true
}

func (r *recent) has(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held[key]
}
