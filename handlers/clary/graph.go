package clary

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

const (
	// graphAge is how long an answer about a status is believed. A refused transition asks anew at once.
	graphAge = time.Minute
	// maxStatuses bounds one search and what is remembered, whatever Clary answers.
	maxStatuses = 200
	// maxSteps is the longest path that is looked for.
	maxSteps = 10
)

// graph remembers which statuses may follow which. Clary has no list of statuses, so it is discovered status by status.
type graph struct {
	clock clock.Clock
	fetch func(ctx context.Context, status string) ([]string, *fault)

	// mu guards entries. It is not held during a fetch.
	mu      sync.Mutex
	entries map[string]graphEntry
}

type graphEntry struct {
	next []string
	read time.Time
}

func newGraph(c clock.Clock, fetch func(context.Context, string) ([]string, *fault)) *graph {
	return &graph{clock: c, fetch: fetch, entries: map[string]graphEntry{}}
}

// next returns what may follow status, in Clary's order.
func (g *graph) next(ctx context.Context, status string) ([]string, *fault) {
	g.mu.Lock()
	e, ok := g.entries[status]
	g.mu.Unlock()
	if ok && g.clock.Now().Sub(e.read) < graphAge {
		return e.next, nil
	}
	return g.refresh(ctx, status)
}

// refresh asks Clary, whatever is remembered.
func (g *graph) refresh(ctx context.Context, status string) ([]string, *fault) {
	next, f := g.fetch(ctx, status)
	if f != nil {
		return nil, f
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.entries) >= maxStatuses {
		clear(g.entries)
	}
	g.entries[status] = graphEntry{next: next, read: g.clock.Now()}
	return next, nil
}

// statuses returns every status that was heard of, sorted.
func (g *graph) statuses() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var known []string
	for status, e := range g.entries {
		known = append(append(known, status), e.next...)
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// search says which way to find.
type search struct {
	from, to string
	avoid    []string // never passed through; neither from nor to is meant
	maxSteps int
}

// route returns the statuses to enter, the wanted one last: the shortest way, and among equally short ones the one that Clary
// names first. It is a breadth-first search that asks only for statuses it expands. Without a way it returns reached, every
// status that can be reached.
func (g *graph) route(ctx context.Context, s search) (path, reached []string, f *fault) {
	if s.from == s.to {
		return nil, nil, nil
	}
	before := map[string]string{s.from: ""}
	level := []string{s.from}
	for range s.maxSteps {
		var following []string
		for _, status := range level {
			next, f := g.next(ctx, status)
			if f != nil {
				return nil, nil, f
			}
			for _, n := range next {
				if _, seen := before[n]; seen || n != s.to && slices.Contains(s.avoid, n) || len(before) >= maxStatuses {
					continue
				}
				before[n] = status
				if n == s.to {
					return walkBack(before, s), nil, nil
				}
				following = append(following, n)
			}
		}
		reached = append(reached, following...)
		level = following
	}
	return nil, reached, nil
}

func walkBack(before map[string]string, s search) []string {
	var path []string
	for at := s.to; at != s.from; at = before[at] {
		path = append(path, at)
	}
	slices.Reverse(path)
	return path
}

// discover follows every status that was heard of, and the seeds, as far as they lead. A status that Clary does not know is
// passed over; any other fault ends it.
func (g *graph) discover(ctx context.Context, seeds []string) *fault {
	queue := append(g.statuses(), seeds...)
	seen := map[string]bool{}
	for len(queue) > 0 && len(seen) < maxStatuses {
		status := queue[0]
		queue = queue[1:]
		if seen[status] {
			continue
		}
		seen[status] = true
		next, f := g.next(ctx, status)
		if f != nil && f.code != bot.CodeInvalid && f.code != bot.CodeNotFound {
			return f
		}
		queue = append(queue, next...)
	}
	return nil
}
