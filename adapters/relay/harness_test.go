package relay_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/relay"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/chat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Harness {
		t.Helper()
		return newPlatform(t, relay.Options{})
	})
}

// platform is an adapter with the chat behind it.
type platform struct {
	*testing.T
	sim     *chat.Server
	adapter *relay.Adapter
	last    chat.Message

	// mu guards what follows.
	mu      sync.Mutex
	lines   strings.Builder
	changed chan struct{}
}

var (
	_ adaptertest.Redeliverer = (*platform)(nil)
	_ adaptertest.Replacer    = (*platform)(nil)
)

func newPlatform(t *testing.T, o relay.Options) *platform {
	t.Helper()
	p := &platform{T: t, changed: make(chan struct{})}
	p.sim = chat.New(chat.Options{Ledger: p, Scale: 60})
	srv := httptest.NewServer(p.sim)
	t.Cleanup(func() {
		p.sim.Close()
		srv.Close()
	})
	o.URL = srv.URL
	var err error
	if p.adapter, err = relay.New(o); err != nil {
		t.Fatal(err)
	}
	return p
}

// Write takes a line of the ledger: something happened.
func (p *platform) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
	return p.lines.Write(line)
}

// ledger returns what happened so far.
func (p *platform) ledger() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines.String()
}

// until waits for what the ledger must come to.
func (p *platform) until(what string, reached func(ledger string) bool) {
	p.Helper()
	for {
		changed := p.Changed()
		if reached(p.ledger()) {
			return
		}
		select {
		case <-changed:
		case <-p.Context().Done():
			p.Fatalf("never: %s; the ledger:\n%s", what, p.ledger())
		}
	}
}

func (p *platform) Adapter() bot.Adapter { return p.adapter }

// Say waits for the socket first: the chat drops what nobody listens to, and this is not about its redelivery.
func (p *platform) Say(ctx context.Context, person, line string) error {
	for p.sim.Sockets() == 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	var err error
	p.last, err = p.sim.Say(chat.Message{User: person, Channel: "ops", Text: line}, 0)
	return err
}

func (p *platform) Redeliver(context.Context) error { return p.sim.Redeliver(p.last.Delivery) }

func (p *platform) Place() bot.Origin {
	return bot.Origin{Adapter: "relay", Channel: "ops", User: "ann"}
}

func (p *platform) Messages() []string {
	var list []string
	for _, m := range p.sim.Messages() {
		if m.Bot {
			for _, f := range m.Files {
				m.Text += "\n" + string(f.Content)
			}
			list = append(list, m.Text)
		}
	}
	return list
}

func (p *platform) Seen() string { return strings.Join(p.Messages(), "\n") }

func (p *platform) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}
