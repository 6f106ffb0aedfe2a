package executor_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// ground is a driver's server or folder, new for each benchmark.
type ground struct {
	// open opens one more handle on the same data, as another process would.
	open func() store.Store
	// bare makes one durable write beside Petrel's data, with nothing of ours around it: the floor of the driver.
	bare func(ctx context.Context, n int64) error
}

// drivers are the grounds that the benchmarks stand on. Both write to the disk before they answer.
var drivers = map[string]func(b *testing.B) ground{"sqlite": onSQLite, "redis": onRedis}

// onDrivers runs a benchmark on each driver.
func onDrivers(b *testing.B, run func(b *testing.B, lay func(b *testing.B) ground)) {
	b.Helper()
	for _, name := range []string{"sqlite", "redis"} {
		b.Run(name, func(b *testing.B) { run(b, drivers[name]) })
	}
}

// document is about as long as an execution's record.
var document = fmt.Appendf(nil, `{"v":1,"text":"%01000d"}`, 0)

func onSQLite(b *testing.B) ground {
	b.Helper()
	dir := b.TempDir()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.Context(), `CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)`); err != nil {
		b.Fatal(err)
	}
	insert, err := db.PrepareContext(b.Context(), `REPLACE INTO t VALUES (?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { insert.Close() })
	return ground{
		open: func() store.Store {
			s, err := sqlite.Open(b.Context(), sqlite.Options{Dir: dir})
			return kept(b, s, err)
		},
		bare: func(ctx context.Context, n int64) error {
			_, err := insert.ExecContext(ctx, n, document)
			return err
		},
	}
}

func onRedis(b *testing.B) ground {
	b.Helper()
	addr := redistest.Start(b).Addr
	client := goredis.NewClient(&goredis.Options{Addr: addr, PoolSize: manyClients})
	b.Cleanup(func() { client.Close() })
	return ground{
		open: func() store.Store {
			s, err := redis.Open(b.Context(), redis.Options{Addrs: []string{addr}})
			return kept(b, s, err)
		},
		bare: func(ctx context.Context, n int64) error {
			return client.Set(ctx, "bare:"+strconv.FormatInt(n, 10), document, time.Hour).Err()
		},
	}
}

// kept closes a store at the end of the benchmark.
func kept(b *testing.B, s store.Store, err error) store.Store {
	b.Helper()
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

// manyClients is how many work at once where there is more than one.
const manyClients = 64

// share does something b.N times, in as many goroutines as there are clients, and returns how long that took.
func share(b *testing.B, clients int, do func(ctx context.Context, n int64) error) time.Duration {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range clients {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := do(b.Context(), n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}
