package sqlite

import (
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// Steady is a clock whose monotonic time can be read apart from its wall time. The machine's own clock carries both in one
// time.Time; a clock whose wall time is set by a test or a fault run has to tell the other one this way.
type Steady interface {
	clock.Clock
	// Elapsed returns the time that has passed since some fixed moment. Setting the wall time does not change it.
	Elapsed() time.Duration
}

// jump is the difference between wall time and store time from which on an operator should hear of it.
const jump = time.Minute

// timeline is the store's clock. It begins at the wall time or, if that is later, at the time that the file remembers, and
// goes on with monotonic time alone: whoever sets the wall clock moves no deadline.
type timeline struct {
	clock clock.Clock
	log   *slog.Logger

	// mu guards the fields below.
	mu    sync.Mutex
	start time.Time     // the reading at base
	since time.Duration // the same for a Steady clock
	base  int64
	last  int64         // the latest time told
	skew  time.Duration // wall time minus store time, when last looked at
}

// newTimeline begins at the mark, in nanoseconds since 1970, or at the wall time.
func newTimeline(c clock.Clock, log *slog.Logger, mark int64) *timeline {
	t := &timeline{clock: c, log: log}
	t.rebase(c.Now(), mark)
	return t
}

// now returns the store's time in nanoseconds since 1970.
func (t *timeline) now() int64 { return t.raise(0) }

// raise does what now does, and first moves the store's time on to mark: a time that another process has used.
func (t *timeline) raise(mark int64) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	reading := t.clock.Now()
	t.last = max(t.last, t.base+int64(t.elapsed(reading)))
	if mark > t.last {
		t.rebase(reading, mark)
		return t.last
	}
	t.compare(reading)
	return t.last
}

func (t *timeline) elapsed(reading time.Time) time.Duration {
	if s, ok := t.clock.(Steady); ok {
		return s.Elapsed() - t.since
	}
	return reading.Sub(t.start)
}

func (t *timeline) rebase(reading time.Time, mark int64) {
	t.start = reading
	if s, ok := t.clock.(Steady); ok {
		t.since = s.Elapsed()
	}
	t.base = mark
	if t.last == 0 {
		t.base = max(mark, reading.UnixNano())
	}
	t.last = t.base
	t.compare(reading)
}

// compare logs, once for each jump, that the wall clock left the store's clock.
func (t *timeline) compare(reading time.Time) {
	skew := time.Duration(reading.UnixNano() - t.last)
	if (skew - t.skew).Abs() <= jump {
		return
	}
	t.skew = skew
	t.log.Warn("the wall clock and the store's clock differ", "wall_ahead_by", skew)
}

// after returns the moment d from now, or the last one there is.
func after(now int64, d time.Duration) int64 {
	if int64(d) > math.MaxInt64-now {
		return math.MaxInt64
	}
	return now + int64(d)
}

func timeOf(ns int64) time.Time { return time.Unix(0, ns).UTC() }
