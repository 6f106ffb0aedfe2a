package discord

import (
	"sync"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

const (
	// maxInvalid is how many answers of 401, 403 and 429 in ten minutes make the bot stop calling; at 10,000 Discord shuts out the address.
	maxInvalid  = 1000
	invalidSpan = 10 * time.Minute
	// everywhere is the bucket of all calls together.
	everywhere = ""
	maxBuckets = 10_000
)

// gate keeps calls back until the wait that Discord asked for is over. A bucket that is empty holds up no other.
type gate struct {
	clock     clock.Clock
	perSecond int

	// mu guards what follows.
	mu      sync.Mutex
	until   map[string]time.Time // by bucket
	second  time.Time
	calls   int // since second
	invalid []time.Time
}

func newGate(o Options) *gate {
	return &gate{clock: o.Clock, perSecond: o.PerSecond, until: map[string]time.Time{}}
}

// enter takes room for one call. It returns how long the call must not be made yet. What answers an interaction is not counted.
func (g *gate) enter(bucket string, counted bool) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	wait := max(g.until[bucket].Sub(now), g.shutOut(now))
	if counted {
		wait = max(wait, g.until[everywhere].Sub(now))
	}
	if wait > 0 || !counted {
		return wait
	}
	if now.Sub(g.second) >= time.Second {
		g.second, g.calls = now, 0
	}
	if g.calls >= g.perSecond {
		return g.second.Add(time.Second).Sub(now)
	}
	g.calls++
	return 0
}

// shutOut returns how long no call may be made because too many were refused.
func (g *gate) shutOut(now time.Time) time.Duration {
	n := len(g.invalid)
	if n < maxInvalid {
		return 0
	}
	return g.invalid[n-maxInvalid].Add(invalidSpan).Sub(now)
}

// refused counts an answer of 401, 403 or 429.
func (g *gate) refused() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.invalid = append(g.invalid, g.clock.Now())
	if len(g.invalid) > maxInvalid {
		g.invalid = g.invalid[1:]
	}
}

// shut closes the bucket for the time.
func (g *gate) shut(bucket string, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	if len(g.until) >= maxBuckets {
		for name, until := range g.until {
			if !until.After(now) {
				delete(g.until, name)
			}
		}
	}
	g.until[bucket] = now.Add(wait)
}
