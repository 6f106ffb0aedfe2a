package redis_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

var xAndY = []store.Place{{Name: "x", Limit: 1}, {Name: "y", Limit: 2}}

// acquire demands how many places are in the way.
func acquire(t *testing.T, s store.Store, a store.Acquire, want int) {
	t.Helper()
	blockers, err := s.Acquire(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if len(blockers) != want {
		t.Fatalf("in the way are %+v, want %d", blockers, want)
	}
}

// left demands which of the store's keys there are, beside meta, the clock of the test and empty streams.
func (s still) left(t *testing.T, want ...string) {
	t.Helper()
	all, _ := s.server.Do(t, "KEYS", "{"+s.prefix+"}:*").([]any)
	var names []string
	for _, k := range all {
		name := strings.TrimPrefix(k.(string), "{"+s.prefix+"}:")
		if !strings.HasPrefix(name, ":meta") && !strings.HasPrefix(name, ":ready:") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, want) {
		t.Errorf("there are the keys %q, want %q", names, want)
	}
}

// Nothing of a hold, a line or a line of a log stays in Redis, except the heads of logs.
func TestNothingOfLocksStays(t *testing.T) {
	for name, end := range map[string]func(s still, claims []store.Claim){
		"finish": func(s still, claims []store.Claim) { commit(t, s, store.Batch{Finish: claims}) },
		"remove": func(s still, _ []store.Claim) {
			commit(t, s, store.Batch{Remove: []store.Entry{{Queue: jobs, ID: "a"}, {Queue: jobs, ID: "b"}}})
		},
		"die": func(s still, _ []store.Claim) {
			s.wall(t, lease)
			commit(t, s, store.Batch{Finish: claim(t, s, 2, "a", "b")})
			commit(t, s, store.Batch{Finish: claim(t, s, 2, "b")}) // which was marked while it was claimed
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openStill(t)
			commit(t, s, enqueue(0, "a", "b"))
			claims := claim(t, s, 2, "a", "b")
			acquire(t, s, store.Acquire{Claim: claims[0], Places: xAndY, Wait: true}, 0)
			acquire(t, s, store.Acquire{Claim: claims[1], Places: xAndY, Wait: true}, 1)
			acquire(t, s, store.Acquire{Claim: store.Claim{ID: "ann"}, Keep: time.Minute, Places: []store.Place{{Name: "z", Limit: 1}}}, 0)
			s.left(t, ":askers", ":entry:jobs:a", ":entry:jobs:b", ":hands", ":holds", ":lines", ":names", ":timers:jobs")
			end(s, claims)
			s.left(t, ":hands", ":holds", ":names")
			s.wall(t, time.Minute)
			if _, err := s.Sweep(t.Context(), 10); err != nil {
				t.Fatal(err)
			}
			s.left(t)
		})
	}
}

// Ten thousand places are more than Lua passes in one call, and no step with them may hold up the others.
func TestTenThousandPlaces(t *testing.T) {
	s := openStill(t)
	commit(t, s, enqueue(0, "a", "b"))
	claims := claim(t, s, 2, "a", "b")
	var all []store.Place
	for n := range int64(10000) {
		all = append(all, store.Place{Name: id(n), Limit: 1})
	}
	step := func(a store.Acquire, want int) {
		t.Helper()
		var blockers []store.Blocker
		err := within(t, 2*time.Second, func() (err error) {
			blockers, err = s.Acquire(t.Context(), a)
			return err
		})
		if err != nil || len(blockers) != want {
			t.Fatalf("%d are in the way, want %d: %v", len(blockers), want, err)
		}
	}
	step(store.Acquire{Claim: claims[0], Places: all}, 0)
	step(store.Acquire{Claim: claims[1], Places: all, Wait: true}, len(all))
	commit(t, s, store.Batch{Release: []store.Release{{Claim: claims[1], Delay: time.Hour}}})
	commit(t, s, store.Batch{Finish: claims[:1]})
	b := claim(t, s, 9, "b")
	step(store.Acquire{Claim: b[0], Places: all}, 0)
	commit(t, s, store.Batch{Finish: b})
	step(store.Acquire{Claim: store.Claim{ID: "ann"}, Keep: time.Minute, Places: all}, 0)
	s.wall(t, time.Minute)
	if _, err := s.Sweep(t.Context(), len(all)); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Holds(t.Context(), "", "", 1); err != nil || len(left) > 0 {
		t.Errorf("%+v are held: %v", left, err)
	}
}

func TestLinesExpireInRedisToo(t *testing.T) {
	s := openStill(t)
	line := store.Line{Log: "audit", Data: []byte(`{}`), TTL: time.Hour, Index: []store.Index{red}}
	commit(t, s, store.Batch{Append: []store.Line{line, line}})
	left, _ := s.server.Do(t, "PTTL", redis.KeyOfRecord(s.keys(), store.Key{Kind: "audit", ID: store.LineID(1)})).(int64)
	if life := time.Duration(left) * time.Millisecond; life <= time.Hour || life > time.Hour+time.Minute {
		t.Errorf("Redis keeps it for %s", life)
	}
	s.wall(t, time.Hour)
	if n, err := s.Sweep(t.Context(), 10); n != 2 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	s.left(t, ":heads")
}

// Whoever waits and whose entry was deleted by hand is in nobody's way, and nothing of it stays.
func TestWaiterDeletedByHand(t *testing.T) {
	s := openStill(t)
	commit(t, s, enqueue(0, "a", "b", "c"))
	claims := claim(t, s, 3, "a", "b", "c")
	acquire(t, s, store.Acquire{Claim: claims[0], Places: xAndY[:1]}, 0)
	acquire(t, s, store.Acquire{Claim: claims[1], Places: xAndY, Wait: true}, 1)
	acquire(t, s, store.Acquire{Claim: claims[2], Places: xAndY[:1], Wait: true}, 1)
	commit(t, s, store.Batch{Release: []store.Release{{Claim: claims[2], Delay: time.Hour}}})
	s.server.Do(t, "DEL", redis.StemOfQueue(s.keys(), jobs)+"b")
	commit(t, s, store.Batch{Finish: claims[:1]})
	c := claim(t, s, 9, "c")
	acquire(t, s, store.Acquire{Claim: c[0], Places: xAndY[:1]}, 0)
	commit(t, s, store.Batch{Finish: c})
	s.server.Do(t, "ZREM", redis.KeyOfTimers(s.keys(), jobs), "b")
	s.left(t)
}

func TestMissing(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(s still, stream, timers string)
		want   []string
	}{
		"nothing":                {func(still, string, string) {}, nil},
		"a ready one's message":  {func(s still, stream, _ string) { s.server.Do(t, "XDEL", stream, s.stream(t)[1]) }, []string{"ready"}},
		"a claimed one's":        {func(s still, stream, _ string) { s.server.Do(t, "XDEL", stream, s.stream(t)[0]) }, nil},
		"the stream":             {func(s still, stream, _ string) { s.server.Do(t, "DEL", stream) }, []string{"ready"}},
		"the sorted set":         {func(s still, _, timers string) { s.server.Do(t, "DEL", timers) }, []string{"late"}},
		"the group":              {func(s still, stream, _ string) { s.server.Do(t, "XGROUP", "DESTROY", stream, "workers") }, nil},
		"both":                   {func(s still, stream, timers string) { s.server.Do(t, "DEL", stream, timers) }, []string{"late", "ready"}},
		"both, and a lease ends": {func(s still, stream, timers string) { s.server.Do(t, "DEL", stream, timers); s.wall(t, lease) }, []string{"claimed", "late", "ready"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := openStill(t)
			commit(t, s, enqueue(0, "claimed"))
			claim(t, s, 1, "claimed")
			commit(t, s, enqueue(0, "ready"))
			commit(t, s, enqueue(time.Hour, "late"))
			c.damage(s, redis.KeyOfReady(s.keys(), jobs), redis.KeyOfTimers(s.keys(), jobs))
			ids := []string{"claimed", "late", "ready"}
			look := func() []string {
				t.Helper()
				missing, err := s.Missing(t.Context(), jobs, ids)
				if err != nil {
					t.Fatal(err)
				}
				return missing
			}
			missing := look()
			if !slices.Equal(missing, c.want) {
				t.Fatalf("missing are %q, want %q", missing, c.want)
			}
			commit(t, s, enqueue(0, missing...))
			if missing := look(); len(missing) > 0 {
				t.Fatalf("missing are still %q", missing)
			}
			s.wall(t, 2*time.Hour)
			commit(t, s, enqueue(0, look()...)) // a claimed one may be missing only when its lease has ended
			claims, err := s.Claim(t.Context(), store.ClaimOptions{Queue: jobs, Lease: lease, Max: 9})
			if err != nil || len(claims) != 3 {
				t.Fatalf("claimed %+v: %v", claims, err)
			}
		})
	}
}

func epoch(t *testing.T, s store.Store) string {
	t.Helper()
	e, err := s.Epoch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEpochWhenRedisRestarts(t *testing.T) {
	server := redistest.Start(t)
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}})
	before := epoch(t, s)
	server.Kill(t)
	server.Restart(t)
	eventually(t, func() error { _, err := s.Epoch(t.Context()); return err })
	if after := epoch(t, s); after == before {
		t.Errorf("it is still %s", after)
	}
}

func TestEpochWhenRedisIsEmptied(t *testing.T) {
	server := redistest.Start(t)
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}})
	seen := map[string]bool{epoch(t, s): true}
	for name, next := range map[string]func(){
		"asked first":   func() {},
		"written first": func() { commit(t, s, thing(1)) },
		"claimed first": func() { claim(t, s, 1) },
	} {
		server.Do(t, "FLUSHALL")
		next()
		e := epoch(t, s)
		if seen[e] {
			t.Errorf("%s: it was %s before", name, e)
		}
		seen[e] = true
		if again := epoch(t, s); again != e {
			t.Errorf("%s: %s became %s", name, e, again)
		}
	}
}

// Without INFO it names what is in Redis at least.
func TestEpochWithoutInfo(t *testing.T) {
	server := redistest.Start(t)
	server.Do(t, "ACL", "SETUSER", "petrel", "on", ">secret", "~{petrel}:*", "&{petrel}:*", "+@all", "-info")
	log, text := logger()
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}, Username: "petrel", Password: "secret", Log: log})
	if !strings.Contains(text.String(), "will not see that Redis restarted") {
		t.Errorf("logged is %s", text)
	}
	before := epoch(t, s)
	if before != epoch(t, s) {
		t.Error("it does not stay")
	}
	server.Do(t, "FLUSHALL")
	if after := epoch(t, s); after == before || len(after) < 10 {
		t.Errorf("%q became %q", before, after)
	}
}
