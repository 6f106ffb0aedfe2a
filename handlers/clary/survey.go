package clary

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// survey is what was found about the hosts of an order before anything is written.
type survey struct {
	groups []group   // by current status, in the order of their first hosts
	failed []outcome // hosts that could not be read
}

// group is the hosts in one status and what is to be done with them.
type group struct {
	from  string
	hosts []string
	path  []string // the statuses to enter; none when nothing needs to be done
	fault *fault   // why nothing can be done
}

// survey reads the status of every host. It fails only when ctx ends.
func (c *Client) survey(ctx context.Context, o order, hosts []string) (survey, error) {
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := newCrew(o.concurrency, stop)
	read := make([]outcome, len(hosts))
	w.each(len(hosts), always, func(i int) {
		read[i] = outcome{host: hosts[i]}
		if reading.Err() != nil {
			read[i].fault = stopped(reading, "")
			return
		}
		n, f := c.node(reading, o.id, hosts[i])
		read[i].was, read[i].now, read[i].fault = n.Status, n.Status, f
		w.saw(f)
	})
	if err := ctx.Err(); err != nil {
		return survey{}, bot.E(stopped(ctx, "").code, "clary.hosts.survey", "Stopped before anything was changed.", context.Cause(ctx))
	}
	var s survey
	index := map[string]int{}
	for _, r := range read {
		if r.fault != nil {
			s.failed = append(s.failed, r)
			continue
		}
		i, ok := index[r.was]
		if !ok {
			i = len(s.groups)
			index[r.was] = i
			g := group{from: r.was}
			if !o.again { // else it may have been moved by ourselves: what was begun decides
				g.fault = o.stale(r.was)
			}
			s.groups = append(s.groups, g)
		}
		s.groups[i].hosts = append(s.groups[i].hosts, r.host)
	}
	return s, nil
}

// failures returns every host that cannot be worked on.
func (s survey) failures() []outcome {
	failures := slices.Clone(s.failed)
	for _, g := range s.groups {
		if g.fault == nil {
			continue
		}
		for _, host := range g.hosts {
			failures = append(failures, outcome{host: host, was: g.from, now: g.from, fault: g.fault})
		}
	}
	return failures
}

// plan turns the survey into a plan. When no host at all can be worked on it returns the error that says why.
func (s survey) plan(say func(group) string) (bot.Plan, error) {
	var plan bot.Plan
	for _, g := range s.groups {
		if g.fault == nil {
			plan.Lines = append(plan.Lines, fmt.Sprintf("%s (%s)", say(g), counted(g.hosts)))
			plan.Changes = append(plan.Changes, bot.Change{Targets: g.hosts, From: g.from, Path: g.path})
		}
	}
	failures := s.failures()
	if len(plan.Changes) == 0 {
		return bot.Plan{}, failure("clary.hosts.plan", failures, len(failures))
	}
	reasons := piles(failures)
	for _, p := range reasons[:min(maxPiles, len(reasons))] {
		plan.Lines = append(plan.Lines, fmt.Sprintf("not possible for %s: %s", counted(p.hosts), p.fault.text))
	}
	if len(reasons) > maxPiles {
		plan.Lines = append(plan.Lines, fmt.Sprintf("not possible for further hosts, for %d other reasons", len(reasons)-maxPiles))
	}
	return plan, nil
}

// work returns what is to be done, by host: as planned in this attempt, so that nothing is written that was not in the plan.
// Hosts that are not in the plan are surveyed once more for the reason.
func (c *Client) work(ctx context.Context, o order, plan *bot.Plan, look lookAt) (map[string]bot.Change, []outcome, error) {
	planned := map[string]bot.Change{}
	if plan != nil {
		spread(planned, plan.Changes)
	}
	missing := slices.DeleteFunc(slices.Clone(o.hosts), func(host string) bool {
		_, ok := planned[host]
		return ok
	})
	if len(missing) == 0 {
		return planned, nil, nil
	}
	s, err := look(ctx, o, missing)
	if err != nil {
		return nil, nil, err
	}
	failed := s.failures()
	for _, g := range s.groups {
		if g.fault != nil {
			continue
		}
		if plan == nil {
			spread(planned, []bot.Change{{Targets: g.hosts, From: g.from, Path: g.path}})
			continue
		}
		late := &fault{code: bot.CodeConflict, text: "It was not possible when the plan was made and would be now. Type the same line again."}
		for _, host := range g.hosts {
			failed = append(failed, outcome{host: host, was: g.from, now: g.from, fault: late})
		}
	}
	return planned, failed, nil
}

// lookAt surveys hosts and works out their paths.
type lookAt func(ctx context.Context, o order, hosts []string) (survey, error)

func spread(into map[string]bot.Change, changes []bot.Change) {
	for _, ch := range changes {
		for _, host := range ch.Targets {
			into[host] = bot.Change{From: ch.From, Path: ch.Path}
		}
	}
}

// arrow writes a path for people.
func arrow(from string, path []string) string {
	return strings.Join(append([]string{from}, path...), " -> ")
}

// byFirstHost sorts outcomes in the order in which the hosts were given.
func byFirstHost(hosts []string, outcomes []outcome) {
	place := make(map[string]int, len(hosts))
	for i, host := range hosts {
		place[host] = i
	}
	slices.SortStableFunc(outcomes, func(a, b outcome) int { return cmp.Compare(place[a.host], place[b.host]) })
}
