package discord_test

import (
	"context"
	"flag"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// sent is where make peers finds what the adapter sends.
var sent = flag.String("sent", "", "append what the adapter sends to `FILE`")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConformance runs the suite in a channel, in direct messages and by the command.
func TestConformance(t *testing.T) {
	for name, h := range map[string]harness{
		"channel": {channel: simdiscord.Ops},
		"direct":  {channel: simdiscord.DirectAnn},
		"command": {channel: simdiscord.Ops, slash: true},
	} {
		t.Run(name, func(t *testing.T) {
			adaptertest.Run(t, func(t *testing.T) adaptertest.Harness {
				t.Helper()
				fresh := newHarness(t, simdiscord.Options{Unlimited: true}, discord.Options{PerSecond: 1000})
				fresh.channel, fresh.slash = h.channel, h.slash
				return fresh
			})
		})
	}
}

// start is when the clock of a simulator begins.
func start() time.Time { return time.Unix(1_800_000_000, 0) }

// harness is an adapter on a simulated guild.
type harness struct {
	sim     *simdiscord.Server
	web     *httptest.Server
	discord *discord.Adapter
	options discord.Options // of the adapter
	clock   *clock.Fake
	channel string
	slash   bool // say by the command
}

var (
	_ adaptertest.Redeliverer = (*harness)(nil)
	_ adaptertest.Replacer    = (*harness)(nil)
)

func newHarness(t *testing.T, sim simdiscord.Options, o discord.Options) *harness {
	t.Helper()
	h := &harness{channel: simdiscord.Ops, clock: clock.NewFake(start())}
	sim.Clock, o.Clock = h.clock, h.clock
	h.sim = simdiscord.New(t.Context(), sim)
	h.web = httptest.NewServer(adaptertest.Keep(*sent, h.sim))
	if o.Token == "" {
		o.Token = simdiscord.DefaultToken
	}
	o.URL = h.web.URL + "/api/v10/"
	h.options = o
	h.discord = h.adapter(t)
	t.Cleanup(func() {
		h.sim.Close()
		h.web.Close()
	})
	return h
}

// adapter returns another adapter for the same guild, as another process has it.
func (h *harness) adapter(t *testing.T) *discord.Adapter {
	t.Helper()
	a, err := discord.New(h.options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func (h *harness) Adapter() bot.Adapter { return h.discord }

func (h *harness) Place() bot.Origin {
	o := bot.Origin{Adapter: "discord", Workspace: simdiscord.Guild, Channel: h.channel, User: simdiscord.Ann}
	if h.channel == simdiscord.DirectAnn {
		o.Workspace = ""
	}
	return o
}

// Say waits until the adapter listens: what is said before would come with the next catch-up.
func (h *harness) Say(ctx context.Context, person, line string) error {
	if err := h.sim.WaitSessions(ctx, 1); err != nil {
		return err
	}
	said := simdiscord.Said{User: map[string]string{"ann": simdiscord.Ann, "bob": simdiscord.Bob}[person], Channel: h.channel, Text: line}
	if h.slash {
		if err := h.sim.WaitCommand(ctx, "petrel"); err != nil {
			return err
		}
		said.Command = "petrel"
		_, err := h.sim.Slash(said)
		return err
	}
	if h.channel == simdiscord.Ops {
		said.Text = "@petrel " + line
	}
	_, err := h.sim.Say(said)
	return err
}

func (h *harness) Redeliver(context.Context) error { return h.sim.Redeliver() }
func (h *harness) Seen() string                    { return h.sim.Seen() }
func (h *harness) Changed() <-chan struct{}        { return h.sim.Changed() }

func (h *harness) Messages() []string {
	var list []string
	for _, m := range h.sim.Messages(h.channel) {
		if m.User == simdiscord.App && !m.Loading {
			list = append(list, simdiscord.Readable(m))
		}
	}
	return list
}
