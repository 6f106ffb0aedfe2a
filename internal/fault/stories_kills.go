//go:build fault

package fault

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

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

// holdClary stops the next change at Clary, before or after its effect.
func (l *lab) holdClary(ctx context.Context, kind string, after bool) error {
	return l.call(ctx, l.clary, http.MethodPost, "hold", map[string]any{"kind": kind, "after": after}, nil)
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

// poisonous kills every process that runs one command, while others run.
func poisonous(ctx context.Context, l *lab) error {
	for death := range 3 {
		r := l.in.arm(failpoint.EffectBefore, failpoint.Kill, 1)
		if death == 0 {
			if _, err := l.say(ctx, Get, 1, 0); err != nil {
				return err
			}
		}
		if err := l.died(ctx, r); err != nil {
			return err
		}
		if death == 2 {
			break
		}
		if err := clock.Wait(ctx, l.clock, time.Second); err != nil {
			return err
		}
		// These run before the next life of the first, which comes after a lease.
		for range 2 {
			if _, err := l.say(ctx, Echo, 0, 0); err != nil {
				return err
			}
		}
		if err := clock.Wait(ctx, l.clock, time.Second); err != nil {
			return err
		}
	}
	return nil
}
