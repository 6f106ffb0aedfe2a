package executor_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

// threads is a platform that refuses the message of one execution for as long as the test says so.
type threads struct {
	*world
	*process
	platform *platform
	watched  *watchedStore
	refused  string
}

func newThreads(t *testing.T) *threads {
	t.Helper()
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	s := &threads{world: w, platform: newPlatform(), watched: &watchedStore{Store: w.store(), committed: make(chan store.Batch, 1000)}}
	s.process = w.processOn(s.watched, executor.Options{})
	s.refused = s.asked("T1")
	s.platform.before = func(c call) error {
		if c.key == s.refused {
			return bot.E(bot.CodeUnavailable, "test.post", "Not now.", nil)
		}
		return nil
	}
	return s
}

// asked accepts a command in a thread, a moment after the one before.
func (s *threads) asked(thread string) string {
	s.world.Helper()
	s.world.time.Advance(time.Millisecond)
	c := command("test.noop", nil)
	c.Origin.Thread = thread
	return s.accept(c).ID
}

// settled waits until what was to be done about n messages is on record: posted, or put off.
func (s *threads) settled(n int) {
	s.world.Helper()
	for n > 0 {
		b := receive(s.world, s.watched.committed)
		for _, c := range append(b.Finish, claimsOf(b.Release)...) {
			if c.Queue == "outbox/chat" {
				n--
			}
		}
	}
}

func claimsOf(list []store.Release) []store.Claim {
	var claims []store.Claim
	for _, r := range list {
		claims = append(claims, r.Claim)
	}
	return claims
}

// posted returns what was taken by the platform since the last time.
func (s *threads) posted() []string {
	var keys []string
	for len(s.platform.calls) > 0 {
		if c := <-s.platform.calls; c.err == nil {
			keys = append(keys, c.key)
		}
	}
	return keys
}

// What was asked first in a thread is answered first, also when the platform does not take it at once. Another thread is not held up.
func TestOrderInAThread(t *testing.T) {
	s := newThreads(t)
	first, second, third, other := s.refused, s.asked("T1"), s.asked("T1"), s.asked("T2")
	s.delivering(s.platform)
	s.settled(4)
	if got := s.posted(); len(got) != 1 || got[0] != other {
		t.Fatalf("posted were %v, want only the one of the other thread, %s", got, other)
	}
	s.refused = ""
	var got []string
	for len(got) < 3 {
		c := s.world.pass(s.process, time.Second, s.platform)
		got = append(got, c.key)
		s.settled(1)
	}
	for i, want := range []string{first, second, third} {
		if got[i] != want {
			t.Errorf("posted were %v, want %s, %s and %s", got, first, second, third)
			break
		}
	}
}

// A message that the platform never takes holds its thread up for two minutes and no longer.
func TestNobodyWaitsForEver(t *testing.T) {
	s := newThreads(t)
	second := s.asked("T1")
	s.delivering(s.platform)
	s.settled(2)
	s.posted()
	s.world.time.Advance(2*time.Minute - 10*time.Second)
	s.enqueue(second)
	s.settled(1)
	if got := s.posted(); len(got) > 0 {
		t.Fatalf("%v was posted before its time", got)
	}
	s.world.time.Advance(10 * time.Second)
	s.enqueue(second)
	for c := receive(s.world, s.platform.calls); c.key != second; c = receive(s.world, s.platform.calls) {
		continue
	}
}

func (s *threads) enqueue(id string) {
	s.world.Helper()
	s.world.must(s.process.store.Commit(s.world.ctx, store.Batch{Enqueue: []store.Entry{{Queue: "outbox/chat", ID: id}}}))
}
