package catchup_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/catchup"
	"github.com/petrelops/petrel/internal/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC)

// world is a store that may forget, a chat that does not, and what the bot did with both.
type world struct {
	*testing.T
	clock *clock.Fake
	file  string

	// mu guards the rest.
	mu     sync.Mutex
	epoch  string
	down   bool
	known  []string
	past   []bot.Past
	since  time.Time
	posted map[string]bot.Posting
	taken  []string
	marks  map[string]bot.Mark
	turns  chan bool // one for each look at the epoch
	missed time.Time // since when the chat may have missed something
	over   bool      // it hears again
	reads  int       // how often the history was read
	broken bool      // the history cannot be read
	full   int       // how many messages the store does not take yet
	looks  int       // how many it was asked to take
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{
		T: t, clock: clock.NewFake(now), file: filepath.Join(t.TempDir(), "epoch"), epoch: "first",
		posted: map[string]bot.Posting{}, marks: map[string]bot.Mark{}, turns: make(chan bool, 100),
	}
}

func (w *world) set(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
}

func (w *world) Epoch(context.Context) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turns <- true
	if w.down {
		return "", bot.E(bot.CodeUnavailable, "test", "", nil)
	}
	return w.epoch, nil
}
func (w *world) Now(context.Context) (time.Time, error) { return now, nil }

func (w *world) Known(_ context.Context, dedupe string) (bool, error) {
	return slices.Contains(w.known, dedupe), nil
}

func (w *world) Announce(_ context.Context, p bot.Posting) error {
	w.posted[p.Key] = p
	return nil
}

func (w *world) Receive(_ context.Context, m bot.Message) (bot.Answer, error) {
	if w.looks++; w.full > 0 {
		w.full--
		return bot.Answer{}, bot.E(bot.CodeUnavailable, "test", "", nil)
	}
	w.taken = append(w.taken, m.Delivery)
	if m.Text == "help" {
		return bot.Answer{Reply: &bot.Reply{Title: "Type a command."}}, nil
	}
	return bot.Answer{Execution: "e"}, nil
}

// The chat.
func (w *world) Name() string                                      { return "chat" }
func (w *world) Run(context.Context, bot.Receiver) error           { return nil }
func (w *world) Post(context.Context, bot.Posting) (string, error) { return "", nil }
func (w *world) Edit(context.Context, string, bot.Posting) error   { return nil }
func (w *world) Mark(_ context.Context, m bot.Message, k bot.Mark) error {
	w.marks[m.Delivery] = k
	return errors.New("logged and no more")
}

func (w *world) History(_ context.Context, since time.Time) ([]bot.Past, error) {
	w.since = since
	w.reads++
	if w.broken {
		return nil, bot.E(bot.CodeUnavailable, "test", "", nil)
	}
	return w.past, nil
}

func (w *world) Missed() (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	since := w.missed
	if w.over {
		w.missed = time.Time{}
	}
	return since, w.over
}

// watched runs a watch for some turns and stops it.
func (w *world) watched(turns int, between func(turn int)) {
	w.Helper()
	ctx, stop := context.WithCancel(w.Context())
	ended := make(chan error, 1)
	watch := catchup.New(catchup.Parts{
		Store: w, Engine: w, Receiver: w, Chats: []bot.Adapter{w}, Clock: w.clock, Log: slog.New(slog.DiscardHandler), File: w.file, HeardFile: w.file + "-heard",
	})
	go func() { ended <- watch.Run(ctx) }()
	for turn := range turns {
		<-w.turns
		for n, changed := w.clock.Waiters(); n == 0; n, changed = w.clock.Waiters() {
			<-changed
		}
		between(turn)
		if turn+1 < turns {
			w.clock.Advance(time.Second)
		}
	}
	stop()
	if err := <-ended; err != nil {
		w.Error(err)
	}
}

func said(id string) bot.Past {
	return bot.Past{Message: bot.Message{Origin: bot.Origin{Adapter: "chat", Channel: "ops", Thread: id, User: "ann"}, Delivery: id, Text: "set it"}}
}

