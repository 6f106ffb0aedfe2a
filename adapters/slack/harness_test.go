package slack_test

import (
	"context"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// sent is where make peers finds what the adapter sends.
var sent = flag.String("sent", "", "append what the adapter sends to `FILE`")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConformance runs the suite in a channel and in direct messages, over both ways in.
func TestConformance(t *testing.T) {
	for name, overHTTP := range map[string]bool{"sockets": false, "http": true} {
		for _, channel := range []string{"C0OPS", "D0ANN"} {
			t.Run(name+" "+channel, func(t *testing.T) {
				adaptertest.Run(t, func(t *testing.T) adaptertest.Harness {
					t.Helper()
					h := newHarness(t, simslack.Options{Unlimited: true}, slack.Options{Sockets: 1, HTTP: overHTTP, Edits: 1_000_000})
					h.channel = channel
					return h
				})
			})
		}
	}
}

// start is when the clock of a simulator begins.
func start() time.Time { return time.Unix(1_800_000_000, 0) }

// harness is an adapter on a simulated workspace.
type harness struct {
	sim     *simslack.Server
	web     *httptest.Server
	slack   *slack.Adapter
	channel string
	clock   *clock.Fake
	hooks   *httptest.Server // where the adapter takes requests
	open    opening          // over HTTP alone
}

var (
	_ adaptertest.Redeliverer = (*harness)(nil)
	_ adaptertest.Unordered   = (*harness)(nil)
	_ adaptertest.Replacer    = (*harness)(nil)
)

func newHarness(t *testing.T, sim simslack.Options, o slack.Options) *harness {
	t.Helper()
	h := &harness{channel: "C0OPS", clock: clock.NewFake(start())}
	sim.Clock, o.Clock = h.clock, h.clock
	h.serve(t, sim, o)
	return h
}

// serve starts the simulator and makes an adapter for it.
func (h *harness) serve(t *testing.T, sim simslack.Options, o slack.Options) {
	t.Helper()
	h.hooks = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.take(w, r) }))
	if o.HTTP {
		sim.Deliver = h.hooks.URL + "/slack"
		h.open = newOpening(1 + len(o.Workspaces))
		o.Log = slog.New(h.open)
		if o.Public == "" {
			o.Public = h.hooks.URL
		}
	}
	h.sim = simslack.New(t.Context(), sim)
	h.web = httptest.NewServer(adaptertest.Keep(*sent, h.sim))
	t.Cleanup(func() {
		h.sim.Close()
		h.web.Close()
		h.hooks.Close()
		http.DefaultClient.CloseIdleConnections() // the simulator's
	})
	h.slack = h.another(t, o)
}

// take has the adapter take a request.
func (h *harness) take(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	for pattern, handler := range h.slack.Endpoints() {
		mux.Handle(pattern, handler)
	}
	mux.ServeHTTP(w, r)
}

// another makes an adapter for the simulator, as another process would.
func (h *harness) another(t *testing.T, o slack.Options) *slack.Adapter {
	t.Helper()
	o.Workspaces = append([]slack.Workspace{{
		BotToken: simslack.DefaultBotToken, AppToken: simslack.DefaultAppToken, Secret: simslack.DefaultSecret, URL: h.web.URL + "/api/",
	}}, o.Workspaces...)
	a, err := slack.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// opening is a log that tells when requests are taken for every workspace.
type opening struct {
	slog.Handler
	left *atomic.Int32
	seen chan struct{}
}

func newOpening(workspaces int) opening {
	o := opening{slog.DiscardHandler, &atomic.Int32{}, make(chan struct{})}
	o.left.Store(int32(workspaces)) //nolint:gosec // it is one or two
	return o
}

func (o opening) Enabled(context.Context, slog.Level) bool { return true }

func (o opening) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "op" && a.Value.String() == "slack.http.open" && o.left.Add(-1) == 0 {
			close(o.seen)
		}
		return true
	})
	return nil
}

func (h *harness) Adapter() bot.Adapter { return h.slack }

func (h *harness) Place() bot.Origin {
	return bot.Origin{Adapter: "slack", Workspace: simslack.Team, Channel: h.channel, User: "U0ANN"}
}

// Say waits until the adapter listens: what is said before would come a minute later.
func (h *harness) Say(ctx context.Context, person, line string) error {
	if err := h.listening(ctx, 1); err != nil {
		return err
	}
	said := simslack.Said{User: map[string]string{"ann": "U0ANN", "bob": "U0BOB"}[person], Channel: h.channel, Text: line}
	if h.channel == "C0OPS" {
		said.Text = "@petrel " + line
	}
	_, err := h.sim.Say(said)
	return err
}

// listening waits until so many sockets are open.
func (h *harness) listening(ctx context.Context, count int) error {
	if h.open.seen != nil {
		select {
		case <-h.open.seen:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return h.sim.WaitSockets(ctx, count)
}

// Unordered: over HTTP each line is a request of its own.
func (h *harness) Unordered() bool { return h.open.seen != nil }

func (h *harness) Redeliver(context.Context) error { return h.sim.Redeliver() }
func (h *harness) Seen() string                    { return h.sim.Seen() }
func (h *harness) Changed() <-chan struct{}        { return h.sim.Changed() }

func (h *harness) Messages() []string {
	var list []string
	for _, m := range h.sim.Messages(h.channel) {
		if m.Bot && len(m.Files) == 0 {
			list = append(list, simslack.Readable(m))
		}
	}
	return list
}
