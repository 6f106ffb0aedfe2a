//go:build fault

package fault

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
)

// ToldOnce is the promise of timers and sensors.
const ToldOnce = "11: each slot of a timer and each event of a sensor is told once"

// window is what timers and sensors have to tell.
type window struct {
	from, to time.Time // of the slots
	hosts    []string  // whose change is an event
}

// Told is something that no person asked for, and when the chat was told of it.
type Told struct {
	What  string
	At    time.Time // of a slot: when it was due
	Posts []chat.Line
}

var (
	slotForm  = regexp.MustCompile(`slot (\d+) of (\S+ \S+)`)
	eventForm = regexp.MustCompile(`event \d+ of (\w+)`)
)

// slotLayout is how a rule sees a slot, in the zone of its timer.
const slotLayout = "2006-01-02 15:04:05.000000-07:00"

// readTold adds to the history what timers and sensors had to tell.
func (l *lab) readTold(h *History, said []chat.Line) {
	known := map[string]*Told{}
	add := func(what string, at time.Time) {
		t := &Told{What: what, At: at}
		known[what] = t
		h.Told = append(h.Told, t)
	}
	for at := l.window.from; at.Before(l.window.to); at = at.Add(time.Second) {
		for i := range l.Timers {
			add(fmt.Sprintf("slot %d of %s", i, at.UTC().Format(slotLayout)), at)
		}
	}
	for _, host := range l.window.hosts {
		add("the change of "+host, time.Time{})
	}
	for _, line := range said {
		if line.Kind != chat.LinePost {
			continue
		}
		if t := known[toldOf(line.Text)]; t != nil {
			t.Posts = append(t.Posts, line)
		}
	}
}

// toldOf names what a post tells of.
func toldOf(text string) string {
	if found := slotForm.FindStringSubmatch(text); found != nil {
		at, _ := time.Parse(slotLayout, found[2]) // one that cannot be read is nobody's
		return "slot " + found[1] + " of " + at.UTC().Format(slotLayout)
	}
	if found := eventForm.FindStringSubmatch(text); found != nil {
		return "the change of " + found[1]
	}
	return ""
}

// checkTold demands one post of each.
func checkTold(h *History) []Violation {
	var found []Violation
	for _, t := range h.Told {
		if len(t.Posts) == 1 {
			continue
		}
		said := t.At
		if said.IsZero() && len(t.Posts) > 0 {
			said = t.Posts[0].Time
		}
		what := fmt.Sprintf("%s was told %d times", t.What, len(t.Posts))
		found = append(found, Violation{ToldOnce, what, &Command{Text: t.What, Said: said, Posts: t.Posts}})
	}
	return found
}

// late returns the longest that a slot waited to be told.
func (h *History) late() time.Duration {
	var most time.Duration
	for _, t := range h.Told {
		if len(t.Posts) > 0 && strings.HasPrefix(t.What, "slot") {
			most = max(most, t.Posts[0].Time.Sub(t.At))
		}
	}
	return most
}
