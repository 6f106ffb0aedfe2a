package redis_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
	"github.com/petrelops/petrel/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	storetest.Run(t, newHarness(t, redis.Options{Addrs: []string{redistest.Start(t).Addr}}))
}

func TestContractOnACluster(t *testing.T) {
	storetest.Run(t, newHarness(t, redis.Options{Addrs: redistest.Addrs(redistest.StartCluster(t))}))
}

// harness opens stores whose server's time stands still until it is told to go on.
type harness struct {
	options  redis.Options
	admin    goredis.UniversalClient
	opened   atomic.Int64
	prefixes map[store.Store]string
	clocks   clocks
}

// clocks are the keys of the clocks that one test uses.
type clocks struct {
	test *testing.T
	keys []string
}

var start = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

func newHarness(t *testing.T, o redis.Options) *harness {
	t.Helper()
	admin := goredis.NewUniversalClient(&goredis.UniversalOptions{Addrs: o.Addrs})
	t.Cleanup(func() {
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	return &harness{options: o, admin: admin, prefixes: make(map[store.Store]string)}
}

func (h *harness) Open(t *testing.T) store.Store {
	t.Helper()
	prefix := fmt.Sprintf("test%d", h.opened.Add(1))
	if h.clocks.test != t {
		h.clocks = clocks{test: t}
	}
	key := redis.WallKey(prefix)
	h.clocks.keys = append(h.clocks.keys, key)
	if err := h.admin.Set(t.Context(), key, start.UnixMilli(), 0).Err(); err != nil {
		t.Fatal(err)
	}
	return h.open(t, prefix)
}

func (h *harness) Reopen(t *testing.T, s store.Store) store.Store {
	t.Helper()
	return h.open(t, h.prefixes[s])
}

func (h *harness) Advance(t *testing.T, d time.Duration) {
	t.Helper()
	pipe := h.admin.Pipeline()
	for _, key := range h.clocks.keys {
		pipe.IncrBy(t.Context(), key, d.Milliseconds())
	}
	if _, err := pipe.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (h *harness) open(t *testing.T, prefix string) store.Store {
	t.Helper()
	o := h.options
	o.Prefix = prefix
	s, err := redis.OpenStill(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, s)
	h.prefixes[s] = prefix
	return s
}

// openStore opens a store and closes it at the end of the test.
func openStore(tb testing.TB, o redis.Options) *redis.Store {
	tb.Helper()
	s, err := redis.Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	closeAtEnd(tb, s)
	return s
}

func closeAtEnd(tb testing.TB, s *redis.Store) {
	tb.Helper()
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
}
