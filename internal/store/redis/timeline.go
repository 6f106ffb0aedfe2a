package redis

import (
	"sync/atomic"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// fresh is for how long what a script told of the time is carried on by this machine's clock, which may run at another pace.
const fresh = time.Second

// timeline is what this handle knows of the store's time. Every script tells it, so that Now needs no call of its own: under load one call in
// three was for the time alone.
type timeline struct {
	clock clock.Clock
	fresh time.Duration
	heard atomic.Pointer[reading]
	// latest is the latest time that was told, in milliseconds.
	latest atomic.Int64
}

// reading is a time that a script told, and when its answer was here. The store's time is no less than it and what has passed since.
type reading struct {
	told int64
	at   time.Time
}

// ahead returns the time that the reading makes of at, and false when it is too old. An age below zero is a clock that was set.
func (r *reading) ahead(at time.Time, fresh time.Duration) (int64, bool) {
	if r == nil {
		return 0, false
	}
	age := at.Sub(r.at)
	return r.told + age.Milliseconds(), age >= 0 && age < fresh
}

// hear notes the time of a script's answer, unless more is known: answers come late, and never early.
func (t *timeline) hear(told int64) {
	next := &reading{told: told, at: t.clock.Now()}
	for {
		old := t.heard.Load()
		if now, ok := old.ahead(next.at, t.fresh); ok && now >= told {
			return
		}
		if t.heard.CompareAndSwap(old, next) {
			return
		}
	}
}

// now returns the store's time, and false when it has to be asked for.
func (t *timeline) now() (time.Time, bool) {
	now, ok := t.heard.Load().ahead(t.clock.Now(), t.fresh)
	if !ok {
		return time.Time{}, false
	}
	return t.tell(now), true
}

// tell returns a time, or the latest that was told if that is later.
func (t *timeline) tell(now int64) time.Time {
	for {
		latest := t.latest.Load()
		if now <= latest {
			return time.UnixMilli(latest).UTC()
		}
		if t.latest.CompareAndSwap(latest, now) {
			return time.UnixMilli(now).UTC()
		}
	}
}
