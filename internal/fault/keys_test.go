//go:build fault

package fault_test

import (
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/petrelops/petrel/internal/fault"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// What a store leaves has an end; each key that has none is found.
func TestStrayKeys(t *testing.T) {
	ctx, server := t.Context(), redistest.Start(t)
	s, err := redis.Open(ctx, redis.Options{Addrs: []string{server.Addr}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() // the server goes with the test
	if err := s.Commit(ctx, store.Batch{
		Puts: []store.Put{{
			Key: store.Key{Kind: "a:b", ID: "c:d"}, Data: []byte(`{"v":1}`), If: store.Absent, TTL: time.Hour, Index: []store.Index{{Name: "all"}, {Name: "by:x", Value: "y:z"}},
		}},
		Enqueue: []store.Entry{{Queue: "work", ID: "e1"}, {Queue: "outbox/relay", ID: "inquiry/e1", Delay: time.Hour}},
		Append:  []store.Line{{Log: "audit", Data: []byte(`{"v":1}`), TTL: time.Hour}},
	}); err != nil {
		t.Fatal(err)
	}
	claims, err := s.Claim(ctx, store.ClaimOptions{Queue: "work", Owner: "me", Lease: time.Hour, Max: 1})
	if err != nil || len(claims) != 1 {
		t.Fatal(claims, err)
	}
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close() // as above
	found := func() string {
		t.Helper()
		list, err := fault.StrayKeys(ctx, client)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(list, "\n")
	}
	if got := found(); got != "" {
		t.Fatalf("what is sound is reported: %s", got)
	}
	for _, tt := range []struct {
		name    string
		command []any
		want    string
	}{
		{"a stranger", []any{"SET", "{petrel}x", "1", "EX", "100"}, "{petrel}x: it is not a key of Petrel"},
		{"a record for ever", []any{"HSET", "{petrel}:reply:e2", "data", "1"}, "{petrel}:reply:e2: it is a record without an expiry"},
		{"a record that is not swept", []any{"SET", "{petrel}:reply:e2", "1", "EX", "100"}, "{petrel}:reply:e2: it is a record that Sweep does not know"},
		{"an index entry", []any{"ZADD", "{petrel}::index:reply:all:", "0", "e2"}, "{petrel}::index:reply:all:: no record leads to the entry"},
		{"an entry of no queue", []any{"HSET", "{petrel}::entry:old%3Awork:e2", "due", "1"}, "nobody empties the queue old:work"},
		{"an entry that is never due", []any{"HSET", "{petrel}::entry:work:e2", "due", "1"}, "{petrel}::entry:work:e2: it is neither due at any time nor on the stream"},
		{"a queue of nobody", []any{"ZADD", "{petrel}::timers:old", "0", "e2"}, "{petrel}::timers:old: nobody empties the queue old"},
		{"a place of nobody", []any{"HSET", "{petrel}::askers", "{petrel}::entry:work:e9", "1"}, "{petrel}::askers: there is no entry {petrel}::entry:work:e9"},
		{"a name without a hold", []any{"ZADD", "{petrel}::names", "0", "n1"}, "{petrel}::names: nobody holds n1"},
		{"another kind of key", []any{"SET", "{petrel}::more:1", "1"}, "{petrel}::more:1: nobody knows what takes it away"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := client.Do(ctx, tt.command...).Err(); err != nil {
				t.Fatal(err)
			}
			if got := found(); !strings.Contains(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			if err := client.Del(ctx, tt.command[1].(string)).Err(); err != nil {
				t.Fatal(err)
			}
		})
	}
	if got := found(); got != "" {
		t.Fatalf("what is sound again is reported: %s", got)
	}
}
