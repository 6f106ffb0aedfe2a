package clary_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/clary"
	"github.com/petrelops/petrel/handlers/handlertest"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// short is a graph in which maintenance is one intermediate status away.
func short() simclary.Graph {
	return simclary.Graph{
		"production": {"draining"}, "draining": {"maintenance", "production"}, "maintenance": {"production"}, "failed": {},
	}
}

func TestEnsurePlan(t *testing.T) {
	for _, tc := range []struct {
		name   string
		params params
		want   []string
	}{
		{"plain search takes the short way", to("irene[4000-4009]", "maintenance", "avoid", []string{}), []string{
			"production -> failed -> maintenance (10 hosts: irene[4000-4009])",
		}},
		{"avoid takes the long way", to("irene[4000-4009]", "maintenance", "avoid", "failed"), []string{
			"production -> draining -> drained -> maintenance (10 hosts: irene[4000-4009])",
			"avoiding failed",
		}},
		{"avoid as configured", to("irene4000", "maintenance"), []string{
			"production -> draining -> drained -> maintenance (1 host: irene4000)",
			"avoiding failed, decommissioned",
		}},
		{"avoid means neither where it is nor where it goes", to("irene[4053-4055],irene4000", "failed", "avoid", "failed,production"), []string{
			"already failed (3 hosts: irene[4053-4055])",
			"production -> failed (1 host: irene4000)",
			"avoiding production",
		}},
		{"leaving an avoided status", to("irene4053", "maintenance"), []string{
			"failed -> maintenance (1 host: irene4053)",
			"avoiding failed, decommissioned",
		}},
		{"one line per current status", to("irene[4039-4045]", "maintenance", "avoid", []string{}), []string{
			"production -> failed -> maintenance (1 host: irene4039)",
			"draining -> drained -> maintenance (4 hosts: irene[4040-4043])",
			"drained -> maintenance (2 hosts: irene[4044-4045])",
		}},
		{"nothing to do says nothing of ways", to("irene[4047-4050]", "maintenance"), []string{
			"already maintenance (4 hosts: irene[4047-4050])",
		}},
		{"some are not possible", to("irene[4058-4059],nope", "maintenance", "avoid", []string{}), []string{
			"spare -> validation -> maintenance (1 host: irene4058)",
			"not possible for 1 host: nope: Clary does not know this node. Check the name and try again.",
			"not possible for 1 host: irene4059: There is no allowed way from decommissioned to maintenance. Nothing can follow " +
				"decommissioned. Avoid less with avoid=, allow more steps with max_steps=, or choose another status.",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{})
			plan, err := r.handler("NodeStatusEnsure").Plan(t.Context(), alice(), tc.params)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, plan.Lines); d != "" {
				t.Errorf("lines (-want +got):\n%s", d)
			}
		})
	}
}

func TestEnsureTenHosts(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeStatusEnsure", to("irene[4000-4009]", "maintenance", "avoid", "failed", "impacting", true))
	if a.err != nil {
		t.Fatal(a.err)
	}
	if want := "10 hosts are maintenance (irene[4000-4009])"; a.result.Summary != want {
		t.Errorf("summary %q, want %q", a.result.Summary, want)
	}
	rows := a.rows()
	if len(rows) != 10 {
		t.Fatalf("%d rows, want 10", len(rows))
	}
	if d := cmp.Diff([]string{"irene4003", "production", "maintenance", "ok"}, rows[3]); d != "" {
		t.Errorf("row (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"draining", "drained", "maintenance"}, r.entered("irene4007")); d != "" {
		t.Errorf("ledger (-want +got):\n%s", d)
	}
	var comments []string
	for _, l := range r.ledger.lines(t, simclary.LineTransition) {
		if l.User != "slack:alice" || !l.Impacting || l.RequestID != alice().Execution {
			t.Errorf("ledger line %+v", l)
		}
		if l.Host == "irene4000" {
			comments = append(comments, l.Comment)
		}
	}
	want := []string{"hw swap (step 1/3 to maintenance)", "hw swap (step 2/3 to maintenance)", "hw swap"}
	if d := cmp.Diff(want, comments); d != "" {
		t.Errorf("comments (-want +got):\n%s", d)
	}
	if got := a.job.Reported(); len(got) != 10 || !slices.Contains(got, bot.Progress{Done: 10, Total: 10}) {
		t.Errorf("progress %v", got)
	}
}

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

// A refused step whose graph has changed is walked around.
func TestEnsureReplans(t *testing.T) {
	r := newRig(t, site{sim: simclary.Options{Nodes: map[string]string{"n1": "production"}}})
	h := r.handler("NodeStatusEnsure")
	p := to("n1", "maintenance")
	plan, err := h.Plan(t.Context(), alice(), p)
	if err != nil {
		t.Fatal(err)
	}
	g := simclary.ExampleGraph()
	g["draining"] = []string{"spare"}
	g["spare"] = []string{"maintenance"}
	if err := r.sim.SetGraph(g); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{Request: alice(), Plan: &plan}), p); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"draining", "spare", "maintenance"}, r.entered("n1")); d != "" {
		t.Errorf("entered (-want +got):\n%s", d)
	}
}

