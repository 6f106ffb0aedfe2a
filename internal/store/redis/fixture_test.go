package redis_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

const (
	jobs  = "jobs"
	lease = 30 * time.Second
)

// document is about as long as an execution's record.
var document = fmt.Appendf(nil, `{"v":1,"text":"%01000d"}`, 0)

func id(n int64) string { return fmt.Sprintf("%024x", n) }

func key(n int64) store.Key { return store.Key{Kind: "thing", ID: id(n)} }

func record(kind string, n int64) store.Put {
	return store.Put{Key: store.Key{Kind: kind, ID: id(n)}, Data: document, TTL: time.Hour}
}

// thing is a batch with one record.
func thing(n int64) store.Batch { return store.Batch{Puts: []store.Put{record("thing", n)}} }

func enqueue(delay time.Duration, ids ...string) store.Batch {
	var b store.Batch
	for _, id := range ids {
		b.Enqueue = append(b.Enqueue, store.Entry{Queue: jobs, ID: id, Delay: delay})
	}
	return b
}

func commit(tb testing.TB, s store.Store, b store.Batch) {
	tb.Helper()
	if err := s.Commit(tb.Context(), b); err != nil {
		tb.Fatal(err)
	}
}

// claim demands the ids that are claimed.
func claim(tb testing.TB, s store.Store, limit int, want ...string) []store.Claim {
	tb.Helper()
	claims, err := s.Claim(tb.Context(), store.ClaimOptions{Queue: jobs, Owner: "tester", Lease: lease, Max: limit})
	if err != nil {
		tb.Fatal(err)
	}
	var ids []string
	for _, c := range claims {
		ids = append(ids, c.ID)
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		tb.Fatalf("claimed (-want +got):\n%s", diff)
	}
	return claims
}

// sentence demands the code and parts of the text for people.
func sentence(tb testing.TB, err error, code bot.Code, parts ...string) {
	tb.Helper()
	if bot.ErrorCode(err) != code {
		tb.Fatalf("got code %q, want %q: %v", bot.ErrorCode(err), code, err)
	}
	for _, p := range parts {
		if !strings.Contains(bot.ErrorText(err), p) {
			tb.Errorf("%q does not contain %q", bot.ErrorText(err), p)
		}
	}
}

// within demands that do ends in time and returns its error.
func within(tb testing.TB, limit time.Duration, do func() error) error {
	tb.Helper()
	c := clock.System()
	began := c.Now()
	err := do()
	if took := c.Now().Sub(began); took > limit {
		tb.Errorf("it took %s, more than %s", took, limit)
	}
	return err
}

// eventually tries until do succeeds, and returns how long that took.
func eventually(tb testing.TB, do func() error) time.Duration {
	tb.Helper()
	c := clock.System()
	began := c.Now()
	for {
		err := do()
		took := c.Now().Sub(began)
		if err == nil {
			return took
		}
		if took > 20*time.Second {
			tb.Fatalf("after %s still: %v", took, err)
		}
		if err := clock.Wait(tb.Context(), c, 20*time.Millisecond); err != nil {
			tb.Fatal(err)
		}
	}
}

// still is a store whose server's time stands still, with that server.
type still struct {
	*redis.Store
	server *redistest.Server
	prefix string
}

func openStill(t *testing.T) still {
	t.Helper()
	server := redistest.Start(t)
	h := newHarness(t, redis.Options{Addrs: []string{server.Addr}})
	s := h.Open(t).(*redis.Store)
	return still{Store: s, server: server, prefix: h.prefixes[s]}
}

// wall moves the server's clock.
func (s still) wall(t *testing.T, d time.Duration) {
	t.Helper()
	s.server.Do(t, "INCRBY", redis.WallKey(s.prefix), d.Milliseconds())
}

func (s still) keys() redis.Keys { return redis.NewKeys(s.prefix) }

func (s still) now(t *testing.T) time.Time {
	t.Helper()
	now, err := s.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// logger returns a log and what was logged to it.
func logger() (*slog.Logger, *bytes.Buffer) {
	var text bytes.Buffer
	return slog.New(slog.NewTextHandler(&text, nil)), &text
}

// missing returns why a record cannot be read, nil if it can.
func missing(tb testing.TB, s store.Store, n int64) error {
	tb.Helper()
	if _, err := s.Get(tb.Context(), key(n)); err != nil {
		return errors.Join(fmt.Errorf("record %d", n), err)
	}
	return nil
}
