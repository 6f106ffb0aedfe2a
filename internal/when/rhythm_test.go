package when_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/when"
)

func TestEvery(t *testing.T) {
	workdays := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	nine := when.Clock{Hour: 9}
	for text, want := range map[string]when.Rhythm{
		"15m":                        {Span: 15 * time.Minute},
		"1h30m":                      {Span: 90 * time.Minute},
		"2d":                         {Span: 48 * time.Hour},
		"day at 09:00":               {Days: append(slices.Clone(workdays), time.Saturday, time.Sunday), At: nine},
		" Weekday  at 9:00 ":         {Days: workdays, At: nine},
		"monday at 08:30":            {Days: []time.Weekday{time.Monday}, At: when.Clock{Hour: 8, Minute: 30}},
		"sun,Thu, thursday at 23:59": {Days: []time.Weekday{time.Thursday, time.Sunday}, At: when.Clock{Hour: 23, Minute: 59}},
	} {
		got, err := when.Every(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	}
}

func TestEveryRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                "does not say how often",
		"day":             "does not say how often",
		"moonday at 9:00": "does not say how often",
		"at 09:00":        "does not say how often",
		"day at nine":     "is not a time of day",
		"day at 24:00":    "is not a time of day",
		"30s":             "no span of a minute or more",
		"61.5s":           "no span of a minute or more",
		"0m":              "does not say how often",
	} {
		_, err := when.Every(text)
		if bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What a rhythm is written as is read as the same rhythm.
func TestRhythmsAreReadAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want when.Rhythm
		if rapid.Bool().Draw(t, "span") {
			want.Span = time.Duration(rapid.Int64Range(60, 300*24*3600).Draw(t, "seconds")) * time.Second
		} else {
			for d := range 7 {
				if rapid.Bool().Draw(t, "day") {
					want.Days = append(want.Days, time.Weekday((d+1)%7))
				}
			}
			if want.Days == nil {
				want.Days = []time.Weekday{time.Sunday}
			}
			want.At = when.Clock{Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Minute: rapid.IntRange(0, 59).Draw(t, "minute")}
		}
		got, err := when.Every(want.String())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%q: %v %s", want, err, diff)
		}
	})
}

// Whatever is typed, it is read or refused with a sentence.
func TestEveryTakesAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`(day|weekday|mon|tue,wed|1h|0m|15m|9999w)( at )?([0-9]{1,2}:[0-9]{1,2})?`)).Draw(t, "text")
		r, err := when.Every(text)
		switch {
		case err != nil && bot.ErrorText(err) == "":
			t.Fatalf("%q: %v", text, err)
		case err == nil && (r.Span == 0) != (len(r.Days) > 0):
			t.Fatalf("%q: %+v", text, r)
		}
	})
}
