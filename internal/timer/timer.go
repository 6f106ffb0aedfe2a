// Package timer says when timers come due: StackStorm's interval, date and cron timers, the last with APScheduler's fields or with the five
// fields of a crontab. It is pure: a schedule is asked what comes after a time, and anybody who asks gets the same answer, so replicas and
// restarts agree on every slot.
//
// Cron timers go by the clock on the wall of their zone. A time that the clock skips in spring comes when the clock has skipped it, once; a
// time that the clock shows twice in autumn comes the first time only. Timers for every hour know no such thing: they come once in each
// hour that really passes.
package timer

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a machine may have no zones of its own

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/internal/trigger"
)

// Schedule tells when a timer comes due.
type Schedule interface {
	// Next returns the first slot that is later than the time, and false when there is none any more.
	Next(after time.Time) (time.Time, bool)
}

// Missed says what becomes of slots that passed while nobody watched.
type Missed string

// The policies for missed slots.
const (
	Skip Missed = "skip" // they are forgotten, as StackStorm does
	Once Missed = "once" // the last of them is made up for
	All  Missed = "all"  // each is made up for, the oldest first
)

// Timer is a schedule with what a rule asks of it.
type Timer struct {
	Schedule
	Missed Missed
	Zone   *time.Location
}

// IsTimer reports whether the trigger is one that Petrel's clock emits.
func IsTimer(ref string) bool {
	return ref == trigger.IntervalTimer || ref == trigger.DateTimer || ref == trigger.CronTimer
}

// New reads the parameters of a timer's trigger. CodeInvalid says which one is wrong.
func New(ref string, parameters map[string]any) (Timer, error) {
	t := Timer{Missed: Skip, Zone: time.UTC}
	switch missed := Missed(textOf(parameters["missed"])); missed {
	case "":
	case Skip, Once, All:
		t.Missed = missed
	default:
		return t, invalid("The parameter missed must be skip, once or all, not %q.", missed)
	}
	if name := textOf(parameters["timezone"]); name != "" {
		zone, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			return t, invalid("There is no time zone %q. Write one as in Europe/Berlin, or UTC.", name)
		}
		t.Zone = zone
	}
	var err error
	switch ref {
	case trigger.IntervalTimer:
		t.Schedule, err = newInterval(parameters, t.Zone)
	case trigger.DateTimer:
		t.Schedule, err = newDate(parameters, t.Zone)
	case trigger.CronTimer:
		t.Schedule, err = newCron(parameters, t.Zone)
	default:
		err = invalid("%s is no timer.", ref)
	}
	return t, err
}

func invalid(format string, args ...any) error {
	return bot.E(bot.CodeInvalid, "timer.new", fmt.Sprintf(format, args...), nil)
}

// textOf returns a parameter as text; "" when it is not there.
func textOf(value any) string {
	if value == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(value))
}

// interval comes again after a fixed span. Its slots are reckoned from a Monday long ago, so a restart does not move them.
type interval struct {
	start time.Time
	every time.Duration
}

// maxInterval keeps spans below what a time.Duration holds.
const maxInterval = 100 * 365 * 24 * time.Hour

func newInterval(parameters map[string]any, zone *time.Location) (Schedule, error) {
	units := map[string]time.Duration{
		"weeks": 7 * 24 * time.Hour, "days": 24 * time.Hour, "hours": time.Hour, "minutes": time.Minute, "seconds": time.Second,
	}
	name := textOf(parameters["unit"])
	unit, ok := units[name]
	if !ok {
		return nil, invalid("The unit %q of the interval is not known%s", name, spell.Hint(name, []string{"weeks", "days", "hours", "minutes", "seconds"}))
	}
	delta, ok := parameters["delta"].(int64)
	if !ok || delta < 1 || delta > int64(maxInterval/unit) {
		return nil, invalid("The delta of the interval must be a whole number from 1 to %d, not %v.", maxInterval/unit, parameters["delta"])
	}
	return interval{start: time.Date(1970, 1, 5, 0, 0, 0, 0, zone), every: time.Duration(delta) * unit}, nil
}

// Every returns the schedule that comes again after each span, a whole number of seconds, reckoned from a time.
func Every(start time.Time, span time.Duration) Schedule {
	return interval{start: start.Truncate(time.Second), every: span}
}

// Next implements Schedule.
func (i interval) Next(after time.Time) (time.Time, bool) {
	if after.Before(i.start) {
		return i.start, true
	}
	// In seconds: a Duration holds three hundred years only.
	every := int64(i.every / time.Second)
	n := (after.Unix()-i.start.Unix())/every + 1
	return time.Unix(i.start.Unix()+n*every, 0).In(i.start.Location()), true
}

// date comes once.
type date struct{ at time.Time }

func newDate(parameters map[string]any, zone *time.Location) (Schedule, error) {
	text := textOf(parameters["date"])
	if at, ok := parameters["date"].(time.Time); ok {
		return date{at}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return date{at}, nil
		}
	}
	return nil, invalid("The date %q of the timer cannot be read. Write it as in 2026-12-24 18:00.", text)
}

// Next implements Schedule.
func (d date) Next(after time.Time) (time.Time, bool) { return d.at, d.at.After(after) }
