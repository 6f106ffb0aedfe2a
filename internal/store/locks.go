package store

import (
	"context"
	"time"
)

// Locks are places at named resources: a lock is a resource with one place, a limit one with several. What a claim holds is its own for
// exactly as long as the claim is current: nothing is renewed for it, and finishing, releasing or removing the entry, or the end of the
// lease, gives it all back in the same step and makes the first in each line due.
type Locks interface {
	// Acquire takes every place that is asked for, or none. It returns who is in the way, nobody when all were taken. CodeFenced: the
	// claim is no longer the current one. What the claim held before and does not ask for again is given back.
	Acquire(ctx context.Context, a Acquire) ([]Blocker, error)
	// Holds returns current holds of resources whose names begin with prefix, in the order of their names past after, at most limit (1
	// to MaxPage).
	Holds(ctx context.Context, prefix, after string, limit int) ([]Hold, error)
	// Free takes the resource from whoever holds it by hand (Acquire.Keep), wakes the first in line, and returns how many had it. What a
	// claim holds is left alone.
	Free(ctx context.Context, name string) (int, error)
}

// Acquire asks for places.
type Acquire struct {
	// Claim is who asks. For a hold by hand its Queue is empty and its ID says who.
	Claim Claim
	// Keep is how long a hold by hand lasts; 0 for a claim.
	Keep   time.Duration
	Places []Place
	Note   string // why, for people: at most MaxPayload bytes
	// Wait puts the claim's entry in line at all the places when they cannot be had now. It keeps its turn until it has got them, or its
	// entry is finished or removed, or it asks for other places. A line is served strictly in order: while somebody stands in it, who
	// comes later gets nothing, at a resource that has room for all before him excepted. Not for a hold by hand.
	Wait bool
}

// Place is one place at a resource.
type Place struct {
	Name  string
	Limit int // how many may be held at once, from 1
}

// Hold is a place that is taken.
type Hold struct {
	Name  string
	Owner Claim // Queue, ID and Fence; for a hold by hand Queue is empty and Fence is a number of its own
	Note  string
	Since time.Time
	Until time.Time // when it ends if nothing renews it: the end of the lease, or of a hold by hand
}

// Blocker is what is in the way at one place.
type Blocker struct {
	Name  string
	Hold  *Hold // one of the holds; nil when there is room and only the line is in the way
	Ahead int   // how many stand in line before the one who asks
}
