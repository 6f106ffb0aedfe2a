package adaptertest

import (
	"encoding/json"
	"slices"
	"sync"
)

// Ledger keeps the lines that a simulator writes of what happens on it.
type Ledger[Line any] struct {
	// mu guards lines.
	mu    sync.Mutex
	lines []Line
}

// Write takes one line.
func (l *Ledger[Line]) Write(p []byte) (int, error) {
	var line Line
	if err := json.Unmarshal(p, &line); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	return len(p), nil
}

// Lines returns what was written so far.
func (l *Ledger[Line]) Lines() []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

// Count returns how many lines fit.
func (l *Ledger[Line]) Count(fits func(Line) bool) int {
	n := 0
	for _, line := range l.Lines() {
		if fits(line) {
			n++
		}
	}
	return n
}
