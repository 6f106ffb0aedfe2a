package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/notify"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// Three processes on one Redis, whose time is the server's: each note is in one place, a mute counts for all, and one of them acknowledges.
func TestOnRedis(t *testing.T) {
	const many = 600
	server := redistest.Start(t)
	w := &world{TB: t}
	var keepers []*notify.Keeper
	for i := range 3 {
		s, err := redis.Open(t.Context(), redis.Options{Addrs: []string{server.Addr}})
		w.must(err)
		t.Cleanup(func() { w.must(s.Close()) })
		w.store = s
		keepers = append(keepers, notify.New(notify.Parts{Store: s, Clock: clock.System(), Random: random.System(), Log: slog.New(slog.DiscardHandler)}, notify.Options{Owner: fmt.Sprint(i)}))
	}
	for range many {
		w.must(keepers[w.next%3].Notify(t.Context(), w.note()))
	}
	for busy := true; busy; {
		var group errgroup.Group
		for _, k := range keepers {
			group.Go(func() error {
				_, err := k.Turn(t.Context())
				return err
			})
		}
		w.must(group.Wait())
		var err error
		_, busy, err = w.store.Due(t.Context(), "notes")
		w.must(err)
	}
	alone, digest := 0, ""
	for _, p := range w.outbox() {
		if p.Reply.Title == "" {
			alone++
		} else {
			digest = p.Key[:24]
		}
	}
	d, _, _, err := keepers[0].Digest(t.Context(), digest, "", 1)
	w.must(err)
	if alone != 2 || d.Count != many-alone {
		t.Errorf("%d told alone and %d in the digest, of %d", alone, d.Count, many)
	}

	_, err = keepers[0].Mute(t.Context(), notify.Wish{Scope: "lab.told", For: time.Hour, By: ann, Origin: ops})
	w.must(err)
	if list, err := keepers[1].Mutes(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("muted is %+v, %v", list, err)
	}
	acknowledged := make([]bot.Code, 3)
	var group errgroup.Group
	for i, k := range keepers {
		group.Go(func() error {
			acknowledged[i] = bot.ErrorCode(k.Acknowledge(context.WithoutCancel(t.Context()), digest, ann, ops))
			return nil
		})
	}
	w.must(group.Wait())
	won := 0
	for _, code := range acknowledged {
		if code == "" {
			won++
		} else if code != bot.CodeConflict {
			t.Errorf("acknowledging ended with %s", code)
		}
	}
	if won != 1 {
		t.Errorf("%d of 3 acknowledged it", won)
	}
}
