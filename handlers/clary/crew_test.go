package clary_test

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/clary"
	"github.com/petrelops/petrel/handlers/handlertest"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// Four calls per host and one search per distinct status are the budget.
func TestEnsureBudget(t *testing.T) {
	nodes := map[string]string{}
	for i := range 200 {
		nodes[fmt.Sprintf("n%d", i)] = []string{"production", "draining"}[i%2]
	}
	r := newRig(t, site{sim: simclary.Options{Graph: short(), Nodes: nodes}})
	if a := r.do("NodeStatusEnsure", to("n[0-199]", "maintenance", "concurrency", 16)); a.err != nil {
		t.Fatal(a.err)
	}
	stats := r.sim.Stats()
	want := map[simclary.Kind]int64{simclary.KindNode: 400, simclary.KindSet: 300, simclary.KindNext: 2}
	got := maps.Clone(stats.Requests)
	maps.DeleteFunc(got, func(_ simclary.Kind, n int64) bool { return n == 0 })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("calls (-want +got):\n%s", d)
	}
	if stats.PeakPerHost != 1 {
		t.Errorf("%d calls at once for %s", stats.PeakPerHost, stats.PeakHost)
	}
	if stats.Peak > 16 {
		t.Errorf("%d calls at once, want at most 16", stats.Peak)
	}
}

func TestConcurrency(t *testing.T) {
	for _, tc := range []struct {
		name        string
		concurrency int
		config      clary.Config
		want        int
	}{
		{"default", 0, clary.Config{}, 4},
		{"configured", 0, clary.Config{Concurrency: 7}, 7},
		{"asked for", 2, clary.Config{}, 2},
		{"too many", 1000, clary.Config{}, 64},
		{"too few", -3, clary.Config{}, 1},
		{"limit of the process", 50, clary.Config{MaxParallel: 3}, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			nodes := map[string]string{}
			for i := range 100 {
				nodes[fmt.Sprintf("n%d", i)] = "production"
			}
			r := newRig(t, site{sim: simclary.Options{Nodes: nodes}, config: tc.config})
			if err := r.sim.Hold("", simclary.KindSet, false); err != nil {
				t.Fatal(err)
			}
			ended := make(chan attempt, 1)
			go func() { ended <- r.do("NodeStatusSet", to("n[0-99]", "draining", "concurrency", tc.concurrency)) }()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if _, err := r.sim.WaitHeld(ctx, "", tc.want); err != nil {
				t.Error(err)
			}
			r.sim.Release("")
			if a := <-ended; a.err != nil {
				t.Error(a.err)
			}
			if peak := int(r.sim.Stats().Peak); peak != tc.want {
				t.Errorf("%d calls at once, want %d", peak, tc.want)
			}
		})
	}
}

// Hosts that only wait do not keep others from being worked on.
func TestEnsureWaitingHostsGiveWay(t *testing.T) {
	r := newRig(t, site{sim: simclary.Options{
		Graph: short(), Nodes: map[string]string{"n1": "production", "n2": "production", "n3": "production"},
		Async: map[string]time.Duration{"draining": time.Minute},
	}})
	if a := r.do("NodeStatusEnsure", to("n[1-3]", "maintenance", "wait", 600, "concurrency", 1)); a.err != nil {
		t.Fatal(a.err)
	}
	if stats := r.sim.Stats(); stats.Peak != 1 {
		t.Errorf("%d calls at once, want 1", stats.Peak)
	}
}

// Intents are written a little ahead of the calls and no further; a comment, which nobody can check afterwards, not at all.
func TestIntentsStayNearTheirCalls(t *testing.T) {
	for _, tc := range []struct {
		entry  string
		kind   simclary.Kind
		params params
		want   int
	}{
		{"NodeStatusSet", simclary.KindSet, to("irene[4000-4039]", "draining", "concurrency", 3), 6},
		{"NodeComment", simclary.KindComment, note("irene[4000-4039]", "concurrency", 3), 3},
	} {
		t.Run(tc.entry, func(t *testing.T) {
			r := newRig(t, site{})
			if err := r.sim.Hold("", tc.kind, false); err != nil {
				t.Fatal(err)
			}
			marked := make(chan struct{}, 100)
			ended := make(chan attempt, 1)
			go func() {
				ended <- r.run(t.Context(), tc.entry, tc.params, handlertest.JobOptions{OnMark: func(c bot.Checkpoint) error {
					if c.Phase == bot.Intent {
						marked <- struct{}{}
					}
					return nil
				}})
			}()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if _, err := r.sim.WaitHeld(ctx, "", 3); err != nil {
				t.Fatal(err)
			}
			if got := len(marked); got > tc.want {
				t.Errorf("%d intents for 3 calls on their way, want at most %d", got, tc.want)
			}
			r.sim.Release("")
			if a := <-ended; a.err != nil || len(marked) != 40 {
				t.Errorf("%d intents at the end, error %v", len(marked), a.err)
			}
		})
	}
}
