package schedule

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/timer"
	"github.com/petrelops/petrel/internal/trigger"
	"github.com/petrelops/petrel/internal/when"
)

// Schedule is a line that is to be run later.
type Schedule struct {
	ID      string       `json:"id"`
	When    string       `json:"when"` // every day at 09:00, at 02:00, in 30m
	Zone    string       `json:"zone"` // whose wall clock it goes by
	Line    string       `json:"line"`
	Action  string       `json:"action"` // what the line named when it was scheduled
	By      bot.Identity `json:"by"`
	Origin  bot.Origin   `json:"origin"` // where the answers go
	Created time.Time    `json:"created"`
	Next    time.Time    `json:"next"`
	Once    bool         `json:"once,omitempty"`
	// Told is the refusal that the owner was told last, so that a schedule which is refused each minute tells it once.
	Told string `json:"told,omitempty"`
}

// Text says for people when the schedule runs, by which clock, and what.
func (s Schedule) Text() string { return fmt.Sprintf("%s (%s): %s", s.When, s.Zone, s.Line) }

// NextText is when the schedule comes due next, as its owner's wall shows it.
func (s Schedule) NextText() string { return s.wall(s.Next) }

func (s Schedule) wall(at time.Time) string {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil { // it was there when this was scheduled
		zone = time.UTC
	}
	return at.In(zone).Format("Mon 2006-01-02 15:04:05 MST")
}

// Due is a schedule that has come due.
type Due struct {
	Schedule
	Slot time.Time
}

// Message is the line as its owner would have typed it. Schedule and slot name the delivery, so a slot is one command however often it is run.
func (d Due) Message() bot.Message {
	return bot.Message{Origin: d.Origin, Delivery: d.key(), Text: d.Line}
}

func (d Due) key() string { return "schedule/" + d.ID + "/" + strconv.FormatInt(d.Slot.Unix(), 10) }

// Wish is somebody's wish for a schedule. Of Every, At and In one is set.
type Wish struct {
	Every  string // as when.Every reads it
	At     string // a time of day, or a date with one
	In     string // a length of time
	Line   string
	Action string
	By     bot.Identity
	Origin bot.Origin
	Dedupe string // names the delivery of the wish; the same one twice is one schedule. Empty: never the same
}

const (
	// minWait is the shortest time after which anything is run.
	minWait = time.Second
	// maxWait is how far ahead anything can be scheduled: nobody remembers it any longer.
	maxWait = 366 * 24 * time.Hour
)

// read turns a wish into a schedule that has no id yet.
func (w Wish) read(now time.Time, zone *time.Location) (Schedule, error) {
	s := Schedule{Zone: zone.String(), Line: w.Line, Action: w.Action, By: w.By, Origin: w.Origin, Created: now, Once: w.Every == ""}
	var err error
	switch {
	case w.Every != "":
		var r when.Rhythm
		if r, err = when.Every(w.Every); err == nil {
			s.When = "every " + r.String()
			s.Next, err = s.after(now)
		}
	case w.In != "":
		var wait time.Duration
		if wait, err = when.Duration(w.In); err == nil {
			s.When, s.Next = "in "+when.Length(wait), now.Add(wait)
		}
	default:
		s.When = "at " + strings.Join(strings.Fields(w.At), " ")
		s.Next, err = readTime(w.At, now, zone)
	}
	if err != nil {
		return Schedule{}, err
	}
	if wait := s.Next.Sub(now); wait < minWait && s.Once || wait > maxWait {
		return Schedule{}, bot.E(bot.CodeInvalid, "schedule.wish.read", fmt.Sprintf(
			"%q would be %s. Name a time that is a second to a year ahead.", s.When, s.NextText()), nil)
	}
	return s, nil
}

// readTime reads the time at which something is to run once: the next time that the wall shows so, or a date.
func readTime(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if c, err := when.ReadClock(text); err == nil {
		return first(trigger.CronTimer, map[string]any{"hour": c.Hour, "minute": c.Minute, "timezone": zone.String()}, now)
	}
	at, err := first(trigger.DateTimer, map[string]any{"date": text, "timezone": zone.String()}, time.Time{})
	if err != nil {
		return at, bot.E(bot.CodeInvalid, "schedule.wish.time", fmt.Sprintf("%q is not a time. Write for example 02:00 or 2026-12-24 18:00.", text), err)
	}
	return at, nil
}

func first(kind string, parameters map[string]any, after time.Time) (time.Time, error) {
	t, err := timer.New(kind, parameters)
	if err != nil {
		return time.Time{}, err
	}
	at, _ := t.Next(after)
	return at, nil
}

// after returns the first slot of a schedule that comes again and is later than the time.
func (s Schedule) after(at time.Time) (time.Time, error) {
	r, err := when.Every(strings.TrimPrefix(s.When, "every "))
	if err != nil {
		return time.Time{}, err
	}
	if r.Span > 0 {
		next, _ := timer.Every(s.Created, r.Span).Next(at)
		return next, nil
	}
	names := make([]string, len(r.Days))
	for i, d := range r.Days {
		names[i] = strings.ToLower(d.String()[:3])
	}
	return first(trigger.CronTimer, map[string]any{
		"day_of_week": strings.Join(names, ","), "hour": r.At.Hour, "minute": r.At.Minute, "timezone": s.Zone,
	}, at)
}
