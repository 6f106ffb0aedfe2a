package redis_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
)

// stream returns the ids of the messages of the usual queue.
func (s still) stream(t *testing.T) []string {
	t.Helper()
	messages, _ := s.server.Do(t, "XRANGE", redis.KeyOfReady(s.keys(), jobs), "-", "+").([]any)
	var ids []string
	for _, m := range messages {
		ids = append(ids, m.([]any)[0].(string))
	}
	return ids
}

// length demands how many entries are on the stream, claimed ones among them, and in the sorted set.
func (s still) length(t *testing.T, stream, timers int64) {
	t.Helper()
	if got := s.server.Do(t, "XLEN", redis.KeyOfReady(s.keys(), jobs)); got != stream {
		t.Errorf("%d entries are on the stream, want %d", got, stream)
	}
	if got := s.server.Do(t, "ZCARD", redis.KeyOfTimers(s.keys(), jobs)); got != timers {
		t.Errorf("%d entries are in the sorted set, want %d", got, timers)
	}
}

func TestWhereAnEntryIs(t *testing.T) {
	s := openStill(t)
	commit(t, s, enqueue(time.Minute, "a"))
	s.length(t, 0, 1)
	commit(t, s, enqueue(0, "b"))
	s.length(t, 1, 1)
	c := claim(t, s, 9, "b")
	s.length(t, 1, 2)
	commit(t, s, store.Batch{Finish: c})
	s.length(t, 0, 1)
	s.wall(t, time.Minute)
	c = claim(t, s, 9, "a")
	s.length(t, 1, 1)
	commit(t, s, store.Batch{Release: []store.Release{{Claim: c[0]}}})
	s.length(t, 1, 0)
	commit(t, s, store.Batch{Remove: []store.Entry{{Queue: jobs, ID: "a"}}})
	s.length(t, 0, 0)
	if left := s.server.Do(t, "KEYS", "{"+s.prefix+"}::entry*"); len(left.([]any)) > 0 {
		t.Errorf("left is %v", left)
	}
}

// What people do to the stream by hand costs no entry.
func TestStreamChangedByHand(t *testing.T) {
	type server func(command ...any)
	for name, change := range map[string]func(do server, stream string, messages []string){
		"a message deleted":         func(do server, stream string, messages []string) { do("XDEL", stream, messages[1]) },
		"a claimed message deleted": func(do server, stream string, messages []string) { do("XDEL", stream, messages[0]) },
		"the stream deleted":        func(do server, stream string, _ []string) { do("DEL", stream) },
		"the group destroyed":       func(do server, stream string, _ []string) { do("XGROUP", "DESTROY", stream, "workers") },
		"messages of strangers": func(do server, stream string, _ []string) {
			do("XADD", stream, "*", "id", "waiting")
			do("XADD", stream, "*", "id", "nobody")
			do("XADD", stream, "*", "field", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openStill(t)
			commit(t, s, enqueue(0, "claimed"))
			claimed := claim(t, s, 1, "claimed")
			s.wall(t, time.Second)
			commit(t, s, enqueue(0, "waiting"))
			change(func(command ...any) { s.server.Do(t, command...) }, redis.KeyOfReady(s.keys(), jobs), s.stream(t))
			commit(t, s, enqueue(0, "waiting")) // as the janitor does that finds the record
			waiting := claim(t, s, 9, "waiting")
			claim(t, s, 9)
			commit(t, s, store.Batch{Guards: waiting, Finish: claimed})
			s.wall(t, lease)
			if again := claim(t, s, 9, "waiting")[0]; again.Deaths != 1 {
				t.Errorf("claimed %+v", again)
			}
			s.length(t, 1, 1) // nothing is left of the strangers
		})
	}
}

// What is put back comes between those that were due before it and those after it, and only these move.
func TestPutBackWithAnOlderTime(t *testing.T) {
	s := openStill(t)
	commit(t, s, enqueue(0, "again"))
	c := claim(t, s, 1, "again")
	for _, id := range []string{"older", "again", "younger"} {
		s.wall(t, time.Second)
		commit(t, s, enqueue(0, id))
	}
	before := s.stream(t) // again, older, younger
	commit(t, s, store.Batch{Finish: c})
	after := s.stream(t) // older, again, younger
	if len(after) != 3 || after[0] != before[1] || after[2] == before[2] {
		t.Errorf("the messages were %v, and then %v", before, after)
	}
	claim(t, s, 9, "older", "again", "younger")
}

// Workers ask once a second, so asking in vain must cost no write.
func TestClaimOfNothingWritesNothing(t *testing.T) {
	s := openStill(t)
	claim(t, s, 1) // makes the stream and its group
	commit(t, s, enqueue(time.Minute, "later"))
	before := s.server.Info(t, "aof_current_size")
	for range 3 {
		claim(t, s, 1)
	}
	if after := s.server.Info(t, "aof_current_size"); after != before {
		t.Errorf("the append-only file grew from %s to %s bytes", before, after)
	}
}

// More is due than the stream takes at once; still the longest due comes first, and also what is put back with an older time.
func TestBacklogKeepsItsOrder(t *testing.T) {
	s := openStill(t)
	commit(t, s, enqueue(0, "first"))
	c := claim(t, s, 1, "first")
	commit(t, s, enqueue(0, "first")) // marks it
	var want []string
	for n := range redis.Window + 200 {
		if n%400 == 0 {
			s.wall(t, time.Second)
		}
		want = append(want, fmt.Sprintf("%06d", n))
		commit(t, s, enqueue(0, want[n]))
	}
	s.length(t, int64(redis.Window)+1, 201)
	commit(t, s, store.Batch{Finish: c})
	s.length(t, int64(redis.Window), 201)
	for want = append([]string{"first"}, want...); len(want) > 0; {
		some := want[:min(len(want), store.MaxPage)]
		commit(t, s, store.Batch{Finish: claim(t, s, len(some), some...)})
		want = want[len(some):]
	}
	s.length(t, 0, 0)
}
