package clary_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
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
	a := r.do("NodeStatusEnsure", to("irene4000", "no-such-status"))
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

// moving is a Clary in which somebody else is always faster: every change is refused, and the status has moved one further.
func moving(t *testing.T, advance bool) *rig {
	t.Helper()
	way := []string{"a", "b", "c", "d", "e", "f"}
	at := 0
	return &rig{t: t, client: serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodPut:
			if advance {
				at++
			}
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(`{"error":"state_changed"}`))
		case strings.Contains(r.URL.Path, "/statuses/"):
			i := slices.Index(way, strings.Split(r.URL.Path, "/")[3])
			_, _ = fmt.Fprintf(w, `{"next":[%q]}`, way[min(i+1, len(way)-1)])
		default:
			_, _ = fmt.Fprintf(w, `{"status":%q}`, way[at])
		}
	})}
}

func TestEnsureGivesUpOnMovingNode(t *testing.T) {
	for _, tc := range []struct {
		advance bool
		at      string
	}{{true, "d"}, {false, "a"}} {
		a := moving(t, tc.advance).do("NodeStatusEnsure", to("n1", "f"))
		want := "n1: Its status keeps changing; it is " + tc.at + " now. Type the same line again when nobody else is working on it."
		if a.text() != want {
			t.Errorf("text %q, want %q", a.text(), want)
		}
	}
}
