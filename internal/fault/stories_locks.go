//go:build fault

package fault

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

// lead says a command that leads hosts to a status, one after the other. Unlike those of the mix it shares its hosts with others.
func (l *lab) lead(ctx context.Context, status string, hosts ...string) error {
	l.mu.Lock()
	l.number++
	c := &Command{Tag: fmt.Sprintf("c%06d", l.number), Kind: Ensure, Hosts: hosts}
	l.mu.Unlock()
	c.Text = fmt.Sprintf("clary ensure %s %s %q concurrency=1", strings.Join(hosts, ","), status, c.Tag)
	return l.write(ctx, c, "u"+c.Tag, 0)
}

// collide holds one command in the middle of its work while others want the same hosts, and then lets all of them run. Comments need no lock.
func collide(ctx context.Context, l *lab) error {
	begun := l.clock.Now()
	middle := l.in.arm(failpoint.CheckpointAfter, hold, 3)
	if err := l.lead(ctx, "maintenance", "n1", "n2", "n3"); err != nil {
		return err
	}
	if err := l.met(ctx, middle); err != nil {
		return err
	}
	if err := l.crowd(ctx, 2, "production"); err != nil {
		return err
	}
	if err := clock.Wait(ctx, l.clock, 2*time.Second); err != nil { // in which they must not begin
		return err
	}
	l.in.free(middle)
	if err := l.crowd(ctx, 4, "maintenance", "production"); err != nil {
		return err
	}
	_ = l.ended(ctx, time.Minute)                                 // who never ends is found by the checker
	l.figures["own seconds"] = l.clock.Now().Sub(begun).Seconds() // the last one waited for all others
	return nil
}

// crowd has several people lead the same hosts to and fro at once, and others comment on one of them.
func (l *lab) crowd(ctx context.Context, n int, statuses ...string) error {
	for i := range n {
		if err := l.lead(ctx, statuses[i%len(statuses)], "n1", "n2", "n3"); err != nil {
			return err
		}
		c := &Command{Tag: fmt.Sprintf("c8%d%04d", n, i), Kind: Comment, Hosts: []string{"n1"}}
		c.Text = fmt.Sprintf("clary comment n1 %q", c.Tag)
		if err := l.write(ctx, c, "u"+c.Tag, 0); err != nil {
			return err
		}
	}
	return nil
}

// holderDies kills the process that has just taken the locks, and measures how long the next one waits for them.
func holderDies(ctx context.Context, l *lab) error {
	r := l.in.arm(failpoint.LockAfter, failpoint.Kill, 1)
	for _, status := range []string{"maintenance", "production"} {
		if err := l.lead(ctx, status, "n1", "n2"); err != nil {
			return err
		}
	}
	if err := l.met(ctx, r); err != nil {
		return err
	}
	begun := l.clock.Now()
	next := l.in.arm(failpoint.LockAfter, failpoint.Go, 1)
	if err := l.met(ctx, next); err != nil {
		return err
	}
	l.figures["freed seconds"] = l.clock.Now().Sub(begun).Seconds()
	return l.died(ctx, r)
}

// holderSleeps stops the process that has the locks and is about to call Clary for two leases. Meanwhile the next command gets the locks, and it
// is in the middle of its work when the first one wakes.
func holderSleeps(ctx context.Context, l *lab) error {
	first := l.in.arm(failpoint.CheckpointAfter, hold, 1)
	if err := l.lead(ctx, "maintenance", "n1", "n2", "n3"); err != nil {
		return err
	}
	if err := l.met(ctx, first); err != nil {
		return err
	}
	if err := l.lead(ctx, "drained", "n1", "n2", "n3"); err != nil {
		return err
	}
	if err := clock.Wait(ctx, l.clock, time.Second); err != nil { // it stands in line
		return err
	}
	i := l.holder(first)
	second := l.in.arm(failpoint.CheckpointAfter, hold, 2)
	if err := l.signalReplica(i, syscall.SIGSTOP); err != nil {
		return err
	}
	stopped := l.clock.Now()
	if err := l.met(ctx, second); err != nil {
		return err
	}
	l.figures["freed seconds"] = l.clock.Now().Sub(stopped).Seconds()
	if err := clock.Wait(ctx, l.clock, stopped.Add(2*l.Lease).Sub(l.clock.Now())); err != nil {
		return err
	}
	if err := l.signalReplica(i, syscall.SIGCONT); err != nil {
		return err
	}
	l.in.free(first)
	if err := clock.Wait(ctx, l.clock, 2*time.Second); err != nil { // in which it could do harm
		return err
	}
	l.in.free(second)
	l.figures["own seconds"] = l.clock.Now().Sub(stopped).Seconds()
	return nil
}