// When the way is cut altogether, the host is told with the place where it stands.
func TestEnsureReplanFindsNoWay(t *testing.T) {
	r := newRig(t, site{sim: simclary.Options{Nodes: map[string]string{"n1": "production"}}})
	h := r.handler("NodeStatusEnsure")
	p := to("n1", "maintenance")
	plan, err := h.Plan(t.Context(), alice(), p)
	if err != nil {
		t.Fatal(err)
	}
	g := simclary.ExampleGraph()
	g["draining"] = []string{"production"}
	if err := r.sim.SetGraph(g); err != nil {
		t.Fatal(err)
	}
	_, err = h.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{Request: alice(), Plan: &plan}), p)
	if got := bot.ErrorText(err); !strings.HasPrefix(got, "n1: There is no allowed way from draining to maintenance while avoiding failed") {
		t.Errorf("text %q", got)
	}
}

func TestEnsureAsynchronous(t *testing.T) {
	for _, tc := range []struct {
		name string
		busy time.Duration
		wait int
		want string // the error text
		at   string
	}{
		{"no patience", time.Minute, 0, "n1: It is still draining: Clary does not let it go on to maintenance yet. " +
			"Type the same line later, or add wait=600 to wait up to 600 s.", "draining"},
		{"patient enough", time.Minute, 120, "", "maintenance"},
		{"not patient enough", time.Hour, 120, "n1: It is still draining after 2m0s: Clary does not let it go on to maintenance yet. " +
			"Type the same line later, or wait longer.", "draining"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{sim: simclary.Options{
				Graph: short(), Nodes: map[string]string{"n1": "production"},
				Async: map[string]time.Duration{"draining": tc.busy},
			}})
			a := r.do("NodeStatusEnsure", to("n1", "maintenance", "wait", tc.wait))
			if a.text() != tc.want {
				t.Errorf("text %q, want %q", a.text(), tc.want)
			}
			if got := r.status("n1"); got != tc.at {
				t.Errorf("status %s, want %s", got, tc.at)
			}
			for _, wait := range r.clock.waited() {
				if wait > 15*time.Second {
					t.Errorf("a pause of %s", wait)
				}
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

func TestEnsureOneFailureDoesNotStopOthers(t *testing.T) {
	r := newRig(t, site{})
	r.fault(simclary.Fault{Host: "irene4002", Kind: simclary.KindSet, Effect: simclary.EffectStatus, Status: 503, Count: simclary.Forever})
	a := r.do("NodeStatusEnsure", to("irene[4000-4004],nope,irene4059", "draining"))
	want := "3 of 7 hosts failed. " +
		"irene4002: Clary has a fault of its own (503). Try again in a minute; if it stays, tell whoever runs Clary. " +
		"nope: Clary does not know this node. Check the name and try again. " +
		"irene4059: There is no allowed way from decommissioned to draining while avoiding failed, decommissioned. " +
		"Nothing can follow decommissioned. Avoid less with avoid=, allow more steps with max_steps=, or choose another status."
	if a.text() != want {
		t.Errorf("text\n%s\nwant\n%s", a.text(), want)
	}
	if want := "4 hosts are draining (irene[4000-4001,4003-4004]); 3 failed (irene[4002,4059],nope)"; a.result.Summary != want {
		t.Errorf("summary %q, want %q", a.result.Summary, want)
	}
	for _, host := range []string{"irene4000", "irene4001", "irene4003", "irene4004"} {
		if r.status(host) != "draining" {
			t.Errorf("%s is %s", host, r.status(host))
		}
	}
}

func TestEnsureMaxSteps(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeStatusEnsure", to("irene4000", "maintenance", "max_steps", 2))
	want := "irene4000: There is no allowed way from production to maintenance while avoiding failed, decommissioned. " +
		"Reachable: draining, drained in up to 2 steps. " +
		"Avoid less with avoid=, allow more steps with max_steps=, or choose another status."
	if a.text() != want {
		t.Errorf("text %q, want %q", a.text(), want)
	}
}

func TestEnsureUnknownStatus(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeStatusEnsure", to("irene4000", "maintenence"))
	want := "irene4000: Clary does not know this status. Type clary next and a status that you know to see which follow it."
	if a.text() != want || bot.ErrorCode(a.err) != bot.CodeInvalid {
		t.Errorf("code %s, text %q, want %q", bot.ErrorCode(a.err), a.text(), want)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	for _, entry := range []string{"NodeStatusEnsure", "NodeStatusSet"} {
		t.Run(entry, func(t *testing.T) {
			r := newRig(t, site{})
			a := r.do(entry, to("irene[4039-4040]", "draining", "dry_run", true))
			if a.err != nil {
				t.Fatal(a.err)
			}
			if got := r.sim.Stats().Requests[simclary.KindSet]; got != 0 {
				t.Errorf("%d writes", got)
			}
			if !strings.HasPrefix(a.result.Summary, "Dry run, nothing was changed: ") {
				t.Errorf("summary %q", a.result.Summary)
			}
			if d := cmp.Diff([]string{"irene4039", "production", "production", "would go production -> draining"}, a.rows()[0]); d != "" {
				t.Errorf("row (-want +got):\n%s", d)
			}
		})
	}
}

// More hosts than a person reads are told together.
func TestEnsureManyHosts(t *testing.T) {
	nodes := map[string]string{}
	for i := range 120 {
		nodes[fmt.Sprintf("n%d", i)] = "production"
	}
	nodes["n7"] = "maintenance"
	r := newRig(t, site{sim: simclary.Options{Graph: short(), Nodes: nodes}})
	a := r.do("NodeStatusEnsure", to("n[0-119]", "maintenance"))
	if a.err != nil {
		t.Fatal(a.err)
	}
	want := [][]string{
		{"n[0-6,8-119] (119 hosts)", "production", "maintenance", "ok"},
		{"n7", "maintenance", "maintenance", "was already maintenance"},
	}
	if d := cmp.Diff(want, a.rows()); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
}
