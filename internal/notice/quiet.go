package notice

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
)

// Quiet is a part of each day in which a channel is not disturbed. The zero value is none.
type Quiet struct {
	from, to int // minutes of the day, by the wall clock of the zone
	zone     *time.Location
	except   []string // severities that are told all the same
}

var quietForm = regexp.MustCompile(`^\s*(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)\s+(\S+)(?:\s+except\s+(?:severity\s+)?(.+?))?\s*$`)

// ParseQuiet reads quiet hours, as in "22:00-07:00 Europe/Berlin except severity critical, high". Empty is none. CodeInvalid says how they
// are written.
func ParseQuiet(text string) (Quiet, error) {
	if strings.TrimSpace(text) == "" {
		return Quiet{}, nil
	}
	wrong := func(why string, cause error) (Quiet, error) {
		return Quiet{}, bot.E(bot.CodeInvalid, "notice.quiet.parse", fmt.Sprintf(
			`%q are no quiet hours: %s. Write for example 22:00-07:00 Europe/Berlin except severity critical.`, text, why), cause)
	}
	part := quietForm.FindStringSubmatch(text)
	if part == nil {
		return wrong("from, to and a time zone are needed", nil)
	}
	zone, err := time.LoadLocation(part[5])
	if err != nil || part[5] == "Local" { // which would be another one on another machine
		return wrong("there is no time zone "+part[5], err)
	}
	q := Quiet{zone: zone}
	for i, into := range []*int{&q.from, &q.to} {
		at, err := time.Parse("15:04", part[1+2*i]+":"+part[2+2*i])
		if err != nil {
			return wrong("a day has no such time", err)
		}
		*into = at.Hour()*60 + at.Minute()
	}
	if q.from == q.to {
		return wrong("they begin when they end", nil)
	}
	for word := range strings.FieldsFuncSeq(part[6], func(r rune) bool { return r == ',' || r == ' ' }) {
		q.except = append(q.except, strings.ToLower(word))
	}
	return q, nil
}

// Passes reports whether what has the severity is told all the same.
func (q Quiet) Passes(severity string) bool {
	return slices.Contains(q.except, strings.ToLower(severity))
}

// Until returns when the quiet hours end that the time lies in, and false outside of them. The clock of the zone counts: where it leaps,
// they are shorter or longer by as much.
func (q Quiet) Until(now time.Time) (time.Time, bool) {
	if q.zone == nil {
		return time.Time{}, false
	}
	local := now.In(q.zone)
	minute := local.Hour()*60 + local.Minute()
	inside := minute >= q.from && minute < q.to
	if q.from > q.to { // over midnight
		inside = minute >= q.from || minute < q.to
	}
	if !inside {
		return time.Time{}, false
	}
	day := local.Day()
	if minute >= q.to {
		day++
	}
	end := time.Date(local.Year(), local.Month(), day, q.to/60, q.to%60, 0, 0, q.zone)
	// In the hour that the clock shows twice there are two ends, and Date may return either: it is the next one.
	if first := end.Add(-time.Hour); first.After(now) && sameClock(first, end) {
		return first, true
	}
	if second := end.Add(time.Hour); !end.After(now) && sameClock(second, end) {
		return second, true
	}
	return end, true
}

func sameClock(a, b time.Time) bool { return a.Hour() == b.Hour() && a.Minute() == b.Minute() }

// String returns the hours as they are read.
func (q Quiet) String() string {
	if q.zone == nil {
		return "never"
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d %s", q.from/60, q.from%60, q.to/60, q.to%60, q.zone)
}
