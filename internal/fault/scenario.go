//go:build fault

package fault

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

// scenario is a story with a fault in it. The same story runs with a sound build and with a mutant.
type scenario struct {
	name   string
	setup  Setup
	defect failpoint.Defect // the mutant that it must catch; none if empty
	play   func(ctx context.Context, l *lab) error
	// settle is how long after the story the harness waits for what is still to come to its end.
	settle time.Duration
	// timed says that it measures time: it is played alone, with a build that has no race detector in it.
	timed bool
	// small says that it is played in every check.
	small bool
}

// outcome is what became of a scenario.
type outcome struct {
	name       string
	defect     failpoint.Defect
	history    *History
	violations []Violation
	settled    time.Duration // the longest that a command took from its accept to its end
	lab        *lab
	err        error // the harness could not play it, or a fault did not fire
}

// run plays a scenario in a lab of its own and checks the history.
func (s scenario) run(ctx context.Context, base Setup, defects ...failpoint.Defect) (o outcome) {
	o.name = s.name
	setup := s.setup
	setup.Binary, setup.Seed, setup.Short, setup.Defects = base.Binary, base.Seed, base.Short, defects
	if s.timed {
		setup.Binary = base.Fast
	}
	if setup.Lease == 0 {
		setup.Lease = base.Lease
	}
	if setup.Replicas == 0 {
		setup.Replicas = 2
	}
	if setup.Scale == 0 {
		setup.Scale = 60
	}
	if len(defects) > 0 {
		o.defect = defects[0]
	}
	l, err := newLab(ctx, setup)
	if err != nil {
		o.err = err
		return o
	}
	o.lab = l
	defer func() {
		if err := l.close(); o.err == nil {
			o.err = err
		}
	}()
	if o.err = l.startAll(ctx); o.err != nil {
		return o
	}
	if o.err = s.play(ctx, l); o.err != nil {
		return o
	}
	settle := s.settle
	if settle == 0 { // the chat's redeliveries take 15 s at this scale, and what comes last has a lease and a scan like all others
		settle = setup.Lease + 25*time.Second
		if o.defect != "" { // what a mutant lost does not come
			settle = setup.Lease + 10*time.Second
		}
	}
	o.settled = l.settle(ctx, settle)
	o.history, o.err = l.read()
	if o.err == nil {
		o.err = l.readAudit(ctx, o.history)
	}
	if o.err == nil {
		o.history.Stray, o.err = strayKeys(ctx, l.redis.client)
	}
	if o.err == nil {
		o.violations = Check(o.history)
	}
	return o
}

// settle waits until every command has come to its end, at most for the limit, and then a moment for what should not come. It returns
// how long the slowest took.
func (l *lab) settle(ctx context.Context, limit time.Duration) time.Duration {
	// Whoever was killed may have told an end that another process will contradict, once the lease is over.
	if l.lastFault().Add(l.Lease + 2*time.Second).After(l.clock.Now()) {
		_ = clock.Wait(ctx, l.clock, l.Lease+2*time.Second-l.clock.Now().Sub(l.lastFault())) // as below
	}
	// An error is a command without its end, which the checker tells better.
	_ = l.await(ctx, limit, "every command is settled", func() bool {
		h, err := l.read()
		if err != nil {
			return false
		}
		for _, c := range h.Commands {
			if !c.Settled() || !c.Quiet() {
				return false
			}
		}
		return true
	})
	_ = clock.Wait(ctx, l.clock, time.Second) // its error is that the run was interrupted, which the next call tells
	h, err := l.read()
	if err != nil {
		return limit
	}
	var slowest time.Duration
	for _, c := range h.Commands {
		took, _ := c.Took(h.Firings)
		slowest = max(slowest, took)
	}
	return slowest
}

// Took returns how long a command took from its acknowledgement to its end, and how many processes died or were stopped meanwhile.
func (c *Command) Took(firings []Firing) (took time.Duration, deaths int) {
	end, ended := c.End()
	begun := c.Said
	switch {
	case !ended, len(c.Acks) == 0 && !c.Silent:
		return 0, 0
	case !c.Silent:
		begun = c.Acks[0].Time
	}
	for _, f := range firings {
		if f.deadly() && f.Time.After(begun) && f.Time.Before(end.Time) {
			deaths++
		}
	}
	return max(0, end.Time.Sub(begun)), deaths
}

// lastFault returns when the last fault was; the zero time when there was none.
func (l *lab) lastFault() time.Time {
	firings, _ := l.in.ledger()
	var last time.Time
	for _, f := range firings {
		if f.Do != failpoint.Go {
			last = later(last, f.Time)
		}
	}
	return last
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ended waits until every command has an end.
func (l *lab) ended(ctx context.Context, limit time.Duration) error {
	return l.await(ctx, limit, "every command has its end", func() bool {
		h, err := l.read()
		if err != nil {
			return false
		}
		for _, c := range h.Commands {
			if _, ended := c.End(); !ended {
				return false
			}
		}
		return true
	})
}

// tell prints what became of the scenario.
func (o outcome) tell(w io.Writer) {
	name := o.name
	if o.defect != "" {
		name += " with the defect " + string(o.defect)
	}
	switch {
	case o.err != nil:
		fmt.Fprintf(w, "%s: NOT PLAYED: %v\n", name, o.err)
	case len(o.violations) == 0:
		fmt.Fprintf(w, "%s: %d commands, %d faults, no invariant broken, the slowest end after %.1f s\n", name, len(o.history.Commands), len(o.history.Firings), o.settled.Seconds())
		o.untaken(w)
	default:
		v, story := Shortest(o.violations, o.history.Firings)
		fmt.Fprintf(w, "%s: %d violations; the shortest: %s\n  %s\n%s", name, len(o.violations), v.Invariant, v.What, story)
	}
}

// untaken tells of a command that the bot never took although it was delivered as often as the chat does. No promise is broken by
// that, but somebody should know why.
func (o outcome) untaken(w io.Writer) {
	for _, c := range o.history.Commands {
		if _, told := c.Told("refused"); !c.Taken() && !told && o.defect == "" {
			fmt.Fprintf(w, "  never taken: %s\n%s", c.Text, c.story(o.history.Firings))
			return
		}
	}
}

// broken returns the names of the invariants that were violated.
func (o outcome) broken() string {
	seen := map[string]bool{}
	var names []string
	for _, v := range o.violations {
		if n, _, _ := strings.Cut(v.Invariant, ":"); !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}
