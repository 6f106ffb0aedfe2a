package rule

import (
	"strconv"
	"strings"
	"time"
)

// layouts are the ways to write a time that are read. A time without a zone is in UTC, as there.
func layouts() []string {
	return []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
		"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z0700", "2006-01-02 15:04:05.999999999 MST",
		"2006-01-02 15:04:05.999999999", "2006-01-02 15:04", time.DateOnly, "20060102T150405Z0700", "20060102T150405", "20060102",
		time.RFC1123Z, time.RFC1123, time.RFC850, time.ANSIC, time.UnixDate, "02 Jan 2006 15:04:05", "Jan 2 2006 15:04:05", "Jan 2, 2006",
	}
}

// age compares how many seconds ago a time was with a number of seconds. A time to come was a negative number of seconds ago.
func age(f func(seconds, limit float64) bool) func(operand) (bool, error) {
	return func(o operand) (bool, error) {
		text, ok := o.value.(string)
		if !ok {
			return false, faultf("the value is %s, and the operator takes a time as text", kind(o.value))
		}
		at, err := readTime(text)
		if err != nil {
			return false, err
		}
		limit, ok := float(o.pattern)
		if written, isText := o.pattern.(string); isText {
			limit, err = strconv.ParseFloat(strings.TrimSpace(written), 64)
			ok = err == nil
		}
		if !ok {
			return false, faultf("the pattern is no number of seconds")
		}
		return f(o.facts.Now.Sub(at).Seconds(), limit), nil
	}
}

func readTime(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, layout := range layouts() {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, faultf("%.40q is not a time; send it as in 2026-11-25T09:00:00Z", text)
}
