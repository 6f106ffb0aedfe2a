//go:build fault

package fault

import (
	"context"
	"net/http"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
)

// room is the chat of a lab: how people write in it, and what its ledger says in the words of the harness's own chat.
type room interface {
	// settings returns the lines of a configuration that join it. Each process that starts has lines of its own.
	settings(ctx context.Context) (string, error)
	// write has somebody write c. It fills in the chat's ids of the message and of its delivery.
	write(ctx context.Context, c *Command, user string, copies int) error
	// lines returns all that was seen so far.
	lines() ([]chat.Line, error)
	// sockets returns how many connections are open, and wanted how many are when so many processes listen.
	sockets(ctx context.Context) int
	wanted(processes int) int
	// witness adds to the history what only this chat knows.
	witness(h *History) error
	close() error
}

// again is when a message that comes four times comes again, at the lab's scale.
func (l *lab) again() []time.Duration {
	scale := time.Duration(max(l.Scale, 1))
	return []time.Duration{0, time.Minute / scale, 6 * time.Minute / scale}
}

// relayRoom is the harness's own chat, in a process of its own.
type relayRoom struct{ l *lab }

func (r relayRoom) settings(context.Context) (string, error) {
	return "adapters: {relay: {enabled: true, url: \"" + r.l.chat.url + "\", sockets: 2}}\n", nil
}

func (r relayRoom) write(ctx context.Context, c *Command, user string, copies int) error {
	var said struct{ ID, Delivery string }
	body := map[string]any{"user": user, "channel": "ops", "text": c.Text, "copies": copies}
	err := r.l.call(ctx, r.l.chat, http.MethodPost, "say", body, &said)
	c.Message, c.Delivery = said.ID, said.Delivery
	return err
}

func (r relayRoom) lines() ([]chat.Line, error) { return parse[chat.Line](r.l.chat.ledger) }

func (r relayRoom) sockets(ctx context.Context) int {
	var open struct{ Open int }
	if r.l.call(ctx, r.l.chat, http.MethodGet, "sockets", nil, &open) != nil {
		return 0
	}
	return open.Open
}

func (relayRoom) wanted(processes int) int { return 2 * processes }

func (relayRoom) witness(*History) error { return nil }

func (relayRoom) close() error { return nil } // its process is the lab's
