//go:build fault

package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

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

// load has people write at a rate for a time. Each line is delivered so many times more than the chat does by itself.
func load(rate int, length time.Duration, copies int) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		l.figures["idle MiB"] = l.memory()
		begun, all := l.clock.Now(), rate*int(length/time.Second)
		defer func() { l.figures["rate"] = float64(all) / l.clock.Now().Sub(begun).Seconds() }()
		var writers errgroup.Group
		writers.SetLimit(64)
		for i := range all {
			writers.Go(func() error {
				_, err := l.say(ctx, Echo, 0, copies)
				return err
			})
			next := begun.Add(time.Duration(i+1) * time.Second / time.Duration(rate))
			if err := clock.Wait(ctx, l.clock, next.Sub(l.clock.Now())); err != nil {
				return errors.Join(err, writers.Wait())
			}
			if i%rate == rate-1 {
				l.figures["memory MiB"] = max(l.figures["memory MiB"], l.memory())
			}
		}
		return writers.Wait()
	}
}

// memory returns the largest resident memory of a replica.
func (l *lab) memory() float64 {
	most := int64(0)
	for _, c := range l.replicas {
		most = max(most, c.rss())
	}
	return float64(most) / (1 << 20)
}

// hostileLines has people write what is to confuse a parser.
func hostileLines(ctx context.Context, l *lab) error {
	texts := []string{
		strings.Repeat("a", 40000),
		"clary set " + strings.Repeat("n1,", 13000) + " draining x",
		"clary set " + strings.Repeat("(", 20000),
		strings.Repeat("clary set ", 4000),
		`clary comment n1 "` + strings.Repeat(`\"`, 10000),
		"help\u202egnp.exe\u202c " + strings.Repeat("\u0301", 5000),
		"“smart” ‘quotes’ \u00a0 " + strings.Repeat("“", 5000),
		strings.Repeat("key set a=b ", 3000) + "!",
	}
	for range 3 {
		for i, text := range texts {
			c := &Command{Tag: "hostile", Text: text, Kind: Echo}
			if err := l.write(ctx, c, fmt.Sprintf("h%d", i), 0); err != nil {
				return err
			}
			if err := clock.Wait(ctx, l.clock, 100*time.Millisecond); err != nil {
				return err
			}
		}
	}
	for _, c := range l.replicas {
		if !alive(c) {
			l.figures["processes lost"]++
		}
	}
	return nil
}

func alive(c *child) bool {
	select {
	case <-c.gone:
		return false
	default:
		return true
	}
}

// askedToStop sends SIGTERM to a process with a long run on its hands.
func askedToStop(ctx context.Context, l *lab) error {
	l.figures["own seconds"] = 10
	r := l.in.arm(failpoint.EffectBefore, failpoint.Go, 1)
	if _, err := l.say(ctx, Pause, 10, 0); err != nil {
		return err
	}
	if err := l.met(ctx, r); err != nil {
		return err
	}
	stopped := l.replicas[l.holder(r)]
	var writers sync.WaitGroup
	var wrote error
	writers.Go(func() {
		for range 30 {
			if _, wrote = l.mix(ctx, 0); wrote != nil {
				return
			}
			_ = clock.Wait(ctx, l.clock, 50*time.Millisecond) // its error is that the run was interrupted, which the next call tells
		}
	})
	defer writers.Wait()
	begun := l.clock.Now()
	l.in.note("terminated", stopped.pid())
	if err := stopped.signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := l.await(ctx, 20*time.Second, "its sockets are closed", func() bool { return l.room.sockets(ctx) <= l.room.wanted(l.Replicas-1) })
	l.figures["intake seconds"] = l.clock.Now().Sub(begun).Seconds()
	if !stopped.wait(l.clock, 40*time.Second) {
		return errors.Join(err, errors.New("it does not end"))
	}
	l.figures["exit seconds"] = l.clock.Now().Sub(begun).Seconds()
	l.figures["exit code"] = float64(stopped.cmd.ProcessState.ExitCode())
	writers.Wait()
	return errors.Join(err, wrote)
}
