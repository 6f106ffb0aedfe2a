package notify_test

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/notify"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	ann = bot.Identity{ID: "ann"}
	bob = bot.Identity{ID: "bob"}
	ops = bot.Origin{Adapter: "slack", Workspace: "T1", Channel: "C1"}
	lab = bot.Origin{Adapter: "slack", Workspace: "T1", Channel: "C2"}
)

// world is a store whose time stands still unless a test moves it.
type world struct {
	testing.TB
	time  *clock.Fake
	store store.Store
	next  int
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{TB: tb, time: clock.NewFake(time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC))}
	s, err := sqlite.Open(tb.Context(), sqlite.Options{Dir: tb.TempDir(), Clock: w.time})
	w.must(err)
	tb.Cleanup(func() { w.must(s.Close()) })
	w.store = s
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) keeper(o notify.Options) *notify.Keeper {
	return notify.New(notify.Parts{Store: w.store, Clock: w.time, Random: random.System(), Log: slog.New(slog.DiscardHandler)}, o)
}

// note returns the next note.
func (w *world) note(change ...func(*notice.Note)) notice.Note {
	w.next++
	n := notice.Note{
		ID: fmt.Sprintf("%024x", w.next), Rule: "lab.told", Trigger: "lab.happened", Event: fmt.Sprint("event-", w.next), Origin: ops,
		Text: fmt.Sprint("it happened ", w.next), Kind: "failed", About: fmt.Sprintf("n%d", w.next), Group: notice.Group{Window: 30 * time.Second, Above: 2},
		Buttons: []notice.Button{{Label: "Look", Line: "look"}, {Label: "Acknowledge", Word: notice.Acknowledge}, {Label: "Mute for 1 h", Word: notice.MuteWord}},
	}
	for _, f := range change {
		f(&n)
	}
	return n
}

// happens has n notes told.
func (w *world) happens(k *notify.Keeper, n int, change ...func(*notice.Note)) (ids []string) {
	w.Helper()
	for range n {
		one := w.note(change...)
		w.must(k.Notify(w.Context(), one))
		ids = append(ids, one.ID)
	}
	w.settle(k)
	return ids
}

// settle does turns until nothing is due.
func (w *world) settle(k *notify.Keeper) {
	w.Helper()
	for {
		n, err := k.Turn(w.Context())
		w.must(err)
		if n == 0 {
			return
		}
	}
}

// passes lets time pass in small steps, as the keeper would see it.
func (w *world) passes(k *notify.Keeper, d time.Duration) {
	w.Helper()
	for step := max(time.Second, d/20); d > 0; d -= step {
		w.time.Advance(min(d, step))
		w.settle(k)
	}
}

// told takes the messages out of the outbox, as the place and the title or the text, sorted.
func (w *world) told() []string {
	w.Helper()
	list := []string{}
	for _, p := range w.outbox() {
		text := p.Reply.Title
		for _, b := range p.Reply.Blocks {
			text = cmp.Or(text, b.Text)
			if strings.Contains(b.Text, "acknowledged") {
				text += " / " + b.Text
			}
		}
		list = append(list, p.Origin.Channel+": "+text)
	}
	slices.Sort(list)
	return list
}

func (w *world) outbox() []bot.Posting {
	w.Helper()
	claims, err := w.store.Claim(w.Context(), store.ClaimOptions{Queue: "outbox/slack", Owner: "test", Lease: time.Minute, Max: store.MaxPage})
	w.must(err)
	var list []bot.Posting
	var b store.Batch
	for _, c := range claims {
		got, err := w.store.Get(w.Context(), store.Key{Kind: "reply", ID: c.ID})
		w.must(err)
		doc, err := store.Decode[bot.Posting](got.Data)
		w.must(err)
		list, b.Finish = append(list, doc.Value), append(b.Finish, c)
	}
	w.must(w.store.Commit(w.Context(), b))
	return list
}
