package sqlite_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
	"github.com/petrelops/petrel/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	storetest.Run(t, &harness{clock: newClock(), dirs: make(map[store.Store]string)})
}

// harness opens stores that share one fake clock.
type harness struct {
	clock *clock.Fake
	dirs  map[store.Store]string
}

func newClock() *clock.Fake { return clock.NewFake(time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)) }

func (h *harness) Open(t *testing.T) store.Store {
	t.Helper()
	return h.open(t, t.TempDir())
}

func (h *harness) Reopen(t *testing.T, s store.Store) store.Store {
	t.Helper()
	return h.open(t, h.dirs[s])
}

func (h *harness) Advance(_ *testing.T, d time.Duration) { h.clock.Advance(d) }

func (h *harness) open(t *testing.T, dir string) store.Store {
	t.Helper()
	s := openStore(t, sqlite.Options{Dir: dir, Clock: h.clock})
	h.dirs[s] = dir
	return s
}

// openStore opens a store and closes it at the end of the test.
func openStore(tb testing.TB, o sqlite.Options) *sqlite.Store {
	tb.Helper()
	s, err := sqlite.Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}
