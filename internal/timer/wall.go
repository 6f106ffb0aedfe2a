package timer

import "time"

// calendar finds times on a clock that never jumps. Times are in UTC and stand for what the wall shows.
type calendar interface {
	// next returns the first time that is wanted at or after a time, and false when there is none.
	next(from time.Time) (time.Time, bool)
	// hourly reports whether every hour of a day is wanted.
	hourly() bool
}

// wall shows a calendar by the clock of a zone.
type wall struct {
	calendar
	zone *time.Location
}

// maxTurns bounds how many changes of the clock are looked past.
const maxTurns = 400

// Next implements Schedule. Between two changes of the zone's clock the wall and the real time run side by side, so each such stretch is
// looked at by itself.
func (w wall) Next(after time.Time) (time.Time, bool) {
	t := after.Truncate(time.Second).Add(time.Second).In(w.zone)
	for range maxTurns {
		start, end := t.ZoneBounds()
		offset := offsetAt(t)
		from := shown(t, offset)
		if !start.IsZero() && !w.hourly() {
			before := offsetAt(start.Add(-time.Second))
			if seen := shown(start, before); offset < before && from.Before(seen) {
				from = seen // the clock was set back: up to here it shows times for the second time
			} else if offset > before && t.Equal(start) {
				// The clock was set forward over the times up to now.
				if skipped, ok := w.next(seen); ok && skipped.Before(from) {
					return t, true
				}
			}
		}
		at, ok := w.next(from)
		if !ok {
			return time.Time{}, false
		}
		if moment := at.Add(-offset).In(w.zone); end.IsZero() || moment.Before(end) {
			return moment, true
		}
		t = end.In(w.zone)
	}
	return time.Time{}, false
}

func offsetAt(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// shown is what the wall shows at a time.
func shown(t time.Time, offset time.Duration) time.Time { return t.UTC().Add(offset) }
