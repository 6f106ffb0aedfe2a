package freeze_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/freeze"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

var (
	start = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	ann   = bot.Identity{ID: "ann"}
	ops   = bot.Origin{Adapter: "chat", Channel: "ops", User: "U1"}
)

// keeper returns a keeper on a store of its own, whose time the test moves.
func keeper(t *testing.T) (*freeze.Keeper, *sqlite.Store, *clock.Fake) {
	t.Helper()
	c := clock.NewFake(start)
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: t.TempDir(), Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return freeze.NewKeeper(s, random.System(), time.Hour), s, c
}

func declare(t *testing.T, k *freeze.Keeper, w freeze.Wish) freeze.Freeze {
	t.Helper()
	w.By, w.Origin = ann, ops
	f, err := k.Declare(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// It ends by itself, by the store's clock, and whoever asks after that finds nothing.
func TestEndsByItself(t *testing.T) {
	k, _, c := keeper(t)
	short := declare(t, k, freeze.Wish{Reason: "the release", For: time.Hour})
	long := declare(t, k, freeze.Wish{Reason: "new switches", For: 2 * time.Hour, Scope: freeze.Scope{Pack: "clary"}})
	if want := "ann froze everything until 2026-05-04 04:02:01 UTC: the release"; short.Text() != want {
		t.Errorf("got %q, want %q", short.Text(), want)
	}
	other := &bot.ActionSpec{Pack: "core", Name: "key.set"}
	for _, test := range []struct {
		after time.Duration
		list  []freeze.Freeze
		other int
	}{
		{0, []freeze.Freeze{short, long}, 1},
		{time.Hour - time.Second, []freeze.Freeze{short, long}, 1},
		{time.Hour, []freeze.Freeze{long}, 0},
		{2 * time.Hour, nil, 0},
	} {
		c.Advance(start.Add(test.after).Sub(c.Now()))
		list, err := k.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sameOrder(list)
		sameOrder(test.list)
		if diff := cmp.Diff(test.list, list); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", test.after, diff)
		}
		covering, err := k.Covering(t.Context(), other, nil)
		if err != nil || len(covering) != test.other {
			t.Errorf("after %s %d freezes cover it, want %d (%v)", test.after, len(covering), test.other, err)
		}
	}
	_, err := k.Lift(t.Context(), short.ID, ann, ops)
	if bot.ErrorCode(err) != bot.CodeNotFound {
		t.Errorf("what is over was lifted: %v", err)
	}
}

// sameOrder sorts freezes that were declared in the same millisecond.
func sameOrder(list []freeze.Freeze) {
	if len(list) == 2 && list[0].Reason > list[1].Reason {
		list[0], list[1] = list[1], list[0]
	}
}

func TestLift(t *testing.T) {
	k, s, _ := keeper(t)
	f := declare(t, k, freeze.Wish{Reason: "the release", For: time.Hour, Scope: freeze.Scope{Nodes: "g1"}})
	for prefix, want := range map[string]bot.Code{"nothing": bot.CodeInvalid, "abc": bot.CodeInvalid, "000000000000": bot.CodeNotFound} {
		if _, err := k.Lift(t.Context(), prefix, ann, ops); bot.ErrorCode(err) != want || bot.ErrorText(err) == "" {
			t.Errorf("%s: got %v, want %s", prefix, err, want)
		}
	}
	got, err := k.Lift(t.Context(), f.ID[:12], bot.Identity{ID: "bob"}, ops)
	if err != nil || got.ID != f.ID {
		t.Fatalf("got %v, %v", got, err)
	}
	if list, err := k.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("still frozen: %v, %v", list, err)
	}
	lines, err := audit.NewTrail(s).Find(t.Context(), audit.Query{Limit: 10})
	if err != nil || len(lines) != 2 {
		t.Fatalf("the audit log has %v, %v", lines, err)
	}
	for i, want := range []struct {
		what audit.What
		who  string
	}{{audit.Unfroze, "bob"}, {audit.Froze, "ann"}} {
		if lines[i].What != want.what || lines[i].Who != want.who || !strings.Contains(lines[i].Why, "ann froze nodes:g1 until 2026-05-04 04:02:01 UTC: the release") {
			t.Errorf("line %d is %+v", i, lines[i])
		}
	}
}
