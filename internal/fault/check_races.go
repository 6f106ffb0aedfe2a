//go:build fault

package fault

import (
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
)

// LegalStart is the promise of approvals.
const LegalStart = "5: nothing starts without the approvals that were asked for, and with them once"

// raceTTL is how long the question of a race against expiry waits.
const raceTTL = 2 * time.Second

// Race is what the witnesses saw of one race.
type Race struct {
	Kind    raceKind
	Command *Command
	Clicks  []Span // of the two, from the first delivery to the acknowledgement
	Last    Span   // of the approval that completes it, where two must agree
	Expires time.Time
	Answers []string // what whoever clicked was told alone, by click; empty: nothing
}

// Span is a time from its beginning to its end; zero where the witnesses saw none.
type Span struct{ From, To time.Time }

func (s Span) holds(t time.Time) bool { return !t.Before(s.From) && !t.After(s.To) }

// Overlaps reports whether the two of the race were on their way at the same time.
func (r Race) Overlaps() bool {
	if r.Kind == clickExpiry {
		return len(r.Clicks) == 1 && r.Clicks[0].holds(r.Expires)
	}
	return len(r.Clicks) == 2 && !r.Clicks[0].To.IsZero() && !r.Clicks[1].To.IsZero() &&
		r.Clicks[0].From.Before(r.Clicks[1].To) && r.Clicks[1].From.Before(r.Clicks[0].To)
}

// onTheirWay returns from when to when each message was on its way.
func onTheirWay(said []chat.Line) map[string]Span {
	all := map[string]Span{}
	for _, line := range said {
		s := all[line.Message]
		switch {
		case line.Kind == chat.LineDelivery && s.From.IsZero():
			s.From = line.Time
		case line.Kind == chat.LineAck && s.To.IsZero():
			s.To = line.Time
		default:
			continue
		}
		all[line.Message] = s
	}
	return all
}

// readRaces adds the races to the history.
func (l *lab) readRaces(h *History, said []chat.Line) {
	if len(l.races) == 0 {
		return
	}
	commands, when, private := map[string]*Command{}, onTheirWay(said), map[string]string{}
	for _, line := range said {
		if line.Kind == chat.LinePost && line.User != "" {
			private[line.Thread] += line.Text
		}
	}
	for _, c := range h.Commands {
		commands[c.Tag] = c
	}
	for _, r := range l.races {
		seen := Race{Kind: r.kind, Command: commands[r.command.Tag], Last: when[r.last]}
		for _, id := range r.clicks {
			seen.Clicks = append(seen.Clicks, when[id])
			seen.Answers = append(seen.Answers, private[id])
		}
		if r.kind == clickChange {
			seen.Clicks = append(seen.Clicks, Span{r.changed[0], r.changed[1]})
		}
		h.Races = append(h.Races, seen)
	}
}

// expiries fills in when each question expired: the audit log tells when it was asked.
func (h *History) expiries() {
	for i, r := range h.Races {
		for _, id := range r.Command.Executions() {
			if at, ok := h.Audit.Asked[id]; ok && r.Kind == clickExpiry {
				h.Races[i].Expires = at.Add(raceTTL)
			}
		}
	}
}

// checkRaces demands that each race has the starts that it may have. A start is an effect in Clary's ledger.
func checkRaces(h *History) []Violation {
	var found []Violation
	for _, r := range h.Races {
		c, starts := r.Command, len(r.Command.Effects)
		report := func(format string, args ...any) {
			found = append(found, Violation{LegalStart, fmt.Sprintf("%s, %s: ", r.Kind, c.Text) + fmt.Sprintf(format, args...), c})
		}
		checkAnswers(r, report)
		end, _ := c.End()
		switch {
		case starts > 1:
			report("it started %d times", starts)
		case (r.Kind == doubleClick || r.Kind == twoClickers) && starts != 1:
			report("it was approved and did not start: it is %s", end.Status)
		case (r.Kind == clickSelf || r.Kind == clickAccount) && starts == 0:
			report("two agreed and it did not start: it is %s", end.Status)
		case (r.Kind == clickSelf || r.Kind == clickAccount) && c.Effects[0].Time.Before(r.Last.From):
			report("it started before the second of two had agreed")
		case starts == 1 && end.Status != "succeeded":
			report("it started and is %s", end.Status)
		case r.Kind == clickChange && starts == 1 && c.Effects[0].Previous != planned:
			report("it started from %s, and what was approved starts from %s", c.Effects[0].Previous, planned)
		}
	}
	return found
}

// taken reports whether an answer says that the click counted.
func taken(answer string) bool {
	return strings.Contains(answer, "is approved and goes on") || strings.Contains(answer, "counts: ")
}

// Refused counts the clicks that were told alone that they do not count: they came too late, twice, or from somebody who may not.
func (r Race) Refused() int {
	n := 0
	for _, a := range r.Answers {
		n += one(a != "" && !taken(a))
	}
	return n
}

// checkAnswers demands that everybody who clicked is told alone what became of it, and that of two clicks on one decision one counts.
func checkAnswers(r Race, report func(format string, args ...any)) {
	counted := 0
	for i, a := range r.Answers {
		counted += one(taken(a))
		if a == "" {
			report("click %d of %d got no private answer", i+1, len(r.Answers))
		}
	}
	switch {
	case (r.Kind == doubleClick || r.Kind == twoClickers) && counted != 1:
		report("%d clicks were told that they count, and one approval was asked for", counted)
	case (r.Kind == clickSelf || r.Kind == clickAccount) && counted > 1:
		report("whoever asked was told that the own click counts")
	}
}
