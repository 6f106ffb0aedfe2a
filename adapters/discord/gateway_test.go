package discord_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// TestConnectionEnds: whatever ends a connection, what was said meanwhile comes, once and in order.
func TestConnectionEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		do     func(h *running)
		resume bool
		late   bool // it is found in the history
	}{
		"op 7":              {func(h *running) { h.sim.Reconnect() }, true, false},
		"dropped":           {func(h *running) { h.sim.DropGateway() }, true, false},
		"closed with 4000":  {func(h *running) { h.sim.CloseGateway(4000, "") }, true, false},
		"closed with 4009":  {func(h *running) { h.sim.CloseGateway(4009, "") }, false, true},
		"op 9":              {func(h *running) { h.sim.Invalidate() }, false, true},
		"expired":           {func(h *running) { h.sim.Expire(); h.sim.DropGateway() }, false, true},
		"deaf":              {func(h *running) { h.sim.Deafen() }, true, false},
		"op 7 comes first":  {func(h *running) { h.sim.First(7); h.sim.DropGateway() }, true, false},
		"op 11 comes first": {func(h *running) { h.sim.First(11); h.sim.DropGateway() }, true, false},
		"op 9 comes first":  {func(h *running) { h.sim.First(9); h.sim.DropGateway() }, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(works)
			h := run(t, simdiscord.Options{}, discord.Options{}, d)
			h.says("before")
			h.takes(d, "before")
			tt.do(h)
			h.says("meanwhile")
			h.takes(d, "before", "meanwhile")
			if tt.resume {
				h.lines(1, line(simdiscord.LineSession, "resumed"))
			} else {
				h.lines(2, line(simdiscord.LineSession, "identified"))
			}
			h.says("after")
			h.takes(d, "before", "meanwhile", "after")
			if tt.late {
				h.lines(1, func(l simdiscord.Line) bool { return l.Kind == simdiscord.LineReaction && l.Text == "🕒" })
			}
			if n := h.sim.Invalid(); n > 0 {
				t.Errorf("%d calls were invalid", n)
			}
		})
	}
}

// TestRestart: another process goes on where the first stopped; what was not accepted comes again, and what was does not.
func TestRestart(t *testing.T) {
	for name, lost := range map[string]bool{"the session lives": false, "the session is lost": true} {
		t.Run(name, func(t *testing.T) {
			shared := newMemory()
			first := newDesk(works)
			h := run(t, simdiscord.Options{}, discord.Options{Memory: shared}, first)
			second := h.adapter(t)
			h.says("one")
			h.takes(first, "one")
			h.until("the sequence is saved", func() bool {
				data, _, _ := shared.Load(h.ctx, "session")
				return strings.Contains(string(data), `"seq":3`)
			})
			h.stop()
			h.until("nobody listens", func() bool { return h.sim.Listening() == 0 })
			h.says("two")
			if lost {
				h.sim.Expire()
			}
			d := newDesk(works)
			h.work(second, d)
			h.until("two is taken", func() bool {
				got, _ := d.texts()
				return slices.Contains(got, "two")
			})
			h.says("three")
			h.until("three is taken", func() bool {
				got, _ := d.texts()
				return slices.Contains(got, "three")
			})
			if got, _ := d.texts(); !lost && !slices.Equal(got, []string{"two", "three"}) {
				t.Errorf("the second process took %q", got)
			}
		})
	}
}

// TestNotDurable: while a message is not accepted the sequence does not pass it, so another process gets it again.
func TestNotDurable(t *testing.T) {
	shared := newMemory()
	held, release := make(chan bool, 1), make(chan bool)
	h := run(t, simdiscord.Options{}, discord.Options{Memory: shared}, newDesk(func(m bot.Message) (bot.Answer, error) {
		if m.Text == "one" {
			held <- true
			<-release
			return bot.Answer{}, bot.E(bot.CodeCanceled, "test.store.write", "", nil)
		}
		return works(m)
	}))
	second := h.adapter(t)
	h.says("one")
	<-held
	if _, err := h.sim.Say(simdiscord.Said{User: simdiscord.Bob, Channel: simdiscord.DirectBob, Text: "two"}); err != nil {
		t.Fatal(err)
	}
	h.cancel()
	release <- true
	h.stop()
	d := newDesk(works)
	h.work(second, d)
	h.until("the message comes again", func() bool {
		got, _ := d.texts()
		return slices.Contains(got, "one")
	})
}

// TestFatal: a fault that only a person can mend is told once, with what to do, and no further session is begun.
func TestFatal(t *testing.T) {
	for code, want := range map[int]string{
		4004: "Reset it under Bot", 4010: "shards", 4011: "shards", 4012: "Update Petrel", 4013: "Update Petrel", 4014: "message content intent",
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			log := &told{}
			h := run(t, simdiscord.Options{}, discord.Options{Log: log.logger()}, newDesk(works))
			h.sim.CloseGateway(code, "")
			h.until("it is told", func() bool { return log.has(want) })
			for range 100 {
				h.clock.Advance(time.Minute)
			}
			if n := h.ledger.Count(line(simdiscord.LineSession, "identified")); n != 1 {
				t.Errorf("%d sessions were begun", n)
			}
			if log.has(simdiscord.DefaultToken) {
				t.Error("the token is in the log")
			}
			if _, err := h.discord.Post(h.ctx, bot.Posting{Key: "k", Origin: h.Place(), Reply: bot.Reply{Title: "Still here."}}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestIdentifyBudget: near the end of the day's budget no session is begun, and somebody is told.
func TestIdentifyBudget(t *testing.T) {
	log := &told{}
	h := run(t, simdiscord.Options{Identifies: 51}, discord.Options{Log: log.logger()}, newDesk(works))
	h.sim.Invalidate()
	h.until("it is told", func() bool { return log.has("Discord allows 1000 new sessions a day") })
	if n := h.ledger.Count(line(simdiscord.LineSession, "identified")); n != 1 {
		t.Errorf("%d sessions were begun", n)
	}
}
