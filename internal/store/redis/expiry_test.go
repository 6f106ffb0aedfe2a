package redis_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

var red = store.Index{Name: "color", Value: "red"}

// list demands how many records a query finds.
func list(t *testing.T, s store.Store, q store.Query, want int) {
	t.Helper()
	page, err := s.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Records) != want {
		t.Fatalf("found %d records, want %d", len(page.Records), want)
	}
}

func TestRecordsExpireInRedisToo(t *testing.T) {
	s := openStill(t)
	commit(t, s, thing(1))
	left, _ := s.server.Do(t, "PTTL", redis.KeyOfRecord(s.keys(), key(1))).(int64)
	if life := time.Duration(left) * time.Millisecond; life <= time.Hour || life > time.Hour+time.Minute {
		t.Errorf("Redis keeps it for %s", life)
	}
}

// Redis may have taken a record away before Sweep comes. Its index entries still go.
func TestSweepAfterRedis(t *testing.T) {
	s := openStill(t)
	b := thing(1)
	b.Puts[0].If, b.Puts[0].Index = store.Anything, []store.Index{red, {Name: "all"}, red}
	commit(t, s, b)
	commit(t, s, b) // the same entries again, one of them named twice
	q := store.Query{Kind: "thing", Index: red}
	list(t, s, q, 1)
	s.server.Do(t, "DEL", redis.KeyOfRecord(s.keys(), key(1)))
	list(t, s, q, 0)
	_, err := s.Get(t.Context(), key(1))
	sentence(t, err, bot.CodeNotFound)
	s.wall(t, time.Hour)
	if n, err := s.Sweep(t.Context(), 10); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	meta, _ := s.server.Do(t, "KEYS", "{"+s.prefix+"}:*").([]any)
	if len(meta) != 2 { // the clock of the test beside it
		t.Errorf("left are %v", meta)
	}
}

// Records that have expired and are not swept yet fill no page and hide none.
func TestListPassesOverExpired(t *testing.T) {
	s := openStill(t)
	var b store.Batch
	for n := range int64(300) {
		p := record("thing", n)
		p.Index = []store.Index{red}
		if n%100 == 99 {
			p.TTL *= 2
		}
		b.Puts = append(b.Puts, p)
	}
	commit(t, s, b)
	s.wall(t, time.Hour)
	for _, newest := range []bool{false, true} {
		q := store.Query{Kind: "thing", Index: red, Limit: 2, Newest: newest}
		page, err := s.List(t.Context(), q)
		if err != nil || len(page.Records) != 2 || page.Next != id(199) {
			t.Errorf("newest %t: %d records, next %q, %v", newest, len(page.Records), page.Next, err)
		}
		q.After = page.Next
		list(t, s, q, 1)
	}
}

// A node set of ten thousand is locked, and given free, in one batch each.
func TestTenThousandInOneBatch(t *testing.T) {
	server := redistest.Start(t)
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}})
	var b, free store.Batch
	for n := range int64(10000) {
		lock := store.Put{Key: store.Key{Kind: "lock", ID: id(n)}, Data: []byte(`{"v":1}`), TTL: time.Hour, Index: []store.Index{{Name: "holder", Value: "one"}}}
		b.Puts = append(b.Puts, lock)
		free.Deletes = append(free.Deletes, store.Delete{Key: lock.Key, If: 1})
	}
	for _, all := range []store.Batch{b, free} {
		if err := within(t, 2*time.Second, func() error { return s.Commit(t.Context(), all) }); err != nil {
			t.Fatal(err)
		}
	}
	if n := server.Do(t, "DBSIZE"); n != int64(1) {
		t.Errorf("%d keys are left", n)
	}
}
