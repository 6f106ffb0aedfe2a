package slack_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// heardOnce is what the store is for several replicas: each delivery becomes work once.
type heardOnce struct {
	// mu guards works.
	mu    sync.Mutex
	works map[string]int // by text
	seen  map[string]bool
}

func (r *heardOnce) Receive(_ context.Context, m bot.Message) (bot.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.seen[m.DedupeKey()] {
		r.seen[m.DedupeKey()] = true
		r.works[m.Text]++
	}
	return bot.Answer{Execution: execution}, nil
}

func (r *heardOnce) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.works)
}

// TestRotationOverTwoReplicas: Slack replaces the sockets of two processes while people type, and delivers what they wrote four times;
// every line comes to one of them and is work once.
func TestRotationOverTwoReplicas(t *testing.T) {
	store := &heardOnce{works: map[string]int{}, seen: map[string]bool{}}
	h := run(t, simslack.Options{Unlimited: true}, slack.Options{Sockets: 2}, store)
	h.work(h.another(t, slack.Options{Clock: h.clock, Silence: time.Hour}), store)
	if err := h.listening(h.ctx, 4); err != nil {
		t.Fatal(err)
	}
	const lines = 24
	said := func(i int) string { return fmt.Sprintf("line %d.", i) }
	for i := range lines {
		h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: said(i)})
		for range 3 {
			if err := h.sim.Redeliver(); err != nil {
				t.Fatal(err)
			}
		}
		if i%4 == 3 {
			h.sim.RotateSocket()
			if err := h.listening(h.ctx, 4); err != nil {
				t.Fatal(err)
			}
		}
	}
	for {
		changed := h.sim.Changed()
		if store.count() == lines {
			break
		}
		select {
		case <-changed:
		case <-h.ctx.Done():
			t.Fatalf("%d of %d lines came", store.count(), lines)
		}
	}
	store.mu.Lock()
	defer store.mu.Unlock()
	for i := range lines {
		if n := store.works[said(i)]; n != 1 {
			t.Errorf("line %d became work %d times", i, n)
		}
	}
}

// TestRevokedWhileRunning: a token that is revoked later ends nothing; people who type are not lost in silence, and the log says what to do.
func TestRevokedWhileRunning(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(parrot))
	h.sim.Revoke()
	_, err := h.slack.Post(h.ctx, h.posting(h.fresh(), bot.Reply{Title: "At work."}))
	if bot.ErrorCode(err) != bot.CodeAuth || !strings.Contains(bot.ErrorText(err), "Install the app again") {
		t.Errorf("Post = %v", err)
	}
}

// TestMissingScope: the sentence says which scope and how to add it.
func TestMissingScope(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(parrot))
	h.sim.SetScopes([]string{"connections:write", "users:read"})
	_, err := h.slack.Post(h.ctx, h.posting(h.fresh(), bot.Reply{Title: "At work."}))
	if text := bot.ErrorText(err); bot.ErrorCode(err) != bot.CodeAuth || !strings.Contains(text, "chat:write") || !strings.Contains(text, "reinstall the app") {
		t.Errorf("Post = %v", err)
	}
	err = h.slack.Mark(h.ctx, bot.Message{Origin: h.Place(), Delivery: "C0OPS/1800000000.000001"}, bot.MarkAccepted)
	if text := bot.ErrorText(err); !strings.Contains(text, "reactions:write") {
		t.Errorf("Mark = %v", err)
	}
}