func TestEpochChanges(t *testing.T) {
	w := newWorld(t)
	recorded, lost, ended, missed, asked := said("recorded"), said("lost"), said("ended"), said("missed"), said("asked")
	recorded.Taken, lost.Taken, ended.Taken, ended.Answered = true, true, true, true
	asked.Text = "help"
	w.past, w.known = []bot.Past{recorded, lost, ended, missed, asked}, []string{"chat//recorded"}
	w.watched(3, func(turn int) {
		switch turn {
		case 0:
			if !w.since.IsZero() {
				t.Error("the history was read although nothing changed")
			}
			w.set(func() { w.down = true })
		case 1:
			w.set(func() { w.down, w.epoch = false, "second" })
		}
	})
	if want := now.Add(-10 * time.Minute); !w.since.Equal(want) {
		t.Errorf("the history was read since %s, want %s", w.since, want)
	}
	if diff := cmp.Diff([]string{"missed", "asked"}, w.taken); diff != "" {
		t.Errorf("taken now:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bot.Mark{"missed": bot.MarkLate}, w.marks); diff != "" {
		t.Errorf("marks:\n%s", diff)
	}
	if len(w.posted) != 3 || !strings.Contains(w.posted["late/chat//missed"].Reply.Blocks[0].Text, "You wrote this at") || w.posted["lost/chat//lost"].Origin.Thread != "lost" || w.posted["answer/asked"].Reply.Title == "" {
		t.Errorf("posted: %+v", w.posted)
	}
}

// The store may forget while no process runs.
func TestEpochIsKeptOverARestart(t *testing.T) {
	w := newWorld(t)
	lost := said("lost")
	lost.Taken = true
	w.past = []bot.Past{lost}
	w.watched(1, func(int) {})
	w.epoch = "second"
	w.watched(1, func(int) {})
	if len(w.posted) != 1 {
		t.Errorf("posted: %+v", w.posted)
	}
	w.posted = map[string]bot.Posting{}
	w.watched(1, func(int) {})
	if len(w.posted) != 0 {
		t.Errorf("the same loss was told after another restart: %+v", w.posted)
	}
}

// What was said while the chat was not heard is looked for once it is heard again, and again when that failed, and then no more.
func TestMissedIsTakenLate(t *testing.T) {
	w := newWorld(t)
	missed := said("missed")
	missed.At = now.Add(-2 * time.Minute)
	w.past = []bot.Past{missed}
	gap := now.Add(-3 * time.Minute)
	w.missed, w.broken = gap, true
	reads := []int{}
	w.watched(10, func(turn int) {
		w.set(func() {
			reads = append(reads, w.reads)
			switch turn {
			case 0:
				w.over = true
			case 4:
				w.broken = false
			}
		})
	})
	if diff := cmp.Diff([]int{0, 1, 2, 2, 3, 3, 3, 3, 4, 4}, reads); diff != "" { // after one second, two, four
		t.Errorf("the history was read so often at the end of each turn:\n%s", diff)
	}
	if want := gap.Add(-30 * time.Second); !w.since.Equal(want) {
		t.Errorf("the history was read since %s, want %s", w.since, want)
	}
	if diff := cmp.Diff([]string{"missed"}, w.taken); diff != "" {
		t.Errorf("taken:\n%s", diff)
	}
	if w.marks["missed"] != bot.MarkLate || !strings.Contains(w.posted["late/chat//missed"].Reply.Blocks[0].Text, "09:58 UTC") {
		t.Errorf("marks %v, posted %+v", w.marks, w.posted)
	}
}

// What the store does not take is tried again, ever more seldom, without a look at the history and without what was taken meanwhile.
func TestWhatWasReadIsNotReadAgain(t *testing.T) {
	for name, start := range map[string]func(w *world){
		"missed": func(w *world) { w.missed, w.over = now.Add(-time.Minute), true },
		"lost":   func(w *world) { w.epoch = "second" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.watched(1, func(int) {}) // it knows the epoch
			if err := os.Remove(w.file + "-heard"); err != nil {
				t.Fatal(err)
			}
			w.past, w.full = []bot.Past{said("one"), said("two")}, 3
			start(w)
			w.watched(6, func(int) {})
			if diff := cmp.Diff([]string{"two", "one"}, w.taken); diff != "" {
				t.Errorf("taken:\n%s", diff)
			}
			if w.reads != 1 || w.looks != 5 {
				t.Errorf("the history was read %d times, and the store asked %d times", w.reads, w.looks)
			}
		})
	}
}

