package timer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/timer"
	"github.com/petrelops/petrel/internal/trigger"
)

type params = map[string]any

// slots returns the next n slots after a time, as they are shown in the timer's zone.
func slots(t *testing.T, ref string, p params, after string, n int) []string {
	t.Helper()
	tm, err := timer.New(ref, p)
	if err != nil {
		t.Fatalf("%v: %v", p, err)
	}
	at, err := time.Parse(time.RFC3339, after)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for range n {
		next, ok := tm.Next(at)
		if !ok {
			return append(list, "never")
		}
		if !next.After(at) {
			t.Fatalf("%v: %s is not after %s", p, next, at)
		}
		at = next
		list = append(list, at.In(tm.Zone).Format("Mon 2006-01-02 15:04:05 -0700"))
	}
	return list
}

func TestNext(t *testing.T) {
	const berlin = "Europe/Berlin"
	tests := []struct {
		name, ref string
		params    params
		after     string
		want      []string
	}{
		{"seconds", trigger.IntervalTimer, params{"unit": "seconds", "delta": int64(30)}, "2026-11-25T09:00:00Z", []string{"Wed 2026-11-25 09:00:30 +0000", "Wed 2026-11-25 09:01:00 +0000"}},
		{"weeks begin on a Monday", trigger.IntervalTimer, params{"unit": "weeks", "delta": int64(1)}, "2026-11-25T09:00:00Z", []string{"Mon 2026-11-30 00:00:00 +0000"}},
		{"a date without a zone", trigger.DateTimer, params{"date": "2026-12-24 18:00", "timezone": berlin}, "2026-11-25T09:00:00Z", []string{"Thu 2026-12-24 18:00:00 +0100", "never"}},
		{"a date that is over", trigger.DateTimer, params{"date": "2026-11-25T09:00:00Z"}, "2026-11-25T09:00:00Z", []string{"never"}},
		{"0 is Monday", trigger.CronTimer, params{"day_of_week": int64(0), "hour": int64(9)}, "2026-11-25T09:00:00Z", []string{"Mon 2026-11-30 09:00:00 +0000"}},
		{"0 is Sunday in a crontab", trigger.CronTimer, params{"cron": "0 9 * * 0"}, "2026-11-25T09:00:00Z", []string{"Sun 2026-11-29 09:00:00 +0000"}},
		{"names", trigger.CronTimer, params{"day_of_week": "sat-sun", "month": "dec", "hour": "6"}, "2026-11-25T09:00:00Z", []string{"Sat 2026-12-05 06:00:00 +0000", "Sun 2026-12-06 06:00:00 +0000"}},
		{"finer fields have their least value", trigger.CronTimer, params{"month": int64(3)}, "2026-11-25T09:00:00Z", []string{"Mon 2027-03-01 00:00:00 +0000"}},
		{"coarser fields are open", trigger.CronTimer, params{"minute": "*/20"}, "2026-11-25T09:01:00Z", []string{"Wed 2026-11-25 09:20:00 +0000", "Wed 2026-11-25 09:40:00 +0000", "Wed 2026-11-25 10:00:00 +0000"}},
		{"a step from a value goes on", trigger.CronTimer, params{"hour": "20/2"}, "2026-11-25T09:00:00Z", []string{"Wed 2026-11-25 20:00:00 +0000", "Wed 2026-11-25 22:00:00 +0000", "Thu 2026-11-26 20:00:00 +0000"}},
		{"a range with a step", trigger.CronTimer, params{"second": "10-50/20"}, "2026-11-25T09:00:00Z", []string{"Wed 2026-11-25 09:00:10 +0000", "Wed 2026-11-25 09:00:30 +0000", "Wed 2026-11-25 09:00:50 +0000", "Wed 2026-11-25 09:01:10 +0000"}},
		{"the second Friday", trigger.CronTimer, params{"day": "2nd fri"}, "2026-11-25T09:00:00Z", []string{"Fri 2026-12-11 00:00:00 +0000", "Fri 2027-01-08 00:00:00 +0000"}},
		{"the last Sunday", trigger.CronTimer, params{"day": "last sun"}, "2026-11-25T09:00:00Z", []string{"Sun 2026-11-29 00:00:00 +0000", "Sun 2026-12-27 00:00:00 +0000"}},
		{"the last day", trigger.CronTimer, params{"day": "last", "month": "2"}, "2026-11-25T09:00:00Z", []string{"Sun 2027-02-28 00:00:00 +0000", "Tue 2028-02-29 00:00:00 +0000"}},
		{"a list", trigger.CronTimer, params{"day": "1, 15,last"}, "2026-11-25T09:00:00Z", []string{"Mon 2026-11-30 00:00:00 +0000", "Tue 2026-12-01 00:00:00 +0000", "Tue 2026-12-15 00:00:00 +0000"}},
		{"the 53rd week", trigger.CronTimer, params{"week": int64(53), "day_of_week": "fri"}, "2026-11-25T09:00:00Z", []string{"Fri 2027-01-01 00:00:00 +0000"}},
		{"a year far away", trigger.CronTimer, params{"year": int64(2500)}, "2026-11-25T09:00:00Z", []string{"Fri 2500-01-01 00:00:00 +0000", "never"}},
		{"leap days", trigger.CronTimer, params{"month": int64(2), "day": int64(29), "day_of_week": "mon"}, "2026-11-25T09:00:00Z", []string{"Mon 2044-02-29 00:00:00 +0000"}},
		// On 2026-03-29 Berlin goes from 02:00 to 03:00, on 2026-10-25 from 03:00 back to 02:00.
		{"a time that is skipped", trigger.CronTimer, params{"hour": int64(2), "minute": int64(30), "timezone": berlin}, "2026-03-28T00:00:00Z", []string{"Sat 2026-03-28 02:30:00 +0100", "Sun 2026-03-29 03:00:00 +0200", "Mon 2026-03-30 02:30:00 +0200"}},
		{"a time that comes twice", trigger.CronTimer, params{"cron": "30 2 * * *", "timezone": berlin}, "2026-10-24T12:00:00Z", []string{"Sun 2026-10-25 02:30:00 +0200", "Mon 2026-10-26 02:30:00 +0100"}},
		{"every hour in autumn", trigger.CronTimer, params{"minute": int64(30), "timezone": berlin}, "2026-10-25T00:00:00Z", []string{"Sun 2026-10-25 02:30:00 +0200", "Sun 2026-10-25 02:30:00 +0100", "Sun 2026-10-25 03:30:00 +0100"}},
		{"every hour in spring", trigger.CronTimer, params{"cron": "30 * * * *", "timezone": berlin}, "2026-03-29T00:00:00Z", []string{"Sun 2026-03-29 01:30:00 +0100", "Sun 2026-03-29 03:30:00 +0200"}},
		{"several that are skipped come once", trigger.CronTimer, params{"hour": "2,3", "minute": "*/30", "timezone": berlin}, "2026-03-29T00:00:00Z", []string{"Sun 2026-03-29 03:00:00 +0200", "Sun 2026-03-29 03:30:00 +0200", "Mon 2026-03-30 02:00:00 +0200"}},
		{"a day that is skipped", trigger.CronTimer, params{"day": int64(30), "month": int64(12), "hour": int64(12), "timezone": "Pacific/Apia"}, "2011-12-29T00:00:00Z", []string{"Sat 2011-12-31 00:00:00 +1400", "Sun 2012-12-30 12:00:00 +1400"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, slots(t, tt.ref, tt.params, tt.after, len(tt.want))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		ref    string
		params params
		want   string
	}{
		{trigger.IntervalTimer, params{"unit": "day", "delta": int64(1)}, "did you mean days"},
		{trigger.IntervalTimer, params{"unit": "days", "delta": int64(0)}, "whole number from 1"},
		{trigger.IntervalTimer, params{"unit": "days", "delta": int64(1 << 60)}, "whole number from 1"},
		{trigger.IntervalTimer, params{"unit": "days", "delta": "1"}, "whole number from 1"},
		{trigger.DateTimer, params{"date": "tomorrow"}, "cannot be read"},
		{trigger.DateTimer, params{"date": "2026-01-01", "timezone": "Mars/Phobos"}, "no time zone"},
		{trigger.CronTimer, params{"minute": "1", "timezone": "Local"}, "no time zone"},
		{trigger.CronTimer, params{"minute": "1", "timezone": "../../etc/passwd"}, "no time zone"},
		{trigger.CronTimer, params{"timezone": "UTC"}, "each second"},
		{trigger.CronTimer, params{"minut": "1"}, "did you mean minute"},
		{trigger.CronTimer, params{"minute": "60"}, "from 0 to 59"},
		{trigger.CronTimer, params{"day_of_week": "7"}, "from 0 to 6"},
		{trigger.CronTimer, params{"day_of_week": "sunday"}, "its names are"},
		{trigger.CronTimer, params{"day_of_week": "fri-mon"}, "comes after"},
		{trigger.CronTimer, params{"hour": "*/0"}, "at least 1"},
		{trigger.CronTimer, params{"hour": "2nd fri"}, "takes numbers"},
		{trigger.CronTimer, params{"day": "6th fri"}, "takes numbers"},
		{trigger.CronTimer, params{"day": int64(30), "month": int64(2)}, "no such day"},
		{trigger.CronTimer, params{"cron": "0 0 31 2 *"}, "no such day"},
		{trigger.CronTimer, params{"cron": "0 0 * * 7"}, "cannot be read"},
		{trigger.CronTimer, params{"cron": "TZ=UTC"}, "names a time zone"},
		{trigger.CronTimer, params{"cron": "CRON_TZ="}, "names a time zone"},
		{trigger.CronTimer, params{"cron": "@every 1s"}, "is a span"},
		{trigger.CronTimer, params{"cron": "0 0 * * *", "hour": "1"}, "Keep one"},
		{trigger.CronTimer, params{"minute": "1", "missed": "some"}, "skip, once or all"},
		{trigger.Webhook, nil, "no timer"},
	} {
		_, err := timer.New(tt.ref, tt.params)
		if bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), tt.want) {
			t.Errorf("%v: %v, want %q", tt.params, err, tt.want)
		}
	}
}
