package discord

import (
	"context"
	"sync"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

const (
	// maxInvalid is how many answers of 401, 403 and 429 in ten minutes make the bot stop calling; at 10,000 Discord shuts out the address.
	maxInvalid  = 1000
	invalidSpan = 10 * time.Minute
	// soon is the wait for a bucket whose calls are all on their way.
	soon       = 250 * time.Millisecond
	maxBuckets = 10_000
	// sameWindow is by how much Discord's word about the end of a window may differ.
	sameWindow = 100 * time.Millisecond
)

// gate keeps calls back until Discord takes them. A bucket that is empty holds up no other.
type gate struct {
	clock     clock.Clock
	perSecond int

	// mu guards what follows.
	mu      sync.Mutex
	buckets map[string]*bucket // by the name of the call and what it is counted by
	shared  map[string]*bucket // by Discord's name of the bucket and what it is counted by
	until   time.Time          // no call that is counted before then
	calls   []time.Time        // the last perSecond of them
	invalid []time.Time
}

func newGate(o Options) *gate {
	return &gate{clock: o.Clock, perSecond: o.PerSecond, buckets: map[string]*bucket{}, shared: map[string]*bucket{}}
}

// enter takes room for one call, which leave gives back. It returns how long the call must not be made yet. Of a bucket that nobody knows
// one call finds out whether there is room for more; those wait for its answer.
func (g *gate) enter(ctx context.Context, r request) (b *bucket, wait time.Duration) {
	for {
		b, wait, asked := g.try(r)
		if asked == nil {
			return b, wait
		}
		select {
		case <-asked:
		case <-ctx.Done():
			return nil, soon
		}
	}
}

// try takes room where there is some. What answers an interaction is not counted among the calls of a second.
func (g *gate) try(r request) (b *bucket, wait time.Duration, asked <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	b = g.bucket(r, now)
	if b.asked != nil {
		return nil, 0, b.asked
	}
	wait = max(b.wait(now), g.shutOut(now))
	if !r.free {
		wait = max(wait, g.until.Sub(now), g.second(now))
	}
	if wait > 0 {
		return nil, wait, nil
	}
	if b.limit == 0 {
		b.asked = make(chan struct{})
	}
	if !r.free {
		g.calls = append(g.calls, now)[max(0, len(g.calls)+1-g.perSecond):]
	}
	b.flying++
	b.left--
	return b, 0, nil
}

// bucket returns the bucket of a call.
func (g *gate) bucket(r request, now time.Time) *bucket {
	name := r.name + " " + r.major
	b := g.buckets[name]
	if b == nil {
		if len(g.buckets) >= maxBuckets {
			g.sweep(now)
		}
		b = &bucket{}
		g.buckets[name] = b
	}
	return b
}

// sweep forgets the buckets that hold nothing up, such as those of interactions that are over.
func (g *gate) sweep(now time.Time) {
	for _, list := range []map[string]*bucket{g.buckets, g.shared} {
		for name, b := range list {
			if b.flying == 0 && !now.Before(b.reset) && !now.Before(b.until) {
				delete(list, name)
			}
		}
	}
}

// second returns how long until the calls of the last second leave room for one more. Any second counts, wherever Discord lets its begin.
func (g *gate) second(now time.Time) time.Duration {
	if len(g.calls) < g.perSecond {
		return 0
	}
	return g.calls[0].Add(time.Second).Sub(now)
}

// shutOut returns how long no call may be made because too many were refused.
func (g *gate) shutOut(now time.Time) time.Duration {
	n := len(g.invalid)
	if n < maxInvalid {
		return 0
	}
	return g.invalid[n-maxInvalid].Add(invalidSpan).Sub(now)
}

// leave takes what the answer to a call says about limits.
func (g *gate) leave(r request, b *bucket, heard limits) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	b.flying--
	if b.asked != nil {
		close(b.asked)
		b.asked = nil
	}
	if heard.bucket != "" {
		b = g.share(r, b, heard.bucket)
	}
	b.learn(now, heard)
	if heard.refused {
		g.invalid = append(g.invalid, now)[max(0, len(g.invalid)+1-maxInvalid):]
	}
	switch until := now.Add(heard.wait); {
	case heard.wait <= 0:
	case heard.global && until.After(g.until):
		g.until = until
	case !heard.global && until.After(b.until):
		b.until = until
	}
}

// share makes calls that Discord counts together one bucket here.
func (g *gate) share(r request, b *bucket, name string) *bucket {
	name += " " + r.major
	known := g.shared[name]
	if known == nil {
		g.shared[name] = b
		return b
	}
	g.buckets[r.name+" "+r.major] = known
	return known
}

// bucket is what Discord counts together, as far as its answers have told.
type bucket struct {
	limit  int           // calls in a window; zero is not known, below it there is none
	left   int           // of the window, calls on their way taken off
	least  int           // the smallest number that an answer told of the window
	window time.Duration // which window that was: its end by Discord's clock
	flying int           // calls on their way
	asked  chan struct{} // closed when the call that finds out has its answer; nil while none does
	reset  time.Time     // when the window ends
	until  time.Time     // no call before then: an answer of 429
}

// wait returns how long there is no room.
func (b *bucket) wait(now time.Time) time.Duration {
	if wait := b.until.Sub(now); wait > 0 {
		return wait
	}
	if b.limit > 0 && !now.Before(b.reset) {
		b.left = b.limit - b.flying
	}
	if b.limit <= 0 || b.left > 0 {
		return 0
	}
	return max(b.reset.Sub(now), soon)
}

// learn takes what an answer says about the bucket. Answers overtake each other, so within a window the smallest number counts, and calls
// that are on their way are taken off, as it may have counted them or not.
func (b *bucket) learn(now time.Time, heard limits) {
	later := heard.window - b.window
	switch {
	case heard.limit <= 0:
		if heard.answered && b.limit == 0 {
			b.limit = -1
		}
		return
	case later > sameWindow:
		b.least, b.window, b.reset = heard.left, heard.window, now.Add(heard.after)
	case later < -sameWindow: // of a window that is over
		return
	}
	b.limit, b.least = heard.limit, min(b.least, heard.left)
	b.left = b.least - b.flying
}
