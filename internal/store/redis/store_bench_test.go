package redis_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// many is how many clients work at once where there is more than one.
const many = 64

// BenchmarkBare is the floor: one SET of a record, durable when it is answered, with nothing of ours around it.
func BenchmarkBare(b *testing.B) {
	for _, n := range []int{1, many} {
		b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) {
			client := goredis.NewClient(&goredis.Options{Addr: redistest.Start(b).Addr})
			defer client.Close()
			measure(b, n, func(ctx context.Context, n int64) error {
				return client.Set(ctx, id(n), document, time.Hour).Err()
			})
		})
	}
}

// BenchmarkAccept commits what accepting a command writes: dedupe key, execution, first reply, and an entry for each of the
// latter two.
func BenchmarkAccept(b *testing.B) {
	clients(b, func(s *redis.Store) func(context.Context, int64) error {
		return func(ctx context.Context, n int64) error {
			execution := record("execution", n)
			execution.Index = []store.Index{{Name: "status", Value: "requested"}, {Name: "action", Value: "core.noop"}, {Name: "all"}}
			return s.Commit(ctx, store.Batch{
				Puts:    []store.Put{record("delivery", n), execution, record("reply", n)},
				Enqueue: []store.Entry{{Queue: "executions", ID: id(n)}, {Queue: "outbox", ID: id(n)}},
			})
		}
	})
}

// BenchmarkWork claims one entry of a queue that has one for each client, and finishes it.
func BenchmarkWork(b *testing.B) {
	clients(b, func(s *redis.Store) func(context.Context, int64) error {
		return func(ctx context.Context, n int64) error {
			if err := s.Commit(ctx, enqueue(0, id(n))); err != nil {
				return err
			}
			claims, err := s.Claim(ctx, store.ClaimOptions{Queue: jobs, Lease: time.Minute, Max: 1})
			if err != nil {
				return err
			}
			return s.Commit(ctx, store.Batch{Finish: claims})
		}
	})
}

// BenchmarkIdleClaim is what a worker asks once a second.
func BenchmarkIdleClaim(b *testing.B) {
	clients(b, func(s *redis.Store) func(context.Context, int64) error {
		return func(ctx context.Context, _ int64) error {
			_, err := s.Claim(ctx, store.ClaimOptions{Queue: jobs, Lease: time.Minute, Max: 1})
			return err
		}
	})
}

// clients measures one client and many on a store each.
func clients(b *testing.B, on func(*redis.Store) func(context.Context, int64) error) {
	b.Helper()
	for _, n := range []int{1, many} {
		b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) {
			measure(b, n, on(openStore(b, redis.Options{Addrs: []string{redistest.Start(b).Addr}})))
		})
	}
}

// measure runs do in n goroutines, each time with a number of its own, and reports the rate.
func measure(b *testing.B, n int, do func(ctx context.Context, n int64) error) {
	b.Helper()
	var count atomic.Int64
	ctx := b.Context()
	b.ResetTimer()
	done := make(chan error, n)
	for range n {
		go func() {
			for {
				i := count.Add(1)
				if i > int64(b.N) {
					done <- nil
					return
				}
				if err := do(ctx, i); err != nil {
					done <- err
					return
				}
			}
		}()
	}
	for range n {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "per_s")
}
