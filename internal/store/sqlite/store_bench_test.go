package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// document is about as long as an execution's record.
var document = []byte(fmt.Sprintf(`{"v":1,"text":"%01000d"}`, 0))

// many is how many clients commit at once where there is more than one.
const many = 64

// BenchmarkBare is the floor: one row in a transaction of its own, with the driver's pragmas and nothing of ours around it.
func BenchmarkBare(b *testing.B) {
	dsn := "file:" + filepath.Join(b.TempDir(), "bare.db") + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.Context(), `CREATE TABLE t (id TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID`); err != nil {
		b.Fatal(err)
	}
	insert, err := db.PrepareContext(b.Context(), `INSERT INTO t VALUES (?, ?)`) //nolint:sqlclosecheck // closed below, a closure hides it
	if err != nil {
		b.Fatal(err)
	}
	defer insert.Close()
	measure(b, 1, func(ctx context.Context, n int64) error {
		_, err := insert.ExecContext(ctx, id(n), document)
		return err
	})
}

func BenchmarkPut(b *testing.B) {
	clients(b, func(s *sqlite.Store) func(context.Context, int64) error {
		return func(ctx context.Context, n int64) error {
			return s.Commit(ctx, store.Batch{Puts: []store.Put{record("execution", n)}})
		}
	})
}

// BenchmarkAccept commits what accepting a command writes: dedupe key, execution, first reply, and an entry for each of the
// latter two.
func BenchmarkAccept(b *testing.B) {
	clients(b, func(s *sqlite.Store) func(context.Context, int64) error {
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
	clients(b, func(s *sqlite.Store) func(context.Context, int64) error {
		return func(ctx context.Context, n int64) error {
			if err := s.Commit(ctx, store.Batch{Enqueue: []store.Entry{{Queue: "executions", ID: id(n)}}}); err != nil {
				return err
			}
			claims, err := s.Claim(ctx, store.ClaimOptions{Queue: "executions", Lease: time.Minute, Max: 1})
			if err != nil {
				return err
			}
			return s.Commit(ctx, store.Batch{Finish: claims})
		}
	})
}

// BenchmarkTenThousandPlaces locks a large node set and gives it free.
func BenchmarkTenThousandPlaces(b *testing.B) {
	s := openStore(b, sqlite.Options{Dir: b.TempDir()})
	var all []store.Place
	for n := range int64(10000) {
		all = append(all, store.Place{Name: id(n), Limit: 1})
	}
	measure(b, 1, func(ctx context.Context, n int64) error {
		if err := s.Commit(ctx, store.Batch{Enqueue: []store.Entry{{Queue: "executions", ID: id(n)}}}); err != nil {
			return err
		}
		claims, err := s.Claim(ctx, store.ClaimOptions{Queue: "executions", Lease: time.Minute, Max: 1})
		if err != nil {
			return err
		}
		if _, err := s.Acquire(ctx, store.Acquire{Claim: claims[0], Places: all}); err != nil {
			return err
		}
		return s.Commit(ctx, store.Batch{Finish: claims})
	})
}

func BenchmarkGet(b *testing.B) {
	s := openStore(b, sqlite.Options{Dir: b.TempDir()})
	if err := s.Commit(b.Context(), store.Batch{Puts: []store.Put{record("execution", 1)}}); err != nil {
		b.Fatal(err)
	}
	measure(b, 1, func(ctx context.Context, _ int64) error {
		_, err := s.Get(ctx, store.Key{Kind: "execution", ID: id(1)})
		return err
	})
}

// clients measures one client and many on a store each.
func clients(b *testing.B, on func(*sqlite.Store) func(context.Context, int64) error) {
	b.Helper()
	for _, n := range []int{1, many} {
		b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) {
			measure(b, n, on(openStore(b, sqlite.Options{Dir: b.TempDir()})))
		})
	}
}

// measure runs do in n goroutines, for each with a number of its own, and reports the rate.
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

func id(n int64) string { return fmt.Sprintf("%024x", n) }

func record(kind string, n int64) store.Put {
	return store.Put{Key: store.Key{Kind: kind, ID: id(n)}, Data: document, TTL: time.Hour}
}
