package lane

import "sync"

// kept bounds how many names are remembered.
const kept = 4096

// Recent remembers the latest names that were put into it.
type Recent struct {
	// mu guards what follows.
	mu    sync.Mutex
	held  map[string]bool
	order []string // oldest first
}

// NewRecent returns a set that remembers nothing yet.
func NewRecent() *Recent { return &Recent{held: map[string]bool{}} }

// Add reports whether the name was not there before.
func (r *Recent) Add(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held[name] {
		return false
	}
	r.held[name] = true
	r.order = append(r.order, name)
	if len(r.order) > kept {
		delete(r.held, r.order[0])
		r.order = r.order[1:]
	}
	return true
}

// Has reports whether the name is there.
func (r *Recent) Has(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held[name]
}
