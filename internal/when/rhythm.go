package when

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
)

// MinSpan is the shortest span after which anything comes again.
const MinSpan = time.Minute

// Rhythm is when something comes again and again: after a span, or at a time of day on some days of the week.
type Rhythm struct {
	Span time.Duration  // zero where there are days
	Days []time.Weekday // in the order of a week that begins on Monday, each once
	At   Clock
}

// Clock is a time of day as a wall clock shows it.
type Clock struct{ Hour, Minute int }

// String returns the time as 09:05.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute) }

// ReadClock reads a time of day: 09:00 or 9:00. CodeInvalid shows how to write one.
func ReadClock(text string) (Clock, error) {
	at, err := time.Parse("15:04", strings.TrimSpace(text))
	if err != nil {
		return Clock{}, bot.E(bot.CodeInvalid, "when.clock", fmt.Sprintf("%q is not a time of day. Write for example 09:00 or 17:30.", text), err)
	}
	return Clock{at.Hour(), at.Minute()}, nil
}

// allDays are the days of a week, Monday first.
func allDays() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

// Every reads what may follow the word every: 15m, day at 09:00, weekday at 09:00, monday at 08:30, mon,thu at 08:30. CodeInvalid shows how to
// write one.
func Every(text string) (Rhythm, error) {
	words := strings.ToLower(strings.Join(strings.Fields(text), " "))
	named, clock, found := strings.Cut(words, " at ")
	if !found {
		span, err := Duration(words)
		switch {
		case err != nil:
			return Rhythm{}, wrongRhythm(text, err)
		case span < MinSpan || span%time.Second != 0:
			return Rhythm{}, bot.E(bot.CodeInvalid, "when.every", fmt.Sprintf("%q is no span of a minute or more in whole seconds. Write for example 15m or 1h30m.", text), nil)
		}
		return Rhythm{Span: span}, nil
	}
	r := Rhythm{}
	var err error
	if r.At, err = ReadClock(clock); err != nil {
		return Rhythm{}, err
	}
	if r.Days = days(named); r.Days == nil {
		return Rhythm{}, wrongRhythm(text, nil)
	}
	return r, nil
}

// days returns the days of the week that are named, or nil when one is not known.
func days(text string) []time.Weekday {
	all := allDays()
	switch text {
	case "day":
		return all
	case "weekday":
		return all[:5]
	}
	named := map[time.Weekday]bool{}
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		i := slices.IndexFunc(all, func(d time.Weekday) bool {
			long := strings.ToLower(d.String())
			return name == long || name == long[:3]
		})
		if i < 0 {
			return nil
		}
		named[all[i]] = true
	}
	return slices.DeleteFunc(all, func(d time.Weekday) bool { return !named[d] })
}

// String returns the rhythm as Every reads it.
func (r Rhythm) String() string {
	if r.Span > 0 {
		return Length(r.Span)
	}
	name := ""
	switch len(r.Days) {
	case 1:
		name = strings.ToLower(r.Days[0].String())
	case 7:
		name = "day"
	default:
		names := make([]string, len(r.Days))
		for i, d := range r.Days {
			names[i] = strings.ToLower(d.String()[:3])
		}
		if name = strings.Join(names, ","); name == "mon,tue,wed,thu,fri" {
			name = "weekday"
		}
	}
	return name + " at " + r.At.String()
}

// Length writes a length of time as Duration reads it: 15m, 1h30m, 2d.
func Length(d time.Duration) string {
	if d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	text := d.String()
	for _, zero := range []string{"0s", "0m"} {
		if cut := strings.TrimSuffix(text, zero); cut != text && strings.ContainsAny(cut[max(len(cut)-1, 0):], "hm") {
			text = cut
		}
	}
	return text
}

func wrongRhythm(text string, cause error) error {
	return bot.E(bot.CodeInvalid, "when.every", fmt.Sprintf(
		"%q does not say how often. Write for example every day at 09:00, every weekday at 09:00, every monday at 08:30 or every 15m.", text), cause)
}
