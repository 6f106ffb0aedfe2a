//go:build fault

package fault

import (
	"context"
	"fmt"
	"strings"
	"time"
)

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
