package sqlite_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// machine is a clock whose wall time can be set while its monotonic time goes on.
type machine struct {
	*clock.Fake
	start time.Time
	set   time.Duration // how far the wall time was set
}

var _ sqlite.Steady = (*machine)(nil)

func newMachine() *machine {
	c := newClock()
	return &machine{Fake: c, start: c.Now()}
}

func (m *machine) Now() time.Time         { return m.Fake.Now().Add(m.set) }
func (m *machine) Elapsed() time.Duration { return m.Fake.Now().Sub(m.start) }

func now(t *testing.T, s store.Store) time.Time {
	t.Helper()
	at, err := s.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func commit(t *testing.T, s store.Store, b store.Batch) {
	t.Helper()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func TestSettingTheWallClockMovesNoDeadline(t *testing.T) {
	for _, set := range []time.Duration{-24 * time.Hour, -time.Hour, time.Hour, 24 * time.Hour} {
		t.Run(set.String(), func(t *testing.T) {
			var log bytes.Buffer
			m := newMachine()
			s := openStore(t, sqlite.Options{Dir: t.TempDir(), Clock: m, Log: slog.New(slog.NewTextHandler(&log, nil))})
			start := now(t, s)
			commit(t, s, store.Batch{Enqueue: []store.Entry{{Queue: "jobs", ID: "a"}}})
			claims, err := s.Claim(t.Context(), store.ClaimOptions{Queue: "jobs", Lease: 30 * time.Second, Max: 1})
			if err != nil || len(claims) != 1 {
				t.Fatal(claims, err)
			}
			m.set = set
			m.Advance(29 * time.Second)
			if got, want := now(t, s), start.Add(29*time.Second); !got.Equal(want) {
				t.Errorf("the store says %s, want %s", got, want)
			}
			commit(t, s, store.Batch{Guards: claims})
			m.Advance(time.Second)
			if err := s.Commit(t.Context(), store.Batch{Guards: claims}); bot.ErrorCode(err) != bot.CodeFenced {
				t.Errorf("after the lease: %v", err)
			}
			if n := strings.Count(log.String(), "wall clock"); n != 1 {
				t.Errorf("logged %d times: %s", n, log.String())
			}
			m.set = 0
			now(t, s)
			if n := strings.Count(log.String(), "wall clock"); n != 2 {
				t.Errorf("the jump back was logged %d times: %s", n-1, log.String())
			}
		})
	}
}

func TestTimeDoesNotGoBackOverARestart(t *testing.T) {
	dir, m := t.TempDir(), newMachine()
	s := openStore(t, sqlite.Options{Dir: dir, Clock: m})
	m.Advance(time.Hour)
	commit(t, s, store.Batch{Puts: []store.Put{record("thing", 1)}})
	before := now(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	m.set = -24 * time.Hour
	s = openStore(t, sqlite.Options{Dir: dir, Clock: m})
	if after := now(t, s); after.Before(before) {
		t.Errorf("the store says %s after %s", after, before)
	}
	m.Advance(time.Minute)
	if after := now(t, s); after.Before(before.Add(time.Minute)) {
		t.Errorf("the time stands still: %s a minute after %s", after, before)
	}
}

func TestProcessesAgreeOnTheTimeOfACommit(t *testing.T) {
	dir, ahead, behind := t.TempDir(), newMachine(), newMachine()
	ahead.set = time.Hour
	one := openStore(t, sqlite.Options{Dir: dir, Clock: behind})
	other := openStore(t, sqlite.Options{Dir: dir, Clock: ahead})
	commit(t, other, store.Batch{Puts: []store.Put{record("thing", 1)}})
	commit(t, one, store.Batch{Puts: []store.Put{record("thing", 2)}})
	if a, b := now(t, one), now(t, other); a.Before(b) {
		t.Errorf("%s is before %s", a, b)
	}
	behind.Advance(time.Second)
	ahead.Advance(time.Second)
	if a, b := now(t, one), now(t, other); !a.Equal(b) {
		t.Errorf("a second later the one says %s, the other %s", a, b)
	}
}

func TestShortOrNoDifferenceIsNotLogged(t *testing.T) {
	var log bytes.Buffer
	m := newMachine()
	s := openStore(t, sqlite.Options{Dir: t.TempDir(), Clock: m, Log: slog.New(slog.NewTextHandler(&log, nil))})
	m.set = time.Minute
	m.Advance(24 * time.Hour)
	now(t, s)
	if log.Len() != 0 {
		t.Error(log.String())
	}
}
