//go:build fault

package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/failpoint"
)

// NoOverlap is the promise of locks.
const NoOverlap = "4: on one target effects of different commands do not overlap"

// span is the time in which a command surely had its locks: from its first effect to its last one. A death in between ends it, because the
// locks end with the lease, and another command may come before the next worker.
type span struct {
	command    *Command
	begin, end time.Time
}

// checkOverlaps demands that while a command works, no other one has an effect on any of its targets. Comments take no locks.
func checkOverlaps(h *History) []Violation {
	var found []Violation
	byHost := map[string][]span{}
	for _, c := range h.Commands {
		for _, s := range spans(c, h.Firings) {
			for _, host := range c.Hosts {
				byHost[host] = append(byHost[host], s)
			}
		}
	}
	for _, c := range h.Commands {
		if !c.locks() {
			continue
		}
		for _, e := range c.Effects {
			for _, s := range byHost[e.Host] {
				if s.command != c && !e.Time.Before(s.begin) && !e.Time.After(s.end) {
					what := fmt.Sprintf("%s: it had an effect on %s while %s was at work there", c.Text, e.Host, s.command.Tag)
					found = append(found, Violation{NoOverlap, what, c})
				}
			}
		}
	}
	return found
}

// locks reports whether the command takes its targets for itself.
func (c *Command) locks() bool { return c.Kind == Set || c.Kind == Ensure }

func spans(c *Command, firings []Firing) []span {
	if !c.locks() || len(c.Effects) == 0 {
		return nil
	}
	var times []time.Time
	for _, e := range c.Effects {
		times = append(times, e.Time)
	}
	slices.SortFunc(times, time.Time.Compare)
	list := []span{{c, times[0], times[0]}}
	for _, t := range times[1:] {
		last := &list[len(list)-1]
		if lost(firings, last.end, t) {
			list = append(list, span{c, t, t})
			continue
		}
		last.end = t
	}
	return list
}

// lost reports whether a worker may have lost its claim between two moments.
func lost(firings []Firing, from, to time.Time) bool {
	return slices.ContainsFunc(firings, func(f Firing) bool {
		fatal := f.Do == failpoint.Kill || f.Do == "stopped (signal)" || f.Do == "terminated" || strings.HasPrefix(f.Do, "redis")
		return fatal && f.Time.After(from) && f.Time.Before(to)
	})
}
