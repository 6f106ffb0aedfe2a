//go:build fault

package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

// The words by which a command says what is to become of it.
const (
	refusedMark = "tobeRefused"
	lostMark    = "tobeLost"
)

// stories returns the scenarios without a mutant.
func stories() []scenario {
	return []scenario{
		{name: "kill at each point", play: everyPoint, setup: Setup{Replicas: 3}},
		{name: "a kill now and then", play: randomKills(10, 20*time.Second, 3*time.Second), setup: Setup{Replicas: 3}},
		{name: "load", play: load(50, 8*time.Second), setup: Setup{Replicas: 3}, timed: true},
		{name: "a thousand commands twice", play: thousand, setup: Setup{Replicas: 3}, settle: 60 * time.Second, timed: true},
		{name: "overload", play: load(500, 4*time.Second), setup: Setup{Replicas: 2}, settle: 60 * time.Second, timed: true},
		{name: "Redis is killed and comes back", play: redisGone, setup: Setup{Replicas: 2}},
		{name: "Redis hangs", play: redisHangs, setup: Setup{Replicas: 2}},
		{name: "Redis is killed under load", play: redisKilledUnderLoad, setup: Setup{Replicas: 2}},
		{name: "Redis loses the end of its log", play: lose(cutLog), setup: Setup{Replicas: 2, Redis: []string{"--appendfsync", "everysec"}}},
		{name: "Redis is emptied", play: lose(flush), setup: Setup{Replicas: 2}},
		{name: "Redis is read-only", play: readOnly, setup: Setup{Replicas: 2}},
		{name: "Redis is full", play: full, setup: Setup{Replicas: 2}},
		{name: "Redis may evict", play: evicting, setup: Setup{Replicas: 1}},
		{name: "a poisonous command", play: poisonous, setup: Setup{Replicas: 2}},
		{name: "hostile lines", play: hostileLines, setup: Setup{Replicas: 2}, timed: true},
		{name: "a holder of locks dies", play: holderDies, setup: Setup{Replicas: 2}},
		{name: "a holder of locks sleeps", play: holderSleeps, setup: Setup{Replicas: 3}},
		{name: "versions side by side", play: rolling, setup: Setup{Replicas: 2}},
		{name: "Redis fails over to a replica that lags", play: failover, setup: Setup{Replicas: 2, Proxy: true}},
		{name: "asked to stop", play: askedToStop, setup: Setup{Replicas: 2, Drain: 3 * time.Second}, settle: 40 * time.Second},
	}
}

