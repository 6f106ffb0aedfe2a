//go:build fault

package fault

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// proxy stands between the bot and a server: it delays, cuts, and swallows one way.
type proxy struct {
	listener net.Listener
	clock    clock.Clock
	group    sync.WaitGroup
	ctx      context.Context //nolint:containedctx // the life of the proxy's goroutines
	stop     context.CancelFunc

	latency atomic.Int64 // nanoseconds added to each piece
	deaf    atomic.Bool  // what the server says is swallowed

	// mu guards what follows.
	mu     sync.Mutex
	target string
	conns  map[net.Conn]bool
}

func startProxy(ctx context.Context, target string, c clock.Clock) (*proxy, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{target: target, listener: l, clock: c, conns: map[net.Conn]bool{}}
	p.ctx, p.stop = context.WithCancel(ctx)
	p.group.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.group.Go(func() { p.join(conn) })
		}
	})
	return p, nil
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

// retarget leads the connections to come to another server.
func (p *proxy) retarget(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

func (p *proxy) server() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.target
}

func (p *proxy) join(client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{Timeout: time.Second}).DialContext(p.ctx, "tcp", p.server())
	if err != nil {
		return
	}
	defer server.Close()
	p.keep(client, server)
	defer p.forget(client, server)
	var back sync.WaitGroup
	back.Go(func() {
		p.pump(client, server, &p.deaf)
		client.Close()
	})
	p.pump(server, client, nil)
	server.Close()
	back.Wait()
}

// pump copies from one side to the other until either ends.
func (p *proxy) pump(to io.Writer, from io.Reader, swallow *atomic.Bool) {
	piece := make([]byte, 64<<10)
	for {
		n, err := from.Read(piece)
		if n > 0 && (swallow == nil || !swallow.Load()) {
			if clock.Wait(p.ctx, p.clock, time.Duration(p.latency.Load())) != nil {
				return
			}
			if _, err := to.Write(piece[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) keep(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
}

func (p *proxy) forget(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		delete(p.conns, c)
	}
}

// cut ends every connection; new ones are taken.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

func (p *proxy) close() {
	p.stop()
	p.listener.Close()
	p.cut()
	p.group.Wait()
}
