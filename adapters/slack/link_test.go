package slack_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/script"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// TestLinkOfAHalfOpenSocket: a socket that stays open and carries nothing is suspect well before it counts as dead, and what the adapter
// says of its link is good again with the next one.
func TestLinkOfAHalfOpenSocket(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{Sockets: 1, Silence: 40 * time.Second}, receiver(parrot))
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "hello"})
	h.sees("said hello") // the adapter has read the socket's greeting
	if l := h.slack.Link(); l != (bot.LinkState{}) {
		t.Fatalf("at the start it is %+v", l)
	}
	h.sim.DeafenSockets()
	h.waiting(2) // the ping and its watcher
	began, found := h.clock.Now(), time.Duration(0)
	for range 39 {
		h.clock.Advance(time.Second)
		if l := h.slack.Link(); found == 0 && !l.Deaf.IsZero() {
			found = h.clock.Now().Sub(began)
			if l.Where != simslack.Team || l.Deaf.After(began) {
				t.Errorf("it is %+v, deaf since %s", l, began)
			}
		}
	}
	if found == 0 || found > 21*time.Second {
		t.Errorf("it was told after %s", found)
	}
	h.clock.Advance(time.Second)
	h.until(2, func(l simslack.Line) bool { return l.Kind == simslack.LineSocket && l.Code == "open" })
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "can you hear me"})
	h.sees("said can you hear me")
	if l := h.slack.Link(); l != (bot.LinkState{}) {
		t.Errorf("on the new socket it is %+v", l)
	}
}

// TestLinkWhileSlackIsAway: tries to connect are no sign of life.
func TestLinkWhileSlackIsAway(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{Sockets: 1, Silence: 10_000 * time.Hour}, receiver(parrot)) // the clock runs far ahead
	inject(t, h.harness, script.Fault{Method: "apps.connections.open", Effect: script.EffectStatus, Status: 503, Count: script.Forever})
	h.sim.DropSockets()
	refused := func(l simslack.Line) bool { return l.Method == "apps.connections.open" && l.Fault != "" }
	h.until(1, refused)
	lost := h.slack.Link().Deaf
	if lost.IsZero() {
		t.Fatal("no socket is open, and the link counts as good")
	}
	h.pass(6, refused)
	if l := h.slack.Link(); !l.Deaf.Equal(lost) {
		t.Errorf("it is deaf since %s, and was since %s", l.Deaf, lost)
	}
	h.sim.ClearFaults()
	h.pass(2, func(l simslack.Line) bool { return l.Kind == simslack.LineSocket && l.Code == "open" })
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "can you hear me"})
	h.sees("said can you hear me")
	if l := h.slack.Link(); l != (bot.LinkState{}) {
		t.Errorf("after that it is %+v", l)
	}
}

// TestLinkBeforeItIsJoined: a workspace that does not let the bot in is not heard.
func TestLinkBeforeItIsJoined(t *testing.T) {
	h := past(t, slack.Options{})
	h.sim.Revoke()
	h.work(h.slack, receiver(parrot))
	h.until(1, func(l simslack.Line) bool { return l.Code == "token_revoked" })
	if l := h.slack.Link(); !l.Deaf.Equal(start()) {
		t.Errorf("it is %+v", l)
	}
}
