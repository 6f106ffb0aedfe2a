//go:build fault

package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/clock"
)

// redisKilledUnderLoad kills Redis twice while people write.
func redisKilledUnderLoad(ctx context.Context, l *lab) error {
	for range 2 {
		var writers errgroup.Group
		writers.Go(func() error {
			for range 40 {
				if _, err := l.mix(ctx, 0); err != nil {
					return err
				}
				if err := clock.Wait(ctx, l.clock, 50*time.Millisecond); err != nil {
					return err
				}
			}
			return nil
		})
		err := clock.Wait(ctx, l.clock, 700*time.Millisecond)
		if err == nil {
			err = l.redis.kill()
		}
		if err == nil {
			err = clock.Wait(ctx, l.clock, 500*time.Millisecond)
		}
		if err == nil {
			err = l.redis.start(ctx)
		}
		if err = errors.Join(err, writers.Wait()); err != nil {
			return err
		}
	}
	return nil
}

// lose has commands on their way, of which the store then forgets all, beside earlier ones that have ended.
func lose(forget func(context.Context, *lab, int64) error) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		for range 3 {
			if _, err := l.mix(ctx, 0); err != nil {
				return err
			}
		}
		if err := l.ended(ctx, 20*time.Second); err != nil {
			return err
		}
		if err := clock.Wait(ctx, l.clock, 1500*time.Millisecond); err != nil { // all of it is on the disk, whatever appendfsync says
			return err
		}
		_, size, err := l.redis.logFile()
		if err != nil {
			return err
		}
		if err := l.doomed(ctx); err != nil {
			return err
		}
		if err := forget(ctx, l, size); err != nil {
			return err
		}
		return l.call(ctx, l.clary, http.MethodDelete, "faults", nil, nil)
	}
}

// doomed says commands that cannot end, because Clary does not answer, and waits until they are acknowledged.
func (l *lab) doomed(ctx context.Context) error {
	if err := l.holdClary(ctx, "set", false); err != nil {
		return err
	}
	for i := range 4 {
		c := &Command{Tag: fmt.Sprintf("c9%05d", i), Kind: Set, Hosts: []string{fmt.Sprintf("n%d", 4000+i)}}
		c.Text = fmt.Sprintf("clary set %s draining %q", c.Hosts[0], c.Tag+" "+lostMark)
		if err := l.write(ctx, c, fmt.Sprintf("lost%d", i), 0); err != nil {
			return err
		}
		if err := l.await(ctx, 10*time.Second, "it is acknowledged", func() bool { return l.acked(c) }); err != nil {
			return err
		}
	}
	return nil
}

// cutLog ends Redis as a power cut does: what was written last is not on the disk.
func cutLog(ctx context.Context, l *lab, size int64) error {
	if err := l.redis.kill(); err != nil {
		return err
	}
	path, _, err := l.redis.logFile()
	if err != nil {
		return err
	}
	l.in.note("redis log cut", l.redis.child.pid())
	if err := os.Truncate(path, size); err != nil {
		return err
	}
	return l.redis.start(ctx)
}

func flush(ctx context.Context, l *lab, _ int64) error { return l.redis.do(ctx, "FLUSHALL") }

// evicting starts a replica on a Redis that may throw keys away.
func evicting(ctx context.Context, l *lab) error {
	if err := l.killReplica(0); err != nil {
		return err
	}
	if err := l.redis.do(ctx, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru"); err != nil {
		return err
	}
	if err := l.start(ctx, 0); err != nil {
		return err
	}
	if !l.replicas[0].wait(l.clock, 20*time.Second) {
		return errors.New("petrel runs on a Redis that may evict")
	}
	if said := lines(l.replicas[0].log, 5); strings.Contains(said, "noeviction") {
		l.figures["start refused"] = 1
	}
	return nil
}
