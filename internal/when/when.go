// Package when reads the times, durations and rhythms that people type: yesterday, 2h, 3d, 2026-11-24 10:00, every monday at 08:30. It is pure: the time now is handed in.
package when

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// layouts are the ways to write a date, with or without the time of day. A date without a zone is in UTC, as all that Petrel shows.
var layouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

// Past returns the time that a text means when people look back: now, today, yesterday, a weekday, a time of day (10:00), a date, or how long
// ago it was (2h, 3d, 1w, with or without "ago"). CodeInvalid shows how to write one.
func Past(text string, now time.Time) (time.Time, error) {
	now = now.UTC()
	word := strings.ToLower(strings.TrimSpace(text))
	midnight := now.Truncate(day)
	switch word {
	case "now":
		return now, nil
	case "today":
		return midnight, nil
	case "yesterday":
		return midnight.Add(-day), nil
	}
	for back := range 7 {
		at := midnight.Add(-time.Duration(back) * day)
		if name := strings.ToLower(at.Weekday().String()); word == name || word == name[:3] {
			return at, nil
		}
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, strings.ToUpper(word)); err == nil {
			return at.UTC(), nil
		}
	}
	if at, err := time.Parse("15:04", word); err == nil {
		today := midnight.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
		if today.After(now) {
			today = today.Add(-day)
		}
		return today, nil
	}
	if d, err := Duration(strings.TrimSuffix(word, " ago")); err == nil {
		return now.Add(-d), nil
	}
	return time.Time{}, bot.E(bot.CodeInvalid, "when.past", fmt.Sprintf(
		"%q is not a time. Write for example yesterday, monday, 10:00, 2h, 3d, %s or \"%s\" (UTC).", text, now.Format(time.DateOnly), now.Format("2006-01-02 15:04")), nil)
}

// Duration returns how long a text means: Go's units (1h30m, 90s) and d and w for days and weeks, in front of them. It is above 0 and at
// most ten years. CodeInvalid shows how to write one.
func Duration(text string) (time.Duration, error) {
	rest := strings.ToLower(strings.TrimSpace(text))
	var total time.Duration
	for _, unit := range []struct {
		letter string
		length time.Duration
	}{{"w", week}, {"d", day}} {
		digits, after, found := strings.Cut(rest, unit.letter)
		n, err := strconv.ParseUint(digits, 10, 12)
		if !found || err != nil {
			continue
		}
		total, rest = total+time.Duration(n)*unit.length, after
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil {
			return 0, wrongDuration(text, err)
		}
		total += d
	}
	if total <= 0 || total > 3660*day {
		return 0, wrongDuration(text, nil)
	}
	return total, nil
}

func wrongDuration(text string, cause error) error {
	return bot.E(bot.CodeInvalid, "when.duration", fmt.Sprintf("%q is not a length of time. Write for example 30m, 2h, 1h30m, 3d or 1w.", text), cause)
}
