package event_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// redisLease is short, because Redis goes by its own time and a test waits for its end.
const redisLease = time.Second

// onRedis returns processes that share a real Redis.
func (w *world) onRedis(n int) []*process {
	w.Helper()
	server := redistest.Start(w)
	all := make([]*process, n)
	for i := range all {
		s, err := redis.Open(w.Context(), redis.Options{Addrs: []string{server.Addr}})
		w.must(err)
		m := &mortal{Store: s}
		all[i] = w.on(m, clock.System(), event.Options{Lease: redisLease})
		all[i].die = func() { m.dead.Store(true) }
	}
	return all
}

// mortal is the store of a process that may be killed: nothing that it writes after that counts.
type mortal struct {
	store.Store
	dead atomic.Bool
}

func (m *mortal) Commit(ctx context.Context, b store.Batch) error {
	if m.dead.Load() {
		return bot.E(bot.CodeUnavailable, "test.commit", "The process is dead.", nil)
	}
	return m.Store.Commit(ctx, b)
}

// running has the engines work until stop is called, which waits for them.
func (w *world) running(all ...*process) (stop func()) {
	ctx, cancel := context.WithCancel(w.Context())
	var group sync.WaitGroup
	for _, p := range all {
		group.Go(func() {
			if err := p.Run(ctx); err != nil {
				w.Error(err)
			}
		})
	}
	return func() {
		cancel()
		group.Wait()
	}
}

// firing waits until so many executions were accepted. It looks after each accept.
func (w *world) firing(p *process, accepted <-chan struct{}, want int) {
	w.Helper()
	late := time.After(20 * time.Second)
	for n := 1; ; n++ {
		select {
		case <-accepted:
		case <-late:
			w.Fatalf("only %d were fired", len(p.fired()))
		}
		if n >= want && len(p.fired()) >= want {
			return
		}
	}
}

func TestOnRedisThreeEnginesFireOnce(t *testing.T) {
	w := newWorld(t, happened+note, happened+note)
	all := w.onRedis(3)
	accepted := make(chan struct{}, 1000)
	for _, p := range all {
		p.acceptor.after = func() { accepted <- struct{}{} }
	}
	stop := w.running(all...)
	var want []string
	for n := range 60 {
		e := hello()
		e.Payload = map[string]any{"who": fmt.Sprintf("%02d", n), "n": int64(n)}
		all[n%3].emit(e)
		want = append(want, fmt.Sprintf("%02d a", n), fmt.Sprintf("%02d b", n))
	}
	w.firing(all[0], accepted, len(want))
	stop()
	check(t, all[0].fired(), want)
}

// One of three engines is killed after the match, before the accept or after it and before that is on record. Its lease runs out, and another
// one fires what it left: everything once.
func TestOnRedisAKilledEngineLosesNothingAndFiresNothingTwice(t *testing.T) {
	for _, point := range []string{"before", "after"} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, happened+note, happened+note, happened+note)
			all := w.onRedis(3)
			dying := all[0]
			accepts := 0
			die := func() {
				if accepts++; accepts == 2 {
					dying.die()
				}
			}
			if point == "before" {
				dying.acceptor.before = die
			} else {
				dying.acceptor.after = die
			}
			dying.emit(hello())
			if n, err := dying.Turn(t.Context()); err != nil || n != 1 {
				t.Fatal(n, err)
			}
			accepted := make(chan struct{}, 100)
			for _, p := range all[1:] {
				p.acceptor.after = func() { accepted <- struct{}{} }
			}
			stop := w.running(all[1:]...)
			w.firing(all[1], accepted, 3)
			stop()
			if accepts < 2 {
				t.Errorf("the first engine accepted %d times, so nothing was cut", accepts)
			}
			check(t, all[1].fired(), []string{"Ann a", "Ann b", "Ann c"})
		})
	}
}
