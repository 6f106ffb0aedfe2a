package timer

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/petrelops/petrel/internal/spell"
)

func newCron(parameters map[string]any, zone *time.Location) (Schedule, error) {
	line := textOf(parameters["cron"])
	given := map[string]string{}
	for _, f := range fields() {
		if text := textOf(parameters[f.name]); text != "" {
			given[f.name] = text
		}
	}
	for name := range parameters {
		if _, ok := fieldByName(name); !ok && name != "cron" && name != "timezone" && name != "missed" {
			return nil, invalid("The parameter %s of the cron timer is not known%s", name, spell.Hint(name, fieldNames()))
		}
	}
	switch {
	case line != "" && len(given) > 0:
		return nil, invalid("The cron timer has the line %q and fields as well. Keep one of the two.", line)
	case line != "":
		c, err := newCrontab(line)
		return wall{c, zone}, err
	case len(given) == 0:
		return nil, invalid("The cron timer names no time and would fire each second. Give it a field such as minute, or cron.")
	}
	c, err := newCalendar(given)
	if err != nil {
		return nil, err
	}
	if _, ok := c.next(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)); !ok {
		return nil, invalid("The cron timer never comes due: there is no such day.")
	}
	return wall{c, zone}, nil
}

// crontab are five fields, as robfig/cron reads them.
type crontab struct{ spec *cron.SpecSchedule }

// newCrontab reads a line. The library panics on some lines with a time zone in them, and has names for spans that are no cron.
func newCrontab(line string) (c crontab, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = crontab{}, invalid("The cron line %q cannot be read. Write five fields as in 30 2 * * 1-5.", line)
		}
	}()
	if strings.Contains(line, "TZ=") {
		return c, invalid("The cron line %q names a time zone. Write it as timezone beside it.", line)
	}
	schedule, err := cron.ParseStandard(line)
	if err != nil {
		return c, invalid("The cron line %q cannot be read (%s). Write five fields as in 30 2 * * 1-5.", line, err)
	}
	spec, ok := schedule.(*cron.SpecSchedule)
	if !ok {
		return c, invalid("The cron line %q is a span. Use %s for it.", line, "core.st2.IntervalTimer")
	}
	spec.Location = time.UTC
	c.spec = spec
	if _, ok := c.next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)); !ok {
		return c, invalid("The cron line %q never comes due: there is no such day.", line)
	}
	return c, nil
}

func (c crontab) next(from time.Time) (time.Time, bool) {
	at := c.spec.Next(from.Add(-time.Second))
	return at, !at.IsZero()
}

// allHours are the bits of the hours 0 to 23.
const allHours = 1<<24 - 1

func (c crontab) hourly() bool { return c.spec.Hour&allHours == allHours }

// fieldCalendar are APScheduler's fields.
type fieldCalendar struct {
	wants [8][]want // by the order of fields
}

// newCalendar reads fields. What is finer than the finest one that is given has its least value; week and day_of_week are open.
func newCalendar(given map[string]string) (*fieldCalendar, error) {
	c := &fieldCalendar{}
	left := len(given)
	for i, f := range fields() {
		text, ok := given[f.name]
		switch {
		case ok:
			left--
		case left == 0 && f.least != "":
			text = f.least
		default:
			text = "*"
		}
		var err error
		if c.wants[i], err = f.read(text); err != nil {
			return nil, invalid("The field %s of the cron timer cannot be %q: %s.", f.name, text, err)
		}
	}
	return c, nil
}

// maxYears is how far ahead a day is looked for. The calendar repeats its weekdays after 28 years, or after 40 around 2100.
const maxYears = 50

func (c *fieldCalendar) next(from time.Time) (time.Time, bool) {
	if fraction := from.Truncate(time.Second); !fraction.Equal(from) {
		from = fraction.Add(time.Second)
	}
	day := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	second := int(from.Sub(day) / time.Second)
	end := day.AddDate(maxYears, 0, 0)
	// Only a year of its own can lie farther away.
	if first := c.firstYear(day.Year()); first > day.Year() {
		day, second = time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC), 0
		end = day.AddDate(maxYears, 0, 0)
	}
	for ; day.Before(end); day, second = day.AddDate(0, 0, 1), 0 {
		if !c.wantsDay(day) {
			continue
		}
		if at, ok := c.timeOfDay(second); ok {
			return day.Add(time.Duration(at) * time.Second), true
		}
	}
	return time.Time{}, false
}

// firstYear returns the first year that is wanted from one on, or that one when none is.
func (c *fieldCalendar) firstYear(from int) int {
	for y := from; y <= maxYear; y++ {
		if c.has(fieldYear, y, time.Time{}) {
			return y
		}
	}
	return from
}

func (c *fieldCalendar) wantsDay(day time.Time) bool {
	_, week := day.ISOWeek()
	return c.has(fieldYear, day.Year(), day) && c.has(fieldMonth, int(day.Month()), day) && c.has(fieldDay, day.Day(), day) &&
		c.has(fieldWeek, week, day) && c.has(fieldWeekday, weekday(day), day)
}

// timeOfDay returns the first second of a day that is wanted, from one on.
func (c *fieldCalendar) timeOfDay(from int) (int, bool) {
	for h := from / 3600; h < 24; h++ {
		if !c.has(fieldHour, h, time.Time{}) {
			continue
		}
		for m := max(0, from-h*3600) / 60; m < 60; m++ {
			if !c.has(fieldMinute, m, time.Time{}) {
				continue
			}
			for s := max(0, from-h*3600-m*60); s < 60; s++ {
				if c.has(fieldSecond, s, time.Time{}) {
					return h*3600 + m*60 + s, true
				}
			}
		}
	}
	return 0, false
}

func (c *fieldCalendar) has(field, value int, day time.Time) bool {
	for _, w := range c.wants[field] {
		if w.has(value, day) {
			return true
		}
	}
	return false
}

func (c *fieldCalendar) hourly() bool {
	for h := range 24 {
		if !c.has(fieldHour, h, time.Time{}) {
			return false
		}
	}
	return true
}

// weekday counts from Monday, which is 0.
func weekday(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }
