package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// When the server's clock is set back, the store's time goes on from where it was, and so do leases.
func TestServerClockSetBack(t *testing.T) {
	s := openStill(t)
	at := func(want time.Duration) {
		t.Helper()
		if got := s.now(t).Sub(start); got != want {
			t.Errorf("the store's time is %s after the start, want %s", got, want)
		}
	}
	s.wall(t, time.Minute)
	commit(t, s, enqueue(0, "a"))
	c := claim(t, s, 1, "a")[0]
	s.wall(t, -24*time.Hour)
	at(time.Minute)
	commit(t, s, store.Batch{Guards: []store.Claim{c}}) // a guard changes something: the time is stored
	s.wall(t, lease-time.Second)
	at(time.Minute + lease - time.Second)
	claim(t, s, 1)
	s.wall(t, time.Second)
	if again := claim(t, s, 1, "a")[0]; again.Fence <= c.Fence || again.Deaths != 1 {
		t.Errorf("claimed %+v after %+v", again, c)
	}
	sentence(t, s.Commit(t.Context(), store.Batch{Finish: []store.Claim{c}}), bot.CodeFenced)
	at(time.Minute + lease)
	s.wall(t, 48*time.Hour) // it is set right again: the store's time is the server's
	at(time.Minute + lease + 24*time.Hour)
}

// One handle has told a time that no commit has stored.
func TestNowOfAHandleStays(t *testing.T) {
	s := openStill(t)
	s.wall(t, time.Minute)
	before := s.now(t)
	s.wall(t, -time.Hour)
	if after := s.now(t); after.Before(before) {
		t.Errorf("the time went back from %s to %s", before, after)
	}
}

func TestNowIsTheServersTime(t *testing.T) {
	server := redistest.Start(t)
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}})
	before := server.Time(t)
	commit(t, s, thing(1))
	now, err := s.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if after := server.Time(t); now.Before(before.Truncate(time.Millisecond)) || now.After(after) {
		t.Errorf("the store says %s between %s and %s", now, before, after)
	}
}

// What a script told of the time is carried on for a second by this machine's clock, and asked for anew when that is over or the clock was set.
func TestNowIsCarriedOn(t *testing.T) {
	server := redistest.Start(t)
	fake := clock.NewFake(server.Time(t))
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}, Clock: fake})
	asked := func() string { // how often a script was run, and nothing of how long
		_, stats, _ := strings.Cut(server.Text(t, "INFO", "commandstats"), "cmdstat_evalsha:")
		calls, _, _ := strings.Cut(stats, ",")
		return calls
	}
	now := func() time.Time {
		t.Helper()
		now, err := s.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	commit(t, s, thing(1))
	first, before := now(), asked()
	fake.Advance(900 * time.Millisecond)
	if got := now().Sub(first); got != 900*time.Millisecond || asked() != before {
		t.Errorf("after 900 ms of this machine's time it says %s later; %s scripts were run, before %s", got, asked(), before)
	}
	for name, d := range map[string]time.Duration{"a second is over": 1100 * time.Millisecond, "the clock was set back": -time.Hour, "the clock was set": time.Hour} {
		before := asked()
		fake.Advance(d)
		if now(); asked() == before {
			t.Errorf("%s, and Redis was not asked", name)
		}
	}
	if got := now(); got.After(server.Time(t).Add(time.Second)) {
		t.Errorf("it says %s at %s", got, server.Time(t))
	}
}

// A fence is never given out again, whatever Redis has lost.
func TestFenceAfterRedisWasEmptied(t *testing.T) {
	s := openStill(t)
	commit(t, s, enqueue(0, "a"))
	before := claim(t, s, 1, "a")[0]
	wall := s.server.Text(t, "GET", redis.WallKey(s.prefix))
	s.server.Do(t, "FLUSHALL")
	s.server.Do(t, "SET", redis.WallKey(s.prefix), wall)
	sentence(t, s.Commit(t.Context(), store.Batch{Guards: []store.Claim{before}}), bot.CodeFenced)
	s.wall(t, time.Millisecond)
	commit(t, s, enqueue(0, "a"))
	sentence(t, s.Commit(t.Context(), store.Batch{Guards: []store.Claim{before}}), bot.CodeFenced)
	if after := claim(t, s, 1, "a")[0]; after.Fence <= before.Fence {
		t.Errorf("fence %d after %d", after.Fence, before.Fence)
	}
	sentence(t, s.Commit(t.Context(), store.Batch{Finish: []store.Claim{before}}), bot.CodeFenced)
}