// load has people write at a rate for a time.
func load(rate int, length time.Duration) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		l.figures["idle MiB"] = l.memory()
		begun, all := l.clock.Now(), rate*int(length/time.Second)
		defer func() { l.figures["rate"] = float64(all) / l.clock.Now().Sub(begun).Seconds() }()
		var writers errgroup.Group
		writers.SetLimit(64)
		for i := range all {
			writers.Go(func() error {
				_, err := l.say(ctx, Echo, 0, 0)
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

// thousand has a thousand commands written by many at once, each delivered twice.
func thousand(ctx context.Context, l *lab) error {
	var writers errgroup.Group
	writers.SetLimit(16)
	for range 1000 {
		writers.Go(func() error {
			_, err := l.say(ctx, Echo, 0, 2)
			return err
		})
	}
	return writers.Wait()
}

// memory returns the largest resident memory of a replica.
func (l *lab) memory() float64 {
	most := int64(0)
	for _, c := range l.replicas {
		most = max(most, c.rss())
	}
	return float64(most) / (1 << 20)
}

// marked says an echo whose text tells what is to become of it.
func (l *lab) marked(ctx context.Context, mark string) (*Command, error) {
	l.mu.Lock()
	l.number++
	c := &Command{Tag: fmt.Sprintf("c%06d", l.number), Kind: Echo}
	user := fmt.Sprintf("u%d", l.number)
	l.mu.Unlock()
	c.Text = "echo " + c.Tag + " " + mark
	return c, l.write(ctx, c, user, 0)
}

// refusing says commands that cannot be stored now and waits until each is refused in words.
func (l *lab) refusing(ctx context.Context) error {
	for range 3 {
		if _, err := l.marked(ctx, refusedMark); err != nil {
			return err
		}
	}
	// Not in time is a miss that the figures tell.
	_ = l.await(ctx, 8*time.Second, "the commands are refused", func() bool {
		h, err := l.read()
		if err != nil {
			return false
		}
		for _, c := range h.Commands {
			if _, told := c.Told("refused"); strings.Contains(c.Text, refusedMark) && !told {
				return false
			}
		}
		return true
	})
	return nil
}

// back measures how long it takes until a command is accepted again.
func (l *lab) back(ctx context.Context) error {
	begun := l.clock.Now()
	defer func() { l.figures["back seconds"] = max(l.figures["back seconds"], l.clock.Now().Sub(begun).Seconds()) }()
	return l.await(ctx, 30*time.Second, "commands are accepted again", func() bool {
		c, err := l.say(ctx, Echo, 0, 0)
		if err != nil {
			return false
		}
		return l.await(ctx, 500*time.Millisecond, "it is acknowledged", func() bool { return l.acked(c) }) == nil
	})
}

func (l *lab) acked(c *Command) bool {
	h, err := l.read()
	if err != nil {
		return false
	}
	for _, other := range h.Commands {
		if other.Message == c.Message {
			return len(other.Acks) > 0
		}
	}
	return false
}

// goroutines returns how many each replica has.
func (l *lab) goroutines(ctx context.Context) ([]int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var list []int
	for _, c := range l.replicas {
		r, err := l.in.count(ctx, c.pid())
		if err != nil {
			return nil, err
		}
		list = append(list, r.Goroutines)
	}
	return list, nil
}

// outage plays what happens while Redis is away: begin takes it away, end brings it back.
func outage(begin, end func(context.Context, *lab) error) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		if err := l.back(ctx); err != nil { // connections are made when they are needed first
			return err
		}
		l.figures["back seconds"] = 0
		before, err := l.goroutines(ctx)
		if err != nil {
			return err
		}
		if err := begin(ctx, l); err != nil {
			return err
		}
		if err := l.refusing(ctx); err != nil {
			return err
		}
		if err := end(ctx, l); err != nil {
			return err
		}
		if err := l.back(ctx); err != nil {
			return err
		}
		// What waited for Redis ends, and connections that are not needed are closed.
		_ = l.await(ctx, 15*time.Second, "the goroutines are back", func() bool {
			after, err := l.goroutines(ctx)
			most := 0
			for i := range after {
				most = max(most, after[i]-before[i])
			}
			l.figures["goroutines more"] = float64(most)
			return err == nil && most <= 5
		})
		return nil
	}
}

func redisGone(ctx context.Context, l *lab) error {
	return outage(
		func(_ context.Context, l *lab) error { return l.redis.kill() },
		func(ctx context.Context, l *lab) error { return l.redis.start(ctx) },
	)(ctx, l)
}

func redisHangs(ctx context.Context, l *lab) error {
	return outage(
		func(_ context.Context, l *lab) error { return l.redis.stop() },
		func(_ context.Context, l *lab) error { return l.redis.cont() },
	)(ctx, l)
}

func readOnly(ctx context.Context, l *lab) error {
	return outage(
		func(ctx context.Context, l *lab) error { return l.redis.do(ctx, "REPLICAOF", "127.0.0.1", "1") },
		func(ctx context.Context, l *lab) error { return l.redis.do(ctx, "REPLICAOF", "NO", "ONE") },
	)(ctx, l)
}

func full(ctx context.Context, l *lab) error {
	return outage(
		func(ctx context.Context, l *lab) error { return l.redis.do(ctx, "CONFIG", "SET", "maxmemory", "1") },
		func(ctx context.Context, l *lab) error { return l.redis.do(ctx, "CONFIG", "SET", "maxmemory", "0") },
	)(ctx, l)
}

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
	err := l.await(ctx, 20*time.Second, "its sockets are closed", func() bool { return l.sockets(ctx) <= 2*(l.Replicas-1) })
	l.figures["intake seconds"] = l.clock.Now().Sub(begun).Seconds()
	if !stopped.wait(l.clock, 40*time.Second) {
		return errors.Join(err, errors.New("it does not end"))
	}
	l.figures["exit seconds"] = l.clock.Now().Sub(begun).Seconds()
	l.figures["exit code"] = float64(stopped.cmd.ProcessState.ExitCode())
	writers.Wait()
	return errors.Join(err, wrote)
}
