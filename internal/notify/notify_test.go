package notify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/notify"
	"github.com/petrelops/petrel/internal/store"
)

func (w *world) check(want ...string) {
	w.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, w.told()); diff != "" {
		w.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestOneMessageGrows(t *testing.T) {
	w := newWorld(t)
	k := w.keeper(notify.Options{})
	w.happens(k, 3)
	w.check("C1: 1 event of lab.told since 10:00:00 UTC", "C1: it happened 1", "C1: it happened 2")
	ids := w.happens(k, 40)
	w.check() // it was just written
	w.passes(k, 5*time.Second)
	w.check("C1: 41 events of lab.told since 10:00:00 UTC")
	w.passes(k, 24*time.Second)
	w.check()
	w.passes(k, time.Second) // nothing came for its window
	w.check("C1: 41 events of lab.told since 10:00:00 UTC")
	w.happens(k, 1)
	w.check("C1: it happened 44")

	// Each of them is found.
	first := fmt.Sprintf("%024x", 3)
	d, notes, next, err := k.Digest(t.Context(), first, "", 30)
	w.must(err)
	_, rest, last, err := k.Digest(t.Context(), first, next, 30)
	w.must(err)
	if d.Count != 41 || len(notes) != 30 || len(rest) != 11 || last != "" || notes[0].Event != "event-3" || rest[10].Event != "event-43" || rest[10].ID != ids[39] {
		t.Errorf("the digest counts %d, lists %d and %d", d.Count, len(notes), len(rest))
	}
}

func TestTheSameNoteIsToldOnce(t *testing.T) {
	w := newWorld(t)
	k := w.keeper(notify.Options{})
	n := w.note()
	w.must(k.Notify(t.Context(), n))
	w.must(k.Notify(t.Context(), n))
	w.settle(k)
	w.must(k.Notify(t.Context(), n))
	w.settle(k)
	w.check("C1: it happened 1")
}

func TestNobodyReadsIt(t *testing.T) {
	w := newWorld(t)
	k := w.keeper(notify.Options{})
	for name, change := range map[string]func(*notice.Note){
		"a rule's own place": func(n *notice.Note) { n.Origin = bot.Origin{Adapter: "rule", Channel: "C1"} },
		"bad quiet hours":    func(n *notice.Note) { n.Quiet = "at night" },
	} {
		if err := k.Notify(t.Context(), w.note(change)); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A process that dies with notes in its hands is followed, and what it had decided stands.
func TestAProcessDies(t *testing.T) {
	w := newWorld(t)
	k := w.keeper(notify.Options{})
	w.must(k.Notify(t.Context(), w.note()))
	claims, err := w.store.Claim(t.Context(), store.ClaimOptions{Queue: "notes", Owner: "dying", Lease: 30 * time.Second, Max: 1})
	if w.must(err); len(claims) != 1 {
		t.Fatalf("claimed %v", claims)
	}
	w.passes(k, 29*time.Second)
	w.check()
	w.passes(k, 2*time.Second)
	w.check("C1: it happened 1")
}

// Three processes fold what comes to one channel: each note is in one place, and the count is right.
func TestThreeProcesses(t *testing.T) {
	w := newWorld(t)
	const many = 300
	all := []*notify.Keeper{w.keeper(notify.Options{Owner: "a"}), w.keeper(notify.Options{Owner: "b"}), w.keeper(notify.Options{Owner: "c"})}
	for range many {
		w.must(all[0].Notify(t.Context(), w.note()))
	}
	for range 200 { // what met another process at the stream comes again
		var group errgroup.Group
		for _, k := range all {
			group.Go(func() error {
				_, err := k.Turn(t.Context())
				return err
			})
		}
		w.must(group.Wait())
		w.time.Advance(time.Second / 10)
	}
	w.passes(all[0], time.Minute)
	messages := w.outbox()
	alone, counted := 0, 0
	for _, p := range messages {
		var n int
		if _, err := fmt.Sscanf(p.Reply.Title, "%d event", &n); err == nil {
			counted += n
		} else {
			alone++
		}
	}
	if alone+counted != many || len(messages) > 4 {
		t.Errorf("%d told alone, %d in digests, in %d messages", alone, counted, len(messages))
	}
}

func TestQuietHoursOfARule(t *testing.T) {
	w := newWorld(t)
	k := w.keeper(notify.Options{})
	quiet := func(n *notice.Note) { n.Quiet = "09:00-11:00 UTC except critical" }
	w.happens(k, 7, quiet)
	w.check()
	w.happens(k, 1, quiet, func(n *notice.Note) { n.Severity = "critical" })
	w.check("C1: it happened 8")
	w.passes(k, time.Hour-time.Second)
	w.check()
	w.passes(k, time.Second)
	w.check("C1: 7 events of lab.told in quiet hours (09:00-11:00 UTC), from 2026-11-25 10:00:00 UTC to 10:00:00 UTC")
	w.happens(k, 1, quiet)
	w.check("C1: it happened 9")
}

func TestQuietHoursOfAChannel(t *testing.T) {
	w := newWorld(t)
	q, err := notice.ParseQuiet("09:00-11:00 UTC")
	w.must(err)
	k := w.keeper(notify.Options{Quiet: map[string]notice.Quiet{"slack:T1/C1": q}})
	w.happens(k, 1)
	w.happens(k, 1, func(n *notice.Note) { n.Origin = lab })
	w.check("C2: it happened 2")
	w.passes(k, time.Hour)
	w.check("C1: 1 event of lab.told in quiet hours (09:00-11:00 UTC), from 2026-11-25 10:00:00 UTC to 10:00:00 UTC")
}

func TestOperationsAreTold(t *testing.T) {
	w := newWorld(t)
	silent, k := w.keeper(notify.Options{}), w.keeper(notify.Options{Ops: "slack:T1/C1"})
	w.must(silent.Tell(t.Context(), "sensor", "A sensor failed."))
	w.settle(k)
	w.check()
	w.must(k.Tell(t.Context(), "sensor", "A sensor failed."))
	w.settle(k)
	w.check("C1: A sensor failed.")
}

// What runs by itself ends when it is told to.
func TestRun(t *testing.T) {
	w := newWorld(t)
	k := w.keeper(notify.Options{})
	ctx, stop := contextOf(t)
	var run errgroup.Group
	run.Go(func() error { return k.Run(ctx) })
	w.must(k.Notify(t.Context(), w.note()))
	woken, err := w.store.Subscribe(ctx, store.QueueTopic("outbox/slack"))
	w.must(err)
	for len(w.outbox()) == 0 {
		select {
		case <-woken:
		default:
			w.time.Advance(time.Second / 10)
		}
	}
	stop()
	w.must(run.Wait())
}
