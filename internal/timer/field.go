package timer

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The order of the fields, from coarse to fine as APScheduler has them.
const (
	fieldYear = iota
	fieldMonth
	fieldDay
	fieldWeek
	fieldWeekday
	fieldHour
	fieldMinute
	fieldSecond
)

const maxYear = 9999

// field is one part of a cron timer.
type field struct {
	name     string
	min, max int
	least    string   // what it is when only coarser ones are given; "" is open
	names    []string // of its values, from min on
	days     bool     // it takes last, 2nd fri and last sun
}

func fields() []field {
	return []field{
		{name: "year", min: 1970, max: maxYear},
		{name: "month", min: 1, max: 12, least: "1", names: strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec")},
		{name: "day", min: 1, max: 31, least: "1", days: true},
		{name: "week", min: 1, max: 53},
		{name: "day_of_week", min: 0, max: 6, names: weekdays()},
		{name: "hour", min: 0, max: 23, least: "0"},
		{name: "minute", min: 0, max: 59, least: "0"},
		{name: "second", min: 0, max: 59, least: "0"},
	}
}

func weekdays() []string { return strings.Fields("mon tue wed thu fri sat sun") }

func fieldNames() []string {
	names := make([]string, 0, 8)
	for _, f := range fields() {
		names = append(names, f.name)
	}
	return names
}

func fieldByName(name string) (field, bool) {
	i := slices.Index(fieldNames(), name)
	if i < 0 {
		return field{}, false
	}
	return fields()[i], true
}

// want is one of the values or ranges of a field.
type want struct {
	from, to, step int
	// place is last for the last day of a month, and last or 1st to 5th with a weekday in from.
	place string
}

// has reports whether the value is wanted. The day is looked at for places only.
func (w want) has(value int, day time.Time) bool {
	if w.place == "" {
		return value >= w.from && value <= w.to && (value-w.from)%w.step == 0
	}
	last := day.AddDate(0, 0, 1).Month() != day.Month()
	if w.from < 0 {
		return last
	}
	if weekday(day) != w.from {
		return false
	}
	if w.place == "last" {
		return day.AddDate(0, 0, 7).Month() != day.Month()
	}
	return int(w.place[0]-'0') == (day.Day()-1)/7+1
}

var (
	allForm   = regexp.MustCompile(`^\*(?:/(\d{1,9}))?$`)
	rangeForm = regexp.MustCompile(`^(\d{1,9})(?:-(\d{1,9}))?(?:/(\d{1,9}))?$`)
	namesForm = regexp.MustCompile(`^([a-z]+)(?:-([a-z]+))?$`)
	placeForm = regexp.MustCompile(`^(1st|2nd|3rd|4th|5th|last) +(mon|tue|wed|thu|fri|sat|sun)$`)
)

// read reads expressions with commas between them.
func (f field) read(text string) ([]want, error) {
	var list []want
	for _, part := range strings.Split(strings.ToLower(text), ",") {
		w, err := f.one(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, nil
}

func (f field) one(text string) (want, error) {
	if m := allForm.FindStringSubmatch(text); m != nil {
		return f.span(f.min, f.max, m[1])
	}
	if m := rangeForm.FindStringSubmatch(text); m != nil {
		from, to := number(m[1]), number(m[2])
		if m[2] == "" {
			to = from
			if m[3] != "" { // 5/10 goes on to the end
				to = f.max
			}
		}
		return f.span(from, to, m[3])
	}
	if f.days && text == "last" {
		return want{from: -1, place: text}, nil
	}
	if m := placeForm.FindStringSubmatch(text); f.days && m != nil {
		return want{from: slices.Index(weekdays(), m[2]), place: m[1]}, nil
	}
	if m := namesForm.FindStringSubmatch(text); f.names != nil && m != nil {
		from := slices.Index(f.names, m[1])
		to := from
		if m[2] != "" {
			to = slices.Index(f.names, m[2])
		}
		if from < 0 || to < 0 {
			return want{}, fmt.Errorf("its names are %s", strings.Join(f.names, ", "))
		}
		return f.span(from+f.min, to+f.min, "")
	}
	return want{}, errors.New("it takes numbers, *, */2, 1-5, 1-5/2 and lists of these with commas" + f.more())
}

// more ends the sentence about what a field takes.
func (f field) more() string {
	switch {
	case f.days:
		return ", and last, 2nd fri and last sun"
	case f.names != nil:
		return ", and names such as " + f.names[0]
	}
	return ""
}

func (f field) span(from, to int, step string) (want, error) {
	w := want{from: from, to: to, step: 1}
	if step != "" {
		w.step = number(step)
	}
	switch {
	case w.step < 1:
		return w, errors.New("the step must be at least 1")
	case from > to:
		return w, fmt.Errorf("%d comes after %d", from, to)
	case from < f.min || to > f.max:
		return w, fmt.Errorf("its values go from %d to %d", f.min, f.max)
	}
	return w, nil
}

// number reads digits, of which there are few.
func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
