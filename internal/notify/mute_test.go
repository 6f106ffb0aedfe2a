package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/notify"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(t.Context())
}

func TestMute(t *testing.T) {
	for _, scope := range []string{"lab.told", "lab.happened"} {
		t.Run(scope, func(t *testing.T) {
			w := newWorld(t)
			k, other := w.keeper(notify.Options{Owner: "a"}), w.keeper(notify.Options{Owner: "b"})
			w.happens(k, 1)
			w.happens(k, 1, func(n *notice.Note) { n.Origin = lab })
			w.told()
			m, err := k.Mute(t.Context(), notify.Wish{Scope: scope, For: time.Hour, By: ann, Origin: ops})
			w.must(err)
			if want := "ann muted " + scope + " until 2026-11-25 11:00:00 UTC"; m.Text() != want {
				t.Errorf("got %q", m.Text())
			}
			w.check("C2: ann muted " + scope + " until 2026-11-25 11:00:00 UTC.") // the one that asked is answered
			w.happens(other, 3)
			w.check()
			list, err := other.Mutes(t.Context())
			if w.must(err); len(list) != 1 || list[0].By != "ann" {
				t.Errorf("muted is %+v", list)
			}
			w.passes(k, time.Hour) // it ends by itself
			w.check("C1: 3 events of lab.told while ann had muted " + scope + ", from 2026-11-25 10:00:00 UTC to 10:00:00 UTC")
			w.happens(k, 1)
			w.check("C1: it happened 6")
		})
	}
}

func TestUnmute(t *testing.T) {
	w := newWorld(t)
	k := w.keeper(notify.Options{})
	wish := notify.Wish{Scope: "lab.told", For: time.Hour, By: ann, Origin: ops}
	if _, err := k.Unmute(t.Context(), wish); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Errorf("nothing is muted: %v", err)
	}
	w.happens(k, 1)
	_, err := k.Mute(t.Context(), wish)
	w.must(err)
	w.happens(k, 2)
	w.check("C1: it happened 1")
	_, err = k.Unmute(t.Context(), notify.Wish{Scope: "lab.told", By: bob, Origin: lab})
	w.must(err)
	w.settle(k)
	w.check("C1: 2 events of lab.told while ann had muted lab.told, from 2026-11-25 10:00:00 UTC to 10:00:00 UTC", "C1: bob ended the mute of lab.told.")
	for _, length := range []time.Duration{0, -time.Hour, 8 * 24 * time.Hour} {
		if _, err := k.Mute(t.Context(), notify.Wish{Scope: "lab.told", For: length, By: ann, Origin: ops}); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%s: %v", length, err)
		}
	}
	w.audited("muted ann", "unmuted bob")
}

func TestAcknowledge(t *testing.T) {
	w := newWorld(t)
	k := w.keeper(notify.Options{})
	ids := w.happens(k, 4)
	w.told()
	w.must(k.Acknowledge(t.Context(), ids[0], ann, ops))
	w.must(k.Acknowledge(t.Context(), ids[2], ann, ops)) // which the digest is named after
	w.settle(k)
	w.check("C1: 2 events of lab.told since 10:00:00 UTC / ann acknowledged it at 10:00:00 UTC.", "C1: it happened 1 / ann acknowledged it at 10:00:00 UTC.")
	for id, want := range map[string]bot.Code{
		ids[0]: bot.CodeConflict, ids[2]: bot.CodeConflict, ids[3]: bot.CodeInvalid, "00000000000000000000ffff": bot.CodeNotFound,
	} {
		if err := k.Acknowledge(t.Context(), id, bob, ops); bot.ErrorCode(err) != want || bot.ErrorText(err) == "" {
			t.Errorf("%s: %v", id, err)
		}
	}
	w.check()
	if _, err := k.Note(t.Context(), "00000000000000000000ffff"); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Error(err)
	}
	// What comes after that is counted, and who looks after it stays.
	w.happens(k, 1)
	w.passes(k, 5*time.Second)
	w.check("C1: 3 events of lab.told since 10:00:00 UTC / ann acknowledged it at 10:00:00 UTC.")
	w.audited("acknowledged ann", "acknowledged ann")
}

// Of many who press at one moment one is it.
func TestAcknowledgeRace(t *testing.T) {
	w := newWorld(t)
	k := w.keeper(notify.Options{})
	ids := w.happens(k, 3)
	for _, id := range []string{ids[0], ids[2]} {
		var group errgroup.Group
		answers := make([]bot.Code, 16)
		for i := range answers {
			group.Go(func() error {
				answers[i] = bot.ErrorCode(k.Acknowledge(t.Context(), id, ann, ops))
				return nil
			})
		}
		w.must(group.Wait())
		count := map[bot.Code]int{}
		for _, a := range answers {
			count[a]++
		}
		if diff := cmp.Diff(map[bot.Code]int{"": 1, bot.CodeConflict: 15}, count); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
}

// audited checks the lines of the audit log.
func (w *world) audited(want ...string) {
	w.Helper()
	list, err := audit.NewTrail(w.store).Find(w.Context(), audit.Query{Limit: 100})
	w.must(err)
	var got []string
	for _, l := range list {
		got = append([]string{string(l.What) + " " + l.Who}, got...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("the audit log (-want +got):\n%s", diff)
	}
}
