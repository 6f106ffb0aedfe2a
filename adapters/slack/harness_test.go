package slack_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConformance runs the suite in a channel and in direct messages.
func TestConformance(t *testing.T) {
	for _, channel := range []string{"C0OPS", "D0ANN"} {
		t.Run(channel, func(t *testing.T) {
			adaptertest.Run(t, func(t *testing.T) adaptertest.Harness {
				t.Helper()
				h := newHarness(t, simslack.Options{Unlimited: true}, slack.Options{Sockets: 1})
				h.channel = channel
				return h
			})
		})
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
}

var (
	_ adaptertest.Redeliverer = (*harness)(nil)
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
	h.sim = simslack.New(t.Context(), sim)
	h.web = httptest.NewServer(h.sim)
	o.Workspaces = []slack.Workspace{{BotToken: simslack.DefaultBotToken, AppToken: simslack.DefaultAppToken, URL: h.web.URL + "/api/"}}
	var err error
	if h.slack, err = slack.New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.slack.Close()
		h.sim.Close()
		h.web.Close()
	})
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
	return h.sim.WaitSockets(ctx, count)
}

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
