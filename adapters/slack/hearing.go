package slack

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

var _ bot.Linked = (*Adapter)(nil)

// hearing knows since when something may have been said that did not come.
type hearing struct {
	// mu guards what follows.
	mu    sync.Mutex
	since time.Time // zero: nothing was missed
	over  bool      // it is heard again
	ears  []*pulse  // one for each socket
	count int       // how often a socket was lost
	team  string    // the workspace; empty until it is known
}

// join notes which workspace it is.
func (h *hearing) join(team string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.team = team
}

func (h *hearing) name() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.team
}

// grow adds a socket to those that are listened to.
func (h *hearing) grow(ear *pulse) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ears = append(h.ears, ear)
}

// deaf returns since when nothing may have come, the zero time while everything comes. Slack hands each message to any one of the open
// sockets, so one of them that carries nothing swallows what the others are spared; one that is closed swallows nothing.
func (h *hearing) deaf(now time.Time, limit time.Duration) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.ears) == 0 {
		if h.over {
			return time.Time{}
		}
		return h.since
	}
	var silent, closed time.Time
	hears := false
	for _, ear := range h.ears {
		at, open := ear.state()
		switch {
		case open && now.Sub(at) <= limit:
			hears = true
		case open && (silent.IsZero() || at.Before(silent)):
			silent = at
		case !open && at.After(closed):
			closed = at
		}
	}
	if !silent.IsZero() || hears {
		return silent
	}
	return closed
}

// lost notes that nothing came since then.
func (h *hearing) lost(since time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.since.IsZero() || since.Before(h.since) {
		h.since = since
	}
	h.over = false
	h.count++
}

// losses returns how often a socket was lost.
func (h *hearing) losses() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.count
}

// back notes that everything comes again.
func (h *hearing) back() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
}

// missed returns what was missed, and forgets it when that is over.
func (h *hearing) missed() (since time.Time, over bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	since, over = h.since, h.over
	if over {
		h.since = time.Time{}
	}
	return since, over
}

// Missed implements bot.Listener. A workspace that is not heard yet does not keep the others from being looked at.
func (a *Adapter) Missed() (since time.Time, over bool) {
	if failpoint.Mutant(failpoint.NoLookBack) {
		return time.Time{}, false
	}
	for _, w := range a.workspaces {
		at, back := w.heard.missed()
		switch {
		case at.IsZero():
		case since.IsZero(), back && !over, back == over && at.Before(since):
			since, over = at, back
		}
	}
	return since, over
}

// Link implements bot.Linked. Half of the time after which a socket counts as dead makes it suspect: nobody is to believe in it until then.
func (a *Adapter) Link() bot.LinkState {
	var state bot.LinkState
	for _, w := range a.workspaces {
		since := w.heard.deaf(w.opts.Clock.Now(), w.opts.Silence/2)
		if !since.IsZero() && (state.Deaf.IsZero() || since.Before(state.Deaf)) {
			state = bot.LinkState{Deaf: since, Where: w.heard.name()}
		}
	}
	return state
}

// pulse is when something last came over a socket. slack-go looks for missing pings too, but by the machine's clock, and does not tell
// since when there were none.
type pulse struct {
	clock clock.Clock

	// mu guards what follows.
	mu   sync.Mutex
	at   time.Time
	open bool      // Slack has greeted the socket, and it was not closed since
	lost time.Time // when something last came before it was closed
}

func newPulse(c clock.Clock) *pulse { return &pulse{clock: c, at: c.Now(), lost: c.Now()} }

func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = p.clock.Now()
}

func (p *pulse) last() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

// state returns when something last came, not counting what came of tries to open the socket again.
func (p *pulse) state() (at time.Time, open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.open {
		return p.lost, false
	}
	return p.at, true
}

func (p *pulse) opened() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = true
}

func (p *pulse) closed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open {
		p.open, p.lost = false, p.at
	}
}

// dialer opens sockets whose every byte is a beat.
func (p *pulse) dialer(within time.Duration) *websocket.Dialer {
	return &websocket.Dialer{
		Proxy: http.ProxyFromEnvironment, HandshakeTimeout: within,
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			var d net.Dialer
			c, err := d.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			p.beat()
			return beating{c, p}, nil
		},
	}
}

// silent waits until nothing has come for the limit. It returns false when ctx ended first.
func (p *pulse) silent(ctx context.Context, limit time.Duration) bool {
	for {
		rest := limit - p.clock.Now().Sub(p.last())
		if rest <= 0 {
			return true
		}
		if clock.Wait(ctx, p.clock, rest) != nil {
			return false
		}
	}
}

// beating is a connection that tells when something came.
type beating struct {
	net.Conn
	pulse *pulse
}

func (b beating) Read(into []byte) (int, error) {
	n, err := b.Conn.Read(into)
	if n > 0 {
		b.pulse.beat()
	}
	return n, err
}
