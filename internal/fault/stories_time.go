//go:build fault

package fault

import (
	"context"
	"net/http"
	"syscall"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

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
