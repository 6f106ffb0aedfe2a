package schedule_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/schedule"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// Three processes on one Redis, whose time is the server's: each slot is run by one of them.
func TestOnRedisEachSlotIsRunByOneProcess(t *testing.T) {
	const n = 30
	server := redistest.Start(t)
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan string, 2*n)
	var keepers []*schedule.Keeper
	for range 3 {
		s, err := redis.Open(t.Context(), redis.Options{Addrs: []string{server.Addr}})
		w.must(err)
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		keepers = append(keepers, schedule.New(schedule.Parts{
			Store: s, Chat: &w.chat, Clock: clock.System(), Random: random.System(), Log: slog.New(slog.DiscardHandler),
		}, schedule.Options{Limit: n}))
	}
	var group sync.WaitGroup
	for _, k := range keepers {
		group.Go(func() {
			if err := k.Run(ctx, telling(ran)); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range n {
		s := wish(fmt.Sprint(i))
		s.In = "1s"
		w.add(keepers[i%3], s)
	}
	seen := map[string]int{}
	for range n {
		select {
		case line := <-ran:
			seen[line]++
		case <-time.After(20 * time.Second):
			t.Fatalf("only %d were run", len(seen))
		}
	}
	stop()
	group.Wait()
	close(ran)
	for line := range ran {
		seen[line]++
	}
	for i := range n {
		check(t, seen[fmt.Sprint(i)], 1)
	}
}

// telling tells each line that is run.
type telling chan<- string

func (c telling) RunDue(_ context.Context, d schedule.Due) error {
	c <- d.Line
	return nil
}
