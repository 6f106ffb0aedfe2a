package executor_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
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
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// BenchmarkNoop takes an execution that does nothing through the whole path, from accept to the final reply at the platform, with
// SQLite in WAL mode and synchronous=FULL. The same run commits bare records with the same driver from as many clients:
// executions/s, commits/s, and how many bare commits one execution is worth.
func BenchmarkNoop(b *testing.B) {
	for _, clients := range []int{1, 64} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			bare := bareCommits(b, clients)
			s := openStore(b)
			chat := &finals{waiting: map[string]chan bool{}}
			x := benchExecutor(b, s)
			var parts sync.WaitGroup
			ctx, stop := context.WithCancel(b.Context())
			defer parts.Wait()
			defer stop()
			for _, run := range []func() error{func() error { return x.Run(ctx) }, func() error { return x.Deliver(ctx, chat) }} {
				parts.Go(func() {
					if err := run(); err != nil {
						b.Error(err)
					}
				})
			}
			b.ResetTimer()
			share(b, clients, func(int64) error {
				e, err := x.Accept(ctx, command("test.noop", nil))
				if err == nil {
					<-chat.shown(e.ID)
				}
				return err
			})
			rate := float64(b.N) / b.Elapsed().Seconds()
			b.StopTimer()
			b.ReportMetric(rate, "executions/s")
			b.ReportMetric(bare, "commits/s")
			b.ReportMetric(bare/rate, "commits/execution")
		})
	}
}

// bareCommits returns how many records a second the clients commit, one each time.
func bareCommits(b *testing.B, clients int) float64 {
	b.Helper()
	s := openStore(b)
	data := fmt.Appendf(nil, `{"v":1,"text":"%01000d"}`, 0) // about as long as an execution
	b.ResetTimer()
	share(b, clients, func(n int64) error {
		return s.Commit(b.Context(), store.Batch{Puts: []store.Put{{Key: store.Key{Kind: "bare", ID: fmt.Sprint(n)}, Data: data, TTL: time.Hour}}})
	})
	return float64(b.N) / b.Elapsed().Seconds()
}

// share does something b.N times, in as many goroutines as there are clients.
func share(b *testing.B, clients int, do func(n int64) error) {
	b.Helper()
	var n atomic.Int64
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func openStore(b *testing.B) store.Store {
	b.Helper()
	s, err := sqlite.Open(b.Context(), sqlite.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func benchExecutor(b *testing.B, s store.Store) *executor.Executor {
	b.Helper()
	key, err := seal.OpenKey(filepath.Join(b.TempDir(), "petrel.key"))
	if err != nil {
		b.Fatal(err)
	}
	return executor.New(executor.Parts{
		Store: s, Catalog: catalog{"test.noop": action("noop", bot.Read, doer(done))}, Gate: &gate{}, Seal: key,
		Clock: clock.System(), Random: random.System(), Log: slog.New(slog.DiscardHandler),
	}, executor.Options{})
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
