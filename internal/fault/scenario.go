//go:build fault

package fault

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
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
	setup.Binary, setup.Seed, setup.Defects = base.Binary, base.Seed, defects
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
	if !ended || len(c.Acks) == 0 {
		return 0, 0
	}
	begun := c.Acks[0].Time
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

// killAt returns a story in which the next process that reaches the point dies, while the commands are on their way.
func killAt(point failpoint.Point, commands ...Kind) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		r := l.in.arm(point, failpoint.Kill, 1)
		for _, kind := range commands {
			hosts := map[Kind]int{Set: 3, Comment: 1, Get: 1}[kind]
			if _, err := l.say(ctx, kind, hosts, 0); err != nil {
				return err
			}
		}
		return l.died(ctx, r)
	}
}

// died waits until the fault fired and the process is gone by signal 9, and starts it again.
func (l *lab) died(ctx context.Context, r *rule) error {
	if err := l.met(ctx, r); err != nil {
		return err
	}
	i := l.holder(r)
	if i < 0 || !l.replicas[i].wait(l.clock, 10*time.Second) || !l.replicas[i].killed() {
		return fmt.Errorf("the process that was told to die at %s did not", r.point)
	}
	return l.start(ctx, i)
}

// everyPoint kills a process at each point in turn, each time while a mix is on its way.
func everyPoint(ctx context.Context, l *lab) error {
	for _, point := range failpoint.Points() {
		r := l.in.arm(point, failpoint.Kill, 1+l.random.upTo(2))
		for range 2 {
			for _, kind := range []Kind{Set, Comment, Get} {
				if _, err := l.say(ctx, kind, map[Kind]int{Set: 3, Comment: 1, Get: 1}[kind], 0); err != nil {
					return err
				}
			}
		}
		if err := l.died(ctx, r); err != nil {
			return err
		}
		// Or the chat finds nobody and gives up, which says nothing of the bot.
		if err := l.connected(ctx); err != nil {
			return err
		}
	}
	return nil
}

// copies has every message delivered four times to all replicas.
func copies(ctx context.Context, l *lab) error {
	for range 20 {
		if _, err := l.mix(ctx, 4); err != nil {
			return err
		}
	}
	// The last copy comes after 0, 0, 1 and 5 minutes at the chat's scale.
	return clock.Wait(ctx, l.clock, 6*time.Minute/time.Duration(l.Scale)+2*time.Second)
}

// stopHolder stops the process that comments on three nodes, for longer than its lease, and lets it go on.
func stopHolder(ctx context.Context, l *lab) error {
	r := l.in.arm(failpoint.CheckpointAfter, hold, 1)
	if _, err := l.say(ctx, Comment, 3, 0); err != nil {
		return err
	}
	if err := l.met(ctx, r); err != nil {
		return err
	}
	i := l.holder(r)
	if err := l.signalReplica(i, syscall.SIGSTOP); err != nil {
		return err
	}
	if err := l.ended(ctx, 3*l.Lease+10*time.Second); err != nil {
		return err
	}
	if err := l.signalReplica(i, syscall.SIGCONT); err != nil {
		return err
	}
	l.in.free(r)
	return clock.Wait(ctx, l.clock, 2*time.Second)
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

// killInCall kills the process whose comment Clary has logged and not answered yet.
func killInCall(ctx context.Context, l *lab) error {
	if err := l.holdClary(ctx, "comment", true); err != nil {
		return err
	}
	r := l.in.arm(failpoint.EffectBefore, failpoint.Go, 1)
	c, err := l.say(ctx, Comment, 1, 0)
	if err != nil {
		return err
	}
	if err := l.met(ctx, r); err != nil {
		return err
	}
	if err := l.heldAt(ctx, c.Hosts[0]); err != nil {
		return err
	}
	if err := l.killReplica(l.holder(r)); err != nil {
		return err
	}
	if err := l.call(ctx, l.clary, http.MethodDelete, "faults", nil, nil); err != nil {
		return err
	}
	return l.restart(ctx)
}

// heldAt waits until Clary holds a call for the host.
func (l *lab) heldAt(ctx context.Context, host string) error {
	var answer struct{ Reached bool }
	err := l.call(ctx, l.clary, http.MethodGet, "held?host="+host+"&timeout=20s", nil, &answer)
	if err == nil && !answer.Reached {
		err = fmt.Errorf("no call for %s came to Clary", host)
	}
	return err
}

// slowComment lets comments take two seconds each; nobody dies.
func slowComment(ctx context.Context, l *lab) error {
	slow := map[string]any{"kind": "comment", "effect": "delay", "delay": "2s", "count": -1}
	if err := l.call(ctx, l.clary, http.MethodPost, "faults", slow, nil); err != nil {
		return err
	}
	for range 3 {
		if _, err := l.say(ctx, Comment, 1, 0); err != nil {
			return err
		}
	}
	return nil
}

// clockJumps sets the clock of one replica, first ahead and then back, while slow commands are on their way.
func clockJumps(ctx context.Context, l *lab) error {
	for _, offset := range []time.Duration{time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour} {
		if err := l.in.setClock(l.replicas[0].pid(), offset); err != nil {
			return err
		}
		for range 12 {
			if _, err := l.say(ctx, Get, 1, 0); err != nil {
				return err
			}
			if err := clock.Wait(ctx, l.clock, 30*time.Millisecond); err != nil {
				return err
			}
		}
		if err := clock.Wait(ctx, l.clock, time.Second); err != nil {
			return err
		}
	}
	return nil
}

// randomKills says commands at a rate for a time and kills replicas from outside whenever the seed says so.
func randomKills(rate int, length time.Duration, between time.Duration) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		l.figures["own seconds"] = 20 * l.Latency.Seconds() // three nodes are read, changed and read again, by 16 workers at once
		end := l.clock.Now().Add(length)
		next := l.clock.Now().Add(between)
		for l.clock.Now().Before(end) {
			if _, err := l.mix(ctx, 0); err != nil {
				return err
			}
			if l.clock.Now().After(next) {
				if err := l.killReplica(l.random.upTo(len(l.replicas))); err != nil {
					return err
				}
				if err := l.restart(ctx); err != nil {
					return err
				}
				next = l.clock.Now().Add(between/2 + time.Duration(l.random.Uint64()%uint64(between)))
			}
			if err := clock.Wait(ctx, l.clock, time.Second/time.Duration(rate)); err != nil {
				return err
			}
		}
		return nil
	}
}

// holdClary stops the next change at Clary, before or after its effect.
func (l *lab) holdClary(ctx context.Context, kind string, after bool) error {
	return l.call(ctx, l.clary, http.MethodPost, "hold", map[string]any{"kind": kind, "after": after}, nil)
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

// tornOrAfter kills where a mutant has told the end and not recorded it; a sound build has no such place and dies before the record.
func tornOrAfter(ctx context.Context, l *lab) error {
	point := failpoint.EffectAfter
	if len(l.Defects) > 0 {
		point = failpoint.Torn
	}
	r := l.in.arm(point, hold, 1)
	if _, err := l.say(ctx, Comment, 1, 0); err != nil {
		return err
	}
	if err := l.met(ctx, r); err != nil {
		return err
	}
	if err := clock.Wait(ctx, l.clock, time.Second); err != nil { // what was told too early is shown
		return err
	}
	i := l.holder(r)
	if err := l.killReplica(i); err != nil {
		return err
	}
	l.in.free(r)
	return l.start(ctx, i)
}
