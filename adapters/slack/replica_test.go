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
	// mu guards what follows.
	mu    sync.Mutex
	works map[string]int // by text
	seen  map[string]bool
	// durable is how many lines the ledger had when the message was on record for the first time, by its place.
	durable map[string]int
	lines   func() int
}

func (r *heardOnce) Receive(_ context.Context, m bot.Message) (bot.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.seen[m.DedupeKey()] {
		r.seen[m.DedupeKey()] = true
		r.works[m.Text]++
		r.durable[m.Delivery] = r.lines()
	}
	return bot.Answer{Execution: execution}, nil
}

func (r *heardOnce) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.works)
}

// TestRotationOverTwoReplicas: Slack replaces the sockets of two processes while people type, and delivers what they wrote four times;
// every line comes to one of them and is work once. The simulator's ledger is the witness that each envelope is acknowledged at most once, by
// the socket that it came over, that each line is acknowledged in the end, and that none was before its line was on record.
func TestRotationOverTwoReplicas(t *testing.T) {
	store := &heardOnce{works: map[string]int{}, seen: map[string]bool{}, durable: map[string]int{}, lines: func() int { return 0 }}
	h := run(t, simslack.Options{Unlimited: true}, slack.Options{Sockets: 2}, store)
	h.work(h.another(t, slack.Options{Clock: h.clock, Silence: time.Hour}), store)
	if err := h.listening(h.ctx, 4); err != nil {
		t.Fatal(err)
	}
	store.mu.Lock()
	store.lines = func() int { return h.ledger.Count(func(simslack.Line) bool { return true }) }
	store.mu.Unlock()
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
	h.lastAck(lines)
	store.mu.Lock()
	defer store.mu.Unlock()
	for i := range lines {
		if n := store.works[said(i)]; n != 1 {
			t.Errorf("line %d became work %d times", i, n)
		}
	}
	h.acknowledged(store)
}

// lastAck waits until an envelope of every line is acknowledged.
func (h *running) lastAck(lines int) {
	h.Helper()
	deliveries := map[string]bool{}
	h.until(1, func(l simslack.Line) bool {
		if l.Kind == simslack.LineAck {
			deliveries[l.Delivery] = true
		}
		return len(deliveries) == lines
	})
}

// acknowledged checks in the ledger how the lines of the store were acknowledged.
func (h *running) acknowledged(store *heardOnce) {
	h.Helper()
	said, envelopes, place, acked := map[string]string{}, map[string]int{}, map[string]string{}, map[string]bool{}
	last := ""
	for i, l := range h.ledger.Lines() {
		switch l.Kind {
		case simslack.LineSaid:
			last = l.Channel + "/" + l.TS
			said[last] = l.Text
		case simslack.LineDelivery: // the events of a message go out, and come again, before the next is said, or by their ids later
			if _, known := place[l.Delivery]; !known {
				place[l.Delivery] = last
			}
		case simslack.LineAck:
			envelopes[l.Envelope]++
			acked[place[l.Delivery]] = true
			if at, on := store.durable[place[l.Delivery]]; !on || i < at {
				h.Errorf("line %d of the ledger acknowledges %q, which was on record at line %d (%v)", i, said[place[l.Delivery]], at, on)
			}
		}
	}
	if len(acked) != len(said) {
		h.Errorf("%d of %d lines were acknowledged", len(acked), len(said))
	}
	for envelope, n := range envelopes {
		if n != 1 {
			h.Errorf("the envelope %s was acknowledged %d times", envelope, n)
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
