package redis_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// A message of somebody else on our channel harms nobody.
func TestMessageOfAStranger(t *testing.T) {
	server := redistest.Start(t)
	s := openStore(t, redis.Options{Addrs: []string{server.Addr}})
	notices, err := s.Subscribe(t.Context(), "news")
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range []string{"", "news", ":", "-1:x", "99:news", "4:news" + "right"} {
		server.Do(t, "PUBLISH", "{petrel}::bus", message)
	}
	select {
	case got := <-notices:
		if got != "right" {
			t.Errorf("got %q", got)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no notice came")
	}
}

// While nothing happens a store asks Redis for next to nothing: the goal is under five commands a second.
func TestIdleStoreIsQuiet(t *testing.T) {
	t.Parallel() // it mostly waits
	server := redistest.Start(t)
	openStore(t, redis.Options{Addrs: []string{server.Addr}})
	commands := func() int {
		n, err := strconv.Atoi(server.Info(t, "total_commands_processed"))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := commands()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	<-ctx.Done()
	if n := commands() - before; n > 2+1 { // and one for asking
		t.Errorf("%d commands in two seconds", n)
	}
}

func FuzzDecodeNotice(f *testing.F) {
	f.Add("4:newsright")
	f.Add("99999999999999999999:")
	f.Add("+1:a")
	f.Fuzz(func(t *testing.T, message string) {
		n, ok := redis.DecodeNotice(message)
		if !ok {
			return
		}
		again, ok := redis.DecodeNotice(redis.EncodeNotice(n))
		if !ok || again != n {
			t.Fatalf("%+v became %+v", n, again)
		}
		if !strings.HasSuffix(message, n.Topic+n.Payload) {
			t.Fatalf("%q holds %+v", message, n)
		}
	})
}
