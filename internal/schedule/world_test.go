package schedule_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/schedule"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// world is one data folder. Its time stands still unless a test moves it.
type world struct {
	*testing.T
	time *clock.Fake
	dir  string
	zone *time.Location
	late bool
	chat
}

// chat stands in for the desk and the executor: it writes down what was run and told.
type chat struct {
	// mu guards the rest.
	mu     sync.Mutex
	ran    []string
	known  map[string]bool
	told   []bot.Posting
	refuse error
}

// RunDue implements schedule.Runner. As with the executor, the same delivery twice is one command.
func (c *chat) RunDue(_ context.Context, d schedule.Due) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := d.Message().DedupeKey()
	if c.refuse != nil || c.known[key] {
		return c.refuse
	}
	c.known[key] = true
	c.ran = append(c.ran, d.Line+" "+d.Slot.UTC().Format("02T15:04:05"))
	return nil
}

// Known implements schedule.Chat.
func (c *chat) Known(_ context.Context, dedupe string) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[dedupe], nil
}

// Announce implements schedule.Chat.
func (c *chat) Announce(_ context.Context, p bot.Posting) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.Origin.Adapter == "shell" {
		return bot.E(bot.CodeInvalid, "test", "Nobody reads there.", nil)
	}
	if !slices.ContainsFunc(c.told, func(other bot.Posting) bool { return other.Key == p.Key }) {
		c.told = append(c.told, p)
	}
	return nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{T: t, time: clock.NewFake(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)), dir: t.TempDir(), zone: time.UTC, chat: chat{known: map[string]bool{}}}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// keeper is a process with its own handle on the store.
func (w *world) keeper() *schedule.Keeper {
	w.Helper()
	s, err := sqlite.Open(w.Context(), sqlite.Options{Dir: w.dir, Clock: w.time})
	w.must(err)
	w.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.Error(err)
		}
	})
	return w.on(s)
}

func (w *world) on(s store.Store) *schedule.Keeper {
	return schedule.New(schedule.Parts{
		Store: s, Chat: &w.chat, Clock: w.time, Random: random.System(), Log: slog.New(slog.DiscardHandler),
	}, schedule.Options{Zone: w.zone, Limit: 3, Late: w.late})
}

// wish is a wish of ann in the channel ops.
func wish(line string) schedule.Wish {
	return schedule.Wish{
		Line: line, Action: "core.echo", By: bot.Identity{ID: "ann"}, Origin: bot.Origin{Adapter: "slack", Workspace: "T1", Channel: "ops", Thread: "7", User: "U1"},
		Dedupe: "slack/T1/" + line,
	}
}

func (w *world) add(k *schedule.Keeper, s schedule.Wish) schedule.Schedule {
	w.Helper()
	added, err := k.Add(w.Context(), s)
	w.must(err)
	return added
}

// settle runs what is due until nothing is.
func (w *world) settle(k *schedule.Keeper) {
	w.Helper()
	for {
		n, err := k.Turn(w.Context(), &w.chat)
		w.must(err)
		if n == 0 {
			return
		}
	}
}

// left returns the lines that are still scheduled.
func (w *world) left(k *schedule.Keeper) []string {
	w.Helper()
	list, err := k.List(w.Context(), "")
	w.must(err)
	var lines []string
	for _, s := range list {
		lines = append(lines, s.Line)
	}
	return lines
}

func check(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