// A second gap is read although the first was read already: its messages are not in there.
func TestSecondGapIsReadToo(t *testing.T) {
	w := newWorld(t)
	w.past, w.full = []bot.Past{said("one")}, 1
	w.missed, w.over = now.Add(-time.Minute), true
	w.watched(4, func(turn int) {
		if turn == 0 {
			w.set(func() { w.past, w.missed = []bot.Past{said("one"), said("two")}, now })
		}
	})
	if diff := cmp.Diff([]string{"one", "two"}, w.taken); diff != "" || w.reads != 2 {
		t.Errorf("%d reads; taken:\n%s", w.reads, diff)
	}
}

// A process that starts looks for what was said since the one before it heard everything, but for ten minutes at most.
func TestMissedBetweenProcesses(t *testing.T) {
	for name, tt := range map[string]struct{ away, back time.Duration }{
		"short": {3 * time.Minute, 3*time.Minute + 30*time.Second},
		"long":  {3 * time.Hour, 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.watched(1, func(int) {})
			if w.reads != 0 {
				t.Error("the first process read the history")
			}
			w.clock.Advance(tt.away)
			w.watched(2, func(int) {})
			if want := w.clock.Now().Add(-time.Second - tt.back); !w.since.Equal(want) || w.reads != 1 {
				t.Errorf("the history was read %d times, since %s, want %s", w.reads, w.since, want)
			}
		})
	}
}

// A file that cannot be read must not pass for one that is not there.
func TestHeardFileIsBroken(t *testing.T) {
	w := newWorld(t)
	if err := os.WriteFile(w.file+"-heard", []byte("yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := catchup.New(catchup.Parts{Store: w, Chats: []bot.Adapter{w}, Clock: w.clock, File: w.file, HeardFile: w.file + "-heard"}).Run(t.Context())
	if !strings.Contains(bot.ErrorText(err), "Remove it") {
		t.Errorf("Run = %v", err)
	}
}

func TestMarking(t *testing.T) {
	w := newWorld(t)
	r := catchup.Marking(w, w, slog.New(slog.DiscardHandler))
	for _, m := range []bot.Message{said("work").Message, {Delivery: "question", Text: "help"}} {
		if _, err := r.Receive(t.Context(), m); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff(map[string]bot.Mark{"work": bot.MarkAccepted}, w.marks); diff != "" {
		t.Errorf("marks:\n%s", diff)
	}
}

// helper is a receiver that knows values and homes.
type helper struct{ bot.Receiver }

func (helper) Suggest(context.Context, bot.Typing) []string {
	return []string{"irene4000"}
}

func (helper) Home(context.Context, bot.Origin) (bot.Home, error) {
	return bot.Home{Commands: []bot.HomeCommand{{Line: "help"}}}, nil
}

// What else a receiver can do is not hidden by the marks.
func TestMarkingHelps(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		receiver bot.Receiver
		values   int
	}{{w, 0}, {helper{w}, 1}} {
		r := catchup.Marking(tt.receiver, w, slog.New(slog.DiscardHandler))
		list := r.(bot.Suggester).Suggest(t.Context(), bot.Typing{Limit: 5})
		home, err := r.(bot.Host).Home(t.Context(), bot.Origin{})
		if len(list) != tt.values || len(home.Commands) != tt.values || err != nil {
			t.Errorf("offers %v and %v, %v", list, home, err)
		}
	}
}
