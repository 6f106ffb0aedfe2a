package store

import (
	"context"
	"time"
)

// Locks are places at named resources: a lock is a resource with one place, a limit one with several. What a claim holds is its own for
// exactly as long as the claim is current: nothing is renewed for it, and finishing, releasing or removing the entry, or the end of the
// lease, gives it all back. Whatever gives a place back or leaves a line also makes due, in the same step, whoever stands in that line and
// can have a place there now; one that is still claimed is marked. Only the end of a lease, or of a hold by hand, has nobody to tell of it:
// the line hears when the dead claim's entry is claimed again, when somebody asks for the place, or from Sweep; who waits also looks by itself.
type Locks interface {
	// Acquire takes every place that is asked for, or none. It returns who is in the way, in the order of the places, nobody when all were
	// taken. CodeFenced: the claim is no longer the current one. What the claim held before and does not ask for again is given back, whether
	// the others were taken or not; what it holds already and asks for again it keeps. A hold by hand adds to what the same ID holds.
	Acquire(ctx context.Context, a Acquire) ([]Blocker, error)
	// Holds returns current holds of resources whose names begin with prefix, in the order of their names past after, at most limit (1
	// to MaxPage). It leaves the holds of one name together, so that the last name leads to the next page, if they are not more than limit.
	Holds(ctx context.Context, prefix, after string, limit int) ([]Hold, error)
	// Free takes the resource from whoever holds it by hand (Acquire.Keep), and returns how many had it. What a claim holds is left alone.
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
	// entry is finished or removed, or it asks for other places; it keeps it when the claim is released. A turn is one number for all its
	// places, so no two wait for each other. A line is served strictly in order: while somebody stands in it, who comes later gets nothing,
	// at a resource that has room for all before him excepted. Not for a hold by hand.
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
	Since time.Time // when it was taken; asking for it again does not change that
	Until time.Time // when it ends if nothing renews it: the end of the lease, or of a hold by hand
}

// Blocker is what is in the way at one place.
type Blocker struct {
	Name  string
	Hold  *Hold // the one with the least fence; nil when there is room and only the line is in the way
	Ahead int   // how many stand in line before the one who asks
}

// PageOfHolds cuts holds, which are in the order of their names, to at most limit, and not between holds of one name if it can be helped.
func PageOfHolds(holds []Hold, limit int) []Hold {
	if len(holds) <= limit {
		return holds
	}
	end := limit
	for end > 0 && holds[end-1].Name == holds[limit].Name {
		end--
	}
	if end == 0 {
		end = limit
	}
	return holds[:end]
}

// Validate returns CodeInvalid when the call breaks the contract.
func (a Acquire) Validate() error {
	const op = "store.acquire"
	byHand := a.Claim.Queue == ""
	switch {
	case a.Claim.ID == "", !byHand && a.Claim.Fence <= 0, byHand != (a.Keep > 0), byHand && a.Wait:
		return invalid(op, "a claim, or by hand a name and how long: %+v", a)
	case len(a.Note) > MaxPayload:
		return invalid(op, "the note has %d bytes, at most %d", len(a.Note), MaxPayload)
	}
	seen := make(map[string]bool, len(a.Places))
	for _, p := range a.Places {
		if p.Name == "" || p.Limit < 1 || seen[p.Name] {
			return invalid(op, "a place needs a name of its own and a limit: %+v", p)
		}
		seen[p.Name] = true
	}
	return nil
}

// ValidateHolds returns CodeInvalid when a call of Holds breaks the contract.
func ValidateHolds(limit int) error {
	if limit < 1 || limit > MaxPage {
		return invalid("store.holds", "the limit must be 1 to %d, not %d", MaxPage, limit)
	}
	return nil
}

// ValidateFree returns CodeInvalid when a call of Free breaks the contract.
func ValidateFree(name string) error {
	if name == "" {
		return invalid("store.free", "a resource is needed")
	}
	return nil
}
