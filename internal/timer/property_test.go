package timer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/internal/timer"
	"github.com/petrelops/petrel/internal/trigger"
)

// watched is a span in which a zone changes its clock.
type watched struct{ zone, from string }

func zones() []watched {
	return []watched{
		{"UTC", "2026-02-27T12:00:00Z"},
		{"Europe/Berlin", "2026-03-28T00:00:00Z"},
		{"Europe/Berlin", "2026-10-24T00:00:00Z"},
		{"America/New_York", "2026-03-07T12:00:00Z"},
		{"America/New_York", "2026-10-31T12:00:00Z"},
		{"Australia/Lord_Howe", "2026-04-04T00:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-03T00:00:00Z"},
		{"Pacific/Apia", "2011-12-29T00:00:00Z"},
		{"America/Havana", "2026-03-07T12:00:00Z"},
		{"America/Havana", "2026-10-31T12:00:00Z"},
	}
}

// bruteForce stands before the wall for some days, looks once a minute, and writes down what it sees: by the rules of the package, a time
// that was jumped over counts at the moment of the jump and one that was seen before does not count, unless every hour is wanted.
func bruteForce(zone *time.Location, from, to time.Time, hourly bool, wanted func(wall time.Time) bool) []time.Time {
	var list []time.Time
	plain := func(t time.Time) time.Time {
		_, offset := t.In(zone).Zone()
		return t.UTC().Add(time.Duration(offset) * time.Second)
	}
	seen := plain(from)
	for t := from.Add(time.Minute); !t.After(to); t = t.Add(time.Minute) {
		wall := plain(t)
		fires := wanted(wall) && (hourly || wall.After(seen))
		for w := seen.Add(time.Minute); !hourly && w.Before(wall); w = w.Add(time.Minute) {
			fires = fires || wanted(w)
		}
		if wall.After(seen) {
			seen = wall
		}
		if fires {
			list = append(list, t.UTC())
		}
	}
	return list
}

// pick draws some values of a field and writes them as the field takes them; now and then it takes all.
func pick(t *rapid.T, name string, low, high int) (string, func(int) bool) {
	if rapid.Bool().Draw(t, name+" is open") {
		return "*", func(int) bool { return true }
	}
	values := rapid.SliceOfNDistinct(rapid.IntRange(low, high), 1, 3, rapid.ID[int]).Draw(t, name)
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ","), func(v int) bool { return slices.Contains(values, v) }
}

func TestCronAgreesWithABruteForceClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SampledFrom(zones()).Draw(t, "zone")
		zone, err := time.LoadLocation(at.zone)
		if err != nil {
			t.Fatal(err)
		}
		from, err := time.Parse(time.RFC3339, at.from)
		if err != nil {
			t.Fatal(err)
		}
		minute, wantsMinute := pick(t, "minute", 0, 59)
		hour, wantsHour := pick(t, "hour", 0, 4)
		weekday, wantsWeekday := pick(t, "day_of_week", 0, 6)
		crontab := rapid.Bool().Draw(t, "crontab")
		p := map[string]any{"minute": minute, "hour": hour, "day_of_week": weekday, "timezone": at.zone}
		first := time.Monday
		if crontab { // there the first day is a Sunday
			first = time.Sunday
			p = map[string]any{"cron": minute + " " + hour + " * * " + weekday, "timezone": at.zone}
		}
		tm, err := timer.New(trigger.CronTimer, p)
		if err != nil {
			t.Fatal(err)
		}
		to := from.Add(72 * time.Hour)
		want := bruteForce(zone, from, to, hour == "*", func(w time.Time) bool {
			return wantsMinute(w.Minute()) && wantsHour(w.Hour()) && wantsWeekday((int(w.Weekday())-int(first)+7)%7)
		})
		var got []time.Time
		for next, ok := tm.Next(from); ok && !next.After(to); next, ok = tm.Next(next) {
			got = append(got, next.UTC())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%v: (-want +got)\n%s", p, diff)
		}
	})
}

// Whatever the fields: the next slot is later, and asked from just before it the answer is the same.
func TestNextIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := map[string]any{"timezone": rapid.SampledFrom(zones()).Draw(t, "zone").zone}
		for _, f := range [][]string{
			{"day", "*", "last", "2nd fri", "last sun", "31", "*/7"},
			{"month", "*", "feb", "1-11/2"},
			{"week", "*", "1", "53"},
			{"second", "0", "*/17"},
			{"hour", "*", "2", "0-3"},
			{"minute", "0", "30", "*/13"},
		} {
			p[f[0]] = rapid.SampledFrom(f[1:]).Draw(t, f[0])
		}
		tm, err := timer.New(trigger.CronTimer, p)
		if err != nil {
			return // there is no such day
		}
		after := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "after"), rapid.Int64Range(0, 999_999_999).Draw(t, "fraction"))
		next, ok := tm.Next(after)
		if !ok {
			return
		}
		if !next.After(after) || next.Nanosecond() != 0 {
			t.Fatalf("%v: after %s comes %s", p, after, next)
		}
		if again, _ := tm.Next(next.Add(-time.Nanosecond)); !again.Equal(next) {
			t.Fatalf("%v: just before %s the answer is %s", p, next, again)
		}
	})
}
