package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
)

// BenchmarkAccept tells how long a person's command takes to become durable, from one client and from 64 at once, each waiting for the
// end of its command before it gives the next. The executions run meanwhile and their replies are posted, on the same SQLite file with
// synchronous=FULL. ns/op is the whole way of an execution, divided by how many were under way.
func BenchmarkAccept(b *testing.B) {
	for _, clients := range []int{1, 64} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			a := runApp(b, benchConfig(b))
			took := make([]time.Duration, b.N)
			b.ResetTimer()
			share(b, clients, func(n int) error {
				began := time.Now()
				e, err := a.Executor.Accept(b.Context(), benchCommand("core.noop", nil))
				took[n] = time.Since(began)
				if err == nil {
					_, err = a.Executor.Wait(b.Context(), e.ID)
				}
				return err
			})
			b.StopTimer()
			countSucceeded(b, a)
			slices.Sort(took)
			b.ReportMetric(milliseconds(took[b.N/2]), "p50-ms")
			b.ReportMetric(milliseconds(took[b.N*99/100]), "p99-ms")
		})
	}
}

// countSucceeded fails unless the store has b.N executions and each succeeded.
func countSucceeded(b *testing.B, a *app.App) {
	b.Helper()
	list, err := a.Executor.Executions(b.Context(), executor.Filter{Limit: b.N + 1})
	if err != nil {
		b.Fatal(err)
	}
	good := 0
	for _, e := range list {
		if e.Status == bot.Succeeded {
			good++
		}
	}
	if len(list) != b.N || good != b.N {
		b.Fatalf("the store has %d executions and %d succeeded, want %d of each", len(list), good, b.N)
	}
}

// share does b.N times what do does, in as many goroutines as there are clients.
func share(b *testing.B, clients int, do func(n int) error) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := do(int(n - 1)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// benchPerson is who runs the benchmarks' commands.
var benchPerson = bot.Origin{Adapter: "console", User: "ann"}

func benchCommand(action string, params map[string]any) executor.Command {
	return executor.Command{Action: action, Params: params, Identity: bot.Identity{ID: benchPerson.Account()}, Origin: benchPerson, Text: action}
}

// benchConfig is the default configuration with a data folder of its own and a person who may do everything.
func benchConfig(b *testing.B) config.Config {
	b.Helper()
	c := config.Default()
	c.Data = b.TempDir()
	c.Permissions = []config.Permission{{Identity: benchPerson.Account(), Action: "*"}}
	return c
}

// runApp runs Petrel in this process, with a console at which nobody types.
func runApp(b *testing.B, c config.Config) *app.App {
	b.Helper()
	silent, typed := io.Pipe()
	a, err := app.New(b.Context(), app.Options{
		Config: c, Owner: "bench",
		Log:     slog.New(slog.NewTextHandler(b.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Console: &console.Options{In: silent, Out: io.Discard, Person: benchPerson.User},
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, false) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		_ = typed.Close() // a pipe's end has nothing to lose
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	return a
}
