package notice_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/notice"
)

func TestQuietHours(t *testing.T) {
	const night = "22:00-07:00 Europe/Berlin except severity critical, High"
	tests := map[string]struct{ hours, now, until string }{
		"before":                            {night, "2026-11-25T20:59:59Z", ""},
		"at the beginning":                  {night, "2026-11-25T21:00:00Z", "2026-11-26T06:00:00Z"},
		"after midnight":                    {night, "2026-11-26T02:30:00Z", "2026-11-26T06:00:00Z"},
		"at the end":                        {night, "2026-11-26T06:00:00Z", ""},
		"in summer":                         {night, "2026-07-01T20:00:00Z", "2026-07-02T05:00:00Z"},
		"over the leap into summer":         {night, "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"},
		"over the leap back":                {night, "2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"},
		"on the last day of a month":        {night, "2026-12-31T23:30:00Z", "2027-01-01T06:00:00Z"},
		"by day":                            {"12:00-13:30 UTC", "2026-11-25T12:00:00Z", "2026-11-25T13:30:00Z"},
		"by day, over":                      {"12:00-13:30 UTC", "2026-11-25T13:30:00Z", ""},
		"an end that the clock leaps over":  {"01:00-02:30 Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"},
		"an end that the clock shows twice": {"01:00-02:30 Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"},
		"again, after that end":             {"01:00-02:30 Europe/Berlin", "2026-10-25T01:15:00Z", "2026-10-25T01:30:00Z"},
		"none":                              {"", "2026-11-25T12:00:00Z", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := notice.ParseQuiet(test.hours)
			if err != nil {
				t.Fatal(err)
			}
			now, err := time.Parse(time.RFC3339, test.now)
			if err != nil {
				t.Fatal(err)
			}
			until, quiet := q.Until(now)
			got := ""
			if quiet {
				got = until.UTC().Format(time.RFC3339)
			}
			if got != test.until {
				t.Errorf("quiet until %q, want %q", got, test.until)
			}
		})
	}
}

// Whatever the hour, quiet hours end after now, and are over at their end unless the clock shows that hour again.
func TestQuietHoursEnd(t *testing.T) {
	q, err := notice.ParseQuiet("22:00-07:00 America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); now.Year() == 2026; now = now.Add(17 * time.Minute) {
		until, quiet := q.Until(now)
		if !quiet {
			continue
		}
		if !until.After(now) || until.Sub(now) > 10*time.Hour {
			t.Fatalf("at %s they end at %s", now, until)
		}
		if _, still := q.Until(until); still {
			t.Fatalf("at %s, where they end, they go on", until)
		}
	}
}

func TestQuietPasses(t *testing.T) {
	q, err := notice.ParseQuiet("22:00-07:00 Europe/Berlin except severity critical, High")
	if err != nil {
		t.Fatal(err)
	}
	for severity, want := range map[string]bool{"critical": true, "CRITICAL": true, "high": true, "low": false, "": false} {
		if q.Passes(severity) != want {
			t.Errorf("%q passes: %t", severity, !want)
		}
	}
	if q.String() != "22:00-07:00 Europe/Berlin" {
		t.Errorf("it is written %s", q)
	}
}

func TestWrongQuietHours(t *testing.T) {
	for _, text := range []string{
		"22:00", "22-7 UTC", "22:00-07:00", "22:00-07:00 Nowhere/City", "25:00-07:00 UTC", "22:00-07:60 UTC", "22:00-22:00 UTC", "22:00-07:00 Local", "22:00-07:00 UTC sometimes",
	} {
		if _, err := notice.ParseQuiet(text); bot.ErrorCode(err) != bot.CodeInvalid || bot.ErrorText(err) == "" {
			t.Errorf("%q: %v", text, err)
		}
	}
}
