package discord_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// ledger keeps the lines of a simulator.
type ledger = adaptertest.Ledger[simdiscord.Line]

func line(kind simdiscord.LineKind, code string) func(simdiscord.Line) bool {
	return func(l simdiscord.Line) bool { return l.Kind == kind && (code == "" || l.Code == code) }
}

// memory is what several processes share.
type memory struct {
	// mu guards kept.
	mu   sync.Mutex
	kept map[string]discord.Saved
}

func newMemory() *memory { return &memory{kept: map[string]discord.Saved{}} }

func (m *memory) Load(_ context.Context, name string) (data []byte, version int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.kept[name]
	return s.Data, s.Version, nil
}

func (m *memory) Save(_ context.Context, s discord.Saved) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.kept[s.Name].Version; s.Version != discord.AnyVersion && s.Version != old {
		return bot.E(bot.CodeConflict, "test.memory.save", "", nil)
	}
	s.Version = m.kept[s.Name].Version + 1
	m.kept[s.Name] = s
	return nil
}

// desk takes messages and remembers each once. It answers as the test says.
type desk struct {
	answer func(m bot.Message) (bot.Answer, error)

	// mu guards what follows.
	mu      sync.Mutex
	taken   []bot.Message
	changed chan struct{}
}

func newDesk(answer func(bot.Message) (bot.Answer, error)) *desk {
	return &desk{answer: answer, changed: make(chan struct{})}
}

func (d *desk) Receive(_ context.Context, m bot.Message) (bot.Answer, error) {
	answer, err := d.answer(m)
	d.mu.Lock()
	defer d.mu.Unlock()
	known := slices.ContainsFunc(d.taken, func(other bot.Message) bool { return other.DedupeKey() == m.DedupeKey() })
	if err == nil && !known {
		d.taken = append(d.taken, m)
		close(d.changed)
		d.changed = make(chan struct{})
	}
	return answer, err
}

func (d *desk) texts() (list []string, changed <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.taken {
		list = append(list, m.Text)
	}
	return list, d.changed
}

// works accepts everything.
func works(bot.Message) (bot.Answer, error) { return bot.Answer{Execution: execution}, nil }

const execution = "6721f0a3c5d7e9b1a2c4d6e8"

// running is a harness whose adapter runs, with the ledger of its guild.
type running struct {
	*harness
	*testing.T
	ledger *ledger
	ctx    context.Context //nolint:containedctx // the patience of the test
	cancel func()          // asks the first adapter to stop
	stop   func()          // and waits for its end
}

func run(t *testing.T, sim simdiscord.Options, o discord.Options, r bot.Receiver) *running {
	t.Helper()
	h := &running{T: t, ledger: &ledger{}}
	sim.Ledger = h.ledger
	if o.Memory == nil {
		o.Memory = newMemory()
	}
	h.harness = newHarness(t, sim, o)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	h.ctx = ctx
	h.cancel, h.stop = h.work(h.discord, r)
	h.listens()
	return h
}

// work runs an adapter until the test ends or the function that it returns is called.
func (h *running) work(a *discord.Adapter, r bot.Receiver) (cancel, stop func()) {
	h.Helper()
	ctx, cancel := context.WithCancel(h.ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, r) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
				h.Errorf("Run = %v", err)
			}
		})
	}
	h.Cleanup(stop)
	return cancel, stop
}

// until waits until it holds, moving the clock whenever nothing happens.
func (h *running) until(what string, holds func() bool) {
	h.Helper()
	for {
		changed := h.sim.Changed()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-time.After(5 * time.Millisecond):
			h.clock.Advance(time.Second)
		case <-h.ctx.Done():
			h.Fatalf("%s did not happen; people see\n%s\n%+v", what, h.Seen(), h.ledger.Lines())
		}
	}
}

func (h *running) lines(n int, fits func(simdiscord.Line) bool) {
	h.Helper()
	h.until(fmt.Sprintf("%d lines", n), func() bool { return h.ledger.Count(fits) >= n })
}

func (h *running) listens() {
	h.Helper()
	h.until("listening", func() bool { return h.sim.Listening() > 0 })
}

func (h *running) takes(d *desk, want ...string) {
	h.Helper()
	h.until(fmt.Sprintf("%q is taken", want), func() bool {
		got, _ := d.texts()
		return slices.Equal(got, want)
	})
}

func (h *running) says(text string) {
	h.Helper()
	if _, err := h.sim.Say(simdiscord.Said{User: simdiscord.Ann, Channel: simdiscord.Ops, Text: "@petrel " + text}); err != nil {
		h.Fatal(err)
	}
}
