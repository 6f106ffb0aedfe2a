package slack

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

// hearing knows since when something may have been said that did not come.
type hearing struct {
	// mu guards what follows.
	mu    sync.Mutex
	since time.Time // zero: nothing was missed
	over  bool      // it is heard again
}

// lost notes that nothing came since then.
func (h *hearing) lost(since time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.since.IsZero() || since.Before(h.since) {
		h.since = since
	}
	h.over = false
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

// pulse is when something last came over a socket. slack-go looks for missing pings too, but by the machine's clock, and does not tell
// since when there were none.
type pulse struct {
	clock clock.Clock

	// mu guards at.
	mu sync.Mutex
	at time.Time
}

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

// dialer opens sockets whose every byte is a beat.
func (p *pulse) dialer() *websocket.Dialer {
	return &websocket.Dialer{
		Proxy: http.ProxyFromEnvironment, HandshakeTimeout: callTimeout,
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
