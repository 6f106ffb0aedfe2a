// Package posted remembers where an adapter's postings stand, so that one that is made again is found. It also remembers which calls may
// have posted although they failed: the platform has to be asked about those.
package posted

import (
	"sync"

	"github.com/petrelops/petrel/internal/remote"
)

// kept bounds how many postings are remembered. One that was forgotten is looked for on the platform.
const kept = 4096

// Memory remembers the places of postings by their keys. Place is how a platform names the place of a message; its zero value is a doubt.
type Memory[Place comparable] struct {
	// mu guards what follows.
	mu    sync.Mutex
	at    map[string]Place
	order []string // oldest first
}

// New returns an empty memory.
func New[Place comparable]() *Memory[Place] { return &Memory[Place]{at: map[string]Place{}} }

// Find returns where the posting is. doubt says that it may be somewhere, because a call for it failed.
func (m *Memory[Place]) Find(key string) (at Place, known, doubt bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var none Place
	at, noted := m.at[key]
	return at, noted && at != none, noted && at == none
}

// Set remembers where the posting is; the zero value is a doubt.
func (m *Memory[Place]) Set(key string, at Place) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, noted := m.at[key]; !noted {
		m.order = append(m.order, key)
	}
	m.at[key] = at
	if len(m.order) > kept {
		delete(m.at, m.order[0])
		m.order = m.order[1:]
	}
}

// Note remembers what a call for the posting came to: its place, or a doubt where nobody knows. It returns the error of the call.
func (m *Memory[Place]) Note(key string, at Place, err error) error {
	var none Place
	switch {
	case err == nil:
		m.Set(key, at)
	case remote.Undecided(err):
		m.Set(key, none)
	}
	return err
}
