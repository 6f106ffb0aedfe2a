//go:build fault

package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
	"github.com/petrelops/petrel/internal/sim/clary"
)

// The invariants (the numbers are those of the list that they come from: 5 is in check_races.go, 6 in audit.go, 9 in keys.go, another 4 in
// check_locks.go, 10, 12 and 13 in check_chat.go, 11 in check_told.go and 14 in check_questions.go).
const (
	OneEnd      = "1: every accepted command has exactly one end state"
	FewEffects  = "2: at most one effect for class once, equal ones for class idempotent"
	TrueEnds    = "3: succeeded means that the effect is there, failed that it is not, abandoned that somebody died"
	NoneAfter   = "4: nobody works on after the end"
	OneMessage  = "7: one message for a command, and its final state stays"
	AckedIsKept = "8: what is acknowledged is a command, a repetition of one, or answered"
)

// Violation is a broken invariant with the history that shows it.
type Violation struct {
	Invariant string `json:"invariant"`
	What      string `json:"what"`
	command   *Command
}

// inHand is how many effects a worker may still have when it is stopped or killed: commands run one host at a time.
const inHand = 1

// Check looks at the whole history. Only a command that may still be on its way at the end of the run is left alone: nobody acknowledged it.
func Check(h *History) []Violation {
	var found []Violation
	for _, c := range h.Commands {
		report := func(invariant, format string, args ...any) {
			found = append(found, Violation{invariant, c.Text + ": " + fmt.Sprintf(format, args...), c})
		}
		checkKept(c, report)
		checkMissed(c, report)
		checkEffects(c, report)
		checkEnd(c, report)
		checkMessages(c, report)
		checkDeaths(c, h.Firings, report)
	}
	return slices.Concat(found, checkOverlaps(h), checkAudit(h), checkRaces(h), checkQuestions(h), checkTold(h), checkOrder(h), checkHaste(h), checkKeys(h))
}

type reporter func(invariant, format string, args ...any)

// checkKept demands an end of what was taken.
func checkKept(c *Command, report reporter) {
	taken := len(c.Acks) > 0 || len(c.Marks) > 0 || len(c.Executions()) > 0 || len(c.Effects) > 0
	if !taken || c.Settled() {
		return
	}
	if len(c.Executions()) == 0 && len(c.Effects) == 0 {
		report(AckedIsKept, "it was acknowledged, and nothing was ever said about it")
		return
	}
	report(OneEnd, "it was accepted and has no end")
}

// checkEffects counts what a target got.
func checkEffects(c *Command, report reporter) {
	byHost := map[string][]clary.Line{}
	for _, e := range c.Effects {
		byHost[e.Host] = append(byHost[e.Host], e)
	}
	for host, list := range byHost {
		if !slices.Contains(c.Hosts, host) {
			report(FewEffects, "%s is not its target", host)
		}
		for _, e := range list[1:] {
			if c.Kind == Comment || c.Kind == Set && e.Status != list[0].Status {
				report(FewEffects, "%s got %d effects", host, len(list))
				break
			}
		}
	}
}

// checkEnd compares what was said about the end with what the target has.
func checkEnd(c *Command, report reporter) {
	end, ended := c.End()
	if !ended {
		return
	}
	if _, told := c.Told("busy"); told {
		report(TrueEnds, "its author was told that it is not accepted, and it ran")
	}
	mutates := c.Kind == Set || c.Kind == Comment
	did := map[string]bool{}
	after := 0
	for _, e := range c.Effects {
		did[e.Host] = true
		if e.Time.After(end.Time) {
			after++
		}
	}
	switch {
	case mutates && end.Status == "succeeded" && len(did) < len(c.Hosts):
		report(TrueEnds, "it is said to have succeeded, and %d of %d targets have its effect", len(did), len(c.Hosts))
	case c.Kind == Comment && end.Status == "failed" && len(did) > 0:
		report(TrueEnds, "it is said to have failed, and it had its effect")
	case strings.Contains(end.Text, "it had its effect: nothing is left") && len(did) < len(c.Hosts):
		report(TrueEnds, "the look after a death says that it had its effect, and it had not")
	case strings.Contains(end.Text, "died before it had any effect") && len(did) > 0:
		report(TrueEnds, "the look after a death says that it had no effect, and it had")
	}
	if after > inHand || after > 0 && end.Status != "abandoned" {
		report(NoneAfter, "%d effects came after it was said to be %s", after, end.Status)
	}
}

// checkMessages looks at what its thread shows.
func checkMessages(c *Command, report reporter) {
	if ids := c.Executions(); len(ids) > 1 {
		report(OneMessage, "it became %d executions: %s", len(ids), strings.Join(ids, ", "))
	}
	posts, status := map[string]int{}, map[string]string{}
	for _, p := range c.Posts {
		if p.Kind == chat.LinePost {
			posts[p.Key]++
		}
		if p.Execution == "" {
			continue
		}
		before, ended := status[p.Execution]
		switch {
		case ended && (!p.Final || p.Status != before):
			report(OneMessage, "its final state changed from %s to %s", before, p.Status)
		case p.Final:
			status[p.Execution] = p.Status
		}
	}
	for key, n := range posts {
		if n > 1 {
			report(OneMessage, "%s was posted %d times", key, n)
		}
	}
}

// checkDeaths demands that nothing is abandoned for nothing: somebody was killed or stopped while it was on its way.
func checkDeaths(c *Command, firings []Firing, report reporter) {
	end, ended := c.End()
	if !ended || end.Status != "abandoned" {
		return
	}
	for _, f := range firings {
		if f.Time.After(c.Said) && f.Time.Before(end.Time) && (f.deadly() || strings.HasPrefix(f.Do, "redis")) {
			return
		}
	}
	report(TrueEnds, "it is abandoned although no worker died")
}

// Shortest returns the violation with the shortest history and that history.
func Shortest(found []Violation, firings []Firing) (Violation, string) {
	best := slices.MinFunc(found, func(a, b Violation) int { return a.command.size() - b.command.size() })
	return best, best.command.story(firings)
}

func (c *Command) size() int {
	return len(c.Deliveries) + len(c.Acks) + len(c.Marks) + len(c.Posts) + len(c.Effects)
}

// story is all that the witnesses saw of a command, in the order of time.
func (c *Command) story(firings []Firing) string {
	type event struct {
		at   time.Time
		text string
	}
	events := []event{{c.Said, "said      " + c.Text}}
	add := func(at time.Time, format string, args ...any) {
		events = append(events, event{at, fmt.Sprintf(format, args...)})
	}
	for _, d := range c.Deliveries {
		add(d.Time, "delivered retry %d over %s", d.Retry, d.Socket)
	}
	for _, a := range c.Acks {
		add(a.Time, "acked")
	}
	for _, m := range c.Marks {
		add(m.Time, "marked    %s", m.Mark)
	}
	for _, p := range c.Posts {
		add(p.Time, "%-9s %s %s %q", p.Kind, p.Key, p.Status, p.Text)
	}
	for _, e := range c.Effects {
		add(e.Time, "effect    %s %s %s", e.Kind, e.Host, e.Status)
	}
	last := slices.MaxFunc(events, func(a, b event) int { return a.at.Compare(b.at) }).at
	for _, f := range firings {
		if f.Time.After(c.Said) && f.Time.Before(last.Add(time.Second)) {
			add(f.Time, "FAULT     %s %s of process %d", f.Do, f.Point, f.PID)
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	var text strings.Builder
	for _, e := range events {
		fmt.Fprintf(&text, "  %8.3fs  %s\n", e.at.Sub(c.Said).Seconds(), e.text)
	}
	return text.String()
}
