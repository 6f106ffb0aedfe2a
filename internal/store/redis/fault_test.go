package redis_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// refusal is how soon a person must hear that nothing was stored.
const refusal = 2500 * time.Millisecond

// refused demands that a write fails in time, with a sentence.
func refused(t *testing.T, s store.Store, parts ...string) {
	t.Helper()
	err := within(t, refusal, func() error { return s.Commit(t.Context(), thing(99)) })
	sentence(t, err, bot.CodeUnavailable, parts...)
}

func TestNobodyListens(t *testing.T) {
	server := redistest.Start(t)
	server.Kill(t)
	err := within(t, refusal, func() error {
		_, err := redis.Open(t.Context(), redis.Options{Addrs: []string{server.Addr}})
		return err
	})
	sentence(t, err, bot.CodeUnavailable, server.Addr, "cannot reach", "Check that it runs")
}

// A host that takes connections and says nothing.
func TestSilentServer(t *testing.T) {
	t.Parallel() // it mostly waits
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	err = within(t, refusal, func() error {
		_, err := redis.Open(t.Context(), redis.Options{URL: "redis://" + listener.Addr().String()})
		return err
	})
	sentence(t, err, bot.CodeUnavailable, "does not answer in time")
}

func TestLostAndBack(t *testing.T) {
	t.Parallel() // it mostly waits
	server := redistest.Start(t)
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}})
	notices, err := s.Subscribe(t.Context(), "news")
	if err != nil {
		t.Fatal(err)
	}
	commit(t, s, thing(1))
	server.Kill(t)
	refused(t, s, server.Addr, "cannot reach")
	_, err = s.Get(t.Context(), key(1))
	sentence(t, err, bot.CodeUnavailable, server.Addr)
	server.Restart(t)
	if took := eventually(t, func() error { return missing(t, s, 1) }); took > 10*time.Second {
		t.Errorf("it took %s to find Redis again", took)
	}
	commit(t, s, thing(2))
	// The bus comes back as well.
	eventually(t, func() error {
		commit(t, s, store.Batch{Notify: []store.Notice{{Topic: "news", Payload: "back"}}})
		select {
		case <-notices:
			return nil
		case <-time.After(100 * time.Millisecond):
			return errors.New("no notice yet")
		}
	})
}

func TestPaused(t *testing.T) {
	t.Parallel() // it mostly waits
	server := redistest.Start(t)
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}})
	server.Do(t, "CLIENT", "PAUSE", "3000", "ALL")
	refused(t, s, server.Addr, "does not answer in time")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := s.Get(ctx, key(1))
	sentence(t, err, bot.CodeTimeout)
	eventually(t, func() error { return s.Commit(t.Context(), thing(1)) })
}

func TestReplicaTakesNoWrites(t *testing.T) {
	server := redistest.Start(t)
	o := redis.Options{Addrs: []string{server.Addr}}
	s := openStore(t, o)
	commit(t, s, thing(1))
	server.Do(t, "REPLICAOF", "127.0.0.1", "1")
	refused(t, s, server.Addr, "is a replica", "primary")
	_, err := s.Claim(t.Context(), store.ClaimOptions{Queue: jobs, Lease: lease, Max: 1})
	sentence(t, err, bot.CodeUnavailable, "is a replica")
	if _, err := redis.Open(t.Context(), o); bot.ErrorCode(err) != bot.CodeUnavailable {
		t.Errorf("opened a replica: %v", err)
	}
	if err := missing(t, s, 1); err != nil {
		t.Errorf("reading meanwhile: %v", err)
	}
	server.Do(t, "REPLICAOF", "NO", "ONE")
	eventually(t, func() error { return s.Commit(t.Context(), thing(2)) })
}

func TestNoMemory(t *testing.T) {
	server := redistest.Start(t)
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}})
	expiring := thing(1)
	expiring.Puts[0].TTL = time.Millisecond
	expiring.Enqueue = enqueue(0, "a").Enqueue
	commit(t, s, expiring)
	c := claim(t, s, 1, "a")
	server.Do(t, "CONFIG", "SET", "maxmemory", "1")
	refused(t, s, server.Addr, "no memory left", "maxmemory")
	// Nothing of a batch is applied, whatever is in it.
	all := thing(2)
	all.Finish = c
	all.Enqueue = enqueue(0, "b").Enqueue
	sentence(t, s.Commit(t.Context(), all), bot.CodeUnavailable, "no memory left")
	// What gives memory back still works.
	eventually(t, func() error {
		n, err := s.Sweep(t.Context(), 10)
		if err == nil && n == 0 {
			return errors.New("nothing has expired yet")
		}
		return err
	})
	server.Do(t, "CONFIG", "SET", "maxmemory", "0")
	if _, err := s.Get(t.Context(), key(2)); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Errorf("a part of the batch is there: %v", err)
	}
	claim(t, s, 9)
	commit(t, s, all)
	claim(t, s, 9, "b")
}

// What Redis has confirmed is there after kill -9, with appendfsync always.
func TestKilledServerLosesNothing(t *testing.T) {
	server := redistest.Start(t)
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}})
	const clients = 8
	confirmed := make([]int64, clients) // how many each client was told of, from its own hundred thousand on
	ended := make(chan struct{}, clients)
	half := make(chan struct{}, clients)
	for c := range int64(clients) {
		go func() {
			defer func() { ended <- struct{}{} }()
			for n := int64(0); ; n++ {
				b := thing(c*100000 + n)
				b.Enqueue = enqueue(0, id(c*100000+n)).Enqueue
				if err := s.Commit(t.Context(), b); err != nil {
					return
				}
				confirmed[c]++
				if n == 100 {
					half <- struct{}{}
				}
			}
		}()
	}
	for range clients {
		<-half
	}
	server.Kill(t)
	for range clients {
		<-ended
	}
	server.Restart(t)
	queued := make(map[string]bool)
	for {
		claims, err := s.Claim(t.Context(), store.ClaimOptions{Queue: jobs, Lease: time.Hour, Max: store.MaxPage})
		if err != nil {
			t.Fatal(err)
		}
		if len(claims) == 0 {
			break
		}
		for _, c := range claims {
			queued[c.ID] = true
		}
	}
	for c := range int64(clients) {
		for n := range confirmed[c] {
			if err := missing(t, s, c*100000+n); err != nil || !queued[id(c*100000+n)] {
				t.Fatalf("record %d was confirmed: queued %t, %v", n, queued[id(c*100000+n)], err)
			}
		}
	}
}
