package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
)

// BenchmarkNoop takes core.noop the whole way, one at a time and from 64 clients at once: accept, claim, permission, run, result, and
// the reply posted at the console. It reports executions a second, the ratio of that to bare commits of one row a second with the same
// driver, pragmas and disk in the same run, and how long accepting took.
func BenchmarkNoop(b *testing.B) {
	bare := bareCommits(b)
	for _, clients := range []int{1, 64} {
		b.Run(fmt.Sprintf("synchronous=FULL/clients=%d", clients), func(b *testing.B) {
			a := runApp(b, benchConfig(b))
			accepts := make([]time.Duration, b.N)
			b.ResetTimer()
			share(b, clients, func(n int) error {
				var err error
				accepts[n], err = noop(b.Context(), a)
				return err
			})
			rate := float64(b.N) / b.Elapsed().Seconds()
			b.StopTimer()
			countSucceeded(b, a)
			slices.Sort(accepts)
			b.ReportMetric(rate, "executions/s")
			b.ReportMetric(bare, "bare-commits/s")
			b.ReportMetric(rate/bare, "x-bare-commits")
			b.ReportMetric(float64(accepts[b.N/2].Microseconds())/1000, "accept-p50-ms")
			b.ReportMetric(float64(accepts[b.N*99/100].Microseconds())/1000, "accept-p99-ms")
		})
	}
}

// noop runs one execution to its end and returns how long it took to be accepted.
func noop(ctx context.Context, a *app.App) (time.Duration, error) {
	began := time.Now()
	e, err := a.Executor.Accept(ctx, benchCommand("core.noop", nil))
	took := time.Since(began)
	if err != nil {
		return took, err
	}
	_, err = a.Executor.Wait(ctx, e.ID)
	return took, err
}

// countSucceeded fails unless the store has b.N executions and each succeeded.
func countSucceeded(b *testing.B, a *app.App) {
	b.Helper()
	list, err := a.Executor.Executions(b.Context(), b.N+1)
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

// bareCommits returns how many one-row transactions a second the driver makes with the pragmas of our store and nothing of ours around
// it. The row is about as long as an execution's record.
func bareCommits(b *testing.B) float64 {
	b.Helper()
	const commits = 1000
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.Context(), `CREATE TABLE t (id INTEGER PRIMARY KEY, data TEXT)`); err != nil {
		b.Fatal(err)
	}
	insert, err := db.PrepareContext(b.Context(), `INSERT INTO t VALUES (?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	defer insert.Close()
	row := strings.Repeat("x", 1000)
	began := time.Now()
	for n := range commits {
		if _, err := insert.ExecContext(b.Context(), n, row); err != nil {
			b.Fatal(err)
		}
	}
	return commits / time.Since(began).Seconds()
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
	return executor.Command{Action: action, Params: params, Identity: chat.Identify(benchPerson), Origin: benchPerson, Text: action}
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
		if err := <-ended; err != nil && ctx.Err() == nil {
			b.Error(err)
		}
		_ = typed.Close() // a pipe's end has nothing to lose
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	return a
}
