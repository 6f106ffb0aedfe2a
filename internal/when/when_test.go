package when_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/when"
)

func TestPast(t *testing.T) {
	now := time.Date(2026, 11, 25, 14, 30, 0, 0, time.UTC) // a Wednesday
	for text, want := range map[string]string{
		"now": "2026-11-25 14:30", "Today": "2026-11-25 00:00", "yesterday": "2026-11-24 00:00",
		"wednesday": "2026-11-25 00:00", "thu": "2026-11-19 00:00", "10:00": "2026-11-25 10:00", "15:00": "2026-11-24 15:00",
		"2h": "2026-11-25 12:30", "3d ago": "2026-11-22 14:30", "1w1d2h": "2026-11-17 12:30",
		"2026-11-01": "2026-11-01 00:00", "2026-11-01 08:15": "2026-11-01 08:15", "2026-11-01T08:15:00+02:00": "2026-11-01 06:15",
		"2026-11-01t08:15:00z": "2026-11-01 08:15",
	} {
		got, err := when.Past(text, now)
		if err != nil || got.Format("2006-01-02 15:04") != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "tomorrow", "2026-13-01", "25:00", "-2h", "h"} {
		if _, err := when.Past(text, now); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "2H": 2 * time.Hour, "1h30m": 90 * time.Minute, "3d": 72 * time.Hour, "1w": 168 * time.Hour, "1w2d3h": 219 * time.Hour,
	} {
		if got, err := when.Duration(text); err != nil || got != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0s", "2", "d", "1d2w", "-3d", "4000d", "99999999999w", "two hours"} {
		if got, err := when.Duration(text); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
}
