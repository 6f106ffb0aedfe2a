package executor_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/seal"
	"github.com/petrelops/petrel/internal/store"
)

// BenchmarkNoop takes executions that do nothing through the whole path, from accept to the final reply at the platform: executions/s. The
// floor is how many there could be if the same number of writes were bare ones of the driver, from as many clients right before and
// after; x-floor is how many times slower than that Petrel is. Redis is shared by three replicas too; a SQLite file has one daemon.
func BenchmarkNoop(b *testing.B) {
	onDrivers(b, func(b *testing.B, lay func(*testing.B) ground) {
		b.Helper()
		for _, c := range []struct{ replicas, clients int }{{1, 1}, {1, manyClients}, {3, manyClients}} {
			if c.replicas > 1 && b.Name() == "BenchmarkNoop/sqlite" {
				continue
			}
			b.Run(fmt.Sprintf("replicas=%d/clients=%d", c.replicas, c.clients), func(b *testing.B) {
				g := lay(b)
				var writes atomic.Int64
				chat := &finals{waiting: map[string]chan bool{}}
				replicas := make([]*executor.Executor, c.replicas)
				for i := range replicas {
					replicas[i] = runReplica(b, &tallied{Store: g.open(), writes: &writes}, chat)
				}
				before := share(b, c.clients, g.bare)
				b.ResetTimer()
				took := share(b, c.clients, func(ctx context.Context, n int64) error {
					e, err := replicas[n%int64(len(replicas))].Accept(ctx, asked(n))
					if err == nil {
						<-chat.shown(e.ID)
					}
					return err
				})
				b.StopTimer()
				bare := (before + share(b, c.clients, g.bare)) / 2 // a machine that grows busier or calmer counts half
				perExecution := float64(writes.Load()) / float64(b.N)
				rate, floor := float64(b.N)/took.Seconds(), float64(b.N)/bare.Seconds()/perExecution
				b.ReportMetric(rate, "executions/s")
				b.ReportMetric(floor, "floor/s")
				b.ReportMetric(floor/rate, "x-floor")
				b.ReportMetric(perExecution, "writes/execution")
			})
		}
	})
}

// asked is a wish in a thread of its own: the messages of one thread are posted one after the other, and a platform takes one a second.
func asked(n int64) executor.Command {
	c := command("test.noop", nil)
	c.Origin.Thread = strconv.FormatInt(n, 10)
	return c
}

// tallied counts what a store writes durably.
type tallied struct {
	store.Store
	writes *atomic.Int64
}

func (c *tallied) Commit(ctx context.Context, b store.Batch) error {
	c.writes.Add(1)
	return c.Store.Commit(ctx, b)
}

func (c *tallied) Claim(ctx context.Context, o store.ClaimOptions) ([]store.Claim, error) {
	claims, err := c.Store.Claim(ctx, o)
	if len(claims) > 0 {
		c.writes.Add(1)
	}
	return claims, err
}

// runReplica runs an executor with workers and an outbox until the benchmark ends.
func runReplica(b *testing.B, s store.Store, chat bot.Adapter) *executor.Executor {
	b.Helper()
	key, err := seal.OpenKey(filepath.Join(b.TempDir(), "petrel.key"))
	if err != nil {
		b.Fatal(err)
	}
	x := executor.New(executor.Parts{
		Store: s, Catalog: catalog{"test.noop": action("noop", bot.Read, doer(done))}, Templates: templates{}, Gate: &gate{}, Seal: key,
		Clock: clock.System(), Random: random.System(), Log: slog.New(slog.NewTextHandler(b.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}, executor.Options{Patience: 200 * time.Millisecond}) // as in petrel serve
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	var parts sync.WaitGroup
	for _, run := range []func() error{func() error { return x.Run(ctx) }, func() error { return x.Deliver(ctx, chat) }} {
		parts.Go(func() {
			if err := run(); err != nil {
				b.Error(err)
			}
		})
	}
	b.Cleanup(func() {
		stop()
		parts.Wait()
	})
	return x
}

// finals is a platform that tells when it was shown the final reply of an execution.
type finals struct {
	// mu guards waiting.
	mu      sync.Mutex
	waiting map[string]chan bool
}

func (f *finals) shown(id string) chan bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting[id] == nil {
		f.waiting[id] = make(chan bool, 1)
	}
	return f.waiting[id]
}

func (f *finals) Name() string                            { return "chat" }
func (f *finals) Run(context.Context, bot.Receiver) error { return nil }
func (f *finals) Post(ctx context.Context, m bot.Posting) (string, error) {
	return "ref", f.Edit(ctx, "ref", m)
}

func (f *finals) Edit(_ context.Context, _ string, m bot.Posting) error {
	if m.Reply.Final() {
		f.shown(m.Key) <- true
	}
	return nil
}
