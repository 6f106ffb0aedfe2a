package clary_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

func TestOptionsListAllFaults(t *testing.T) {
	_, err := simclary.New(simclary.Options{
		Graph:   simclary.Graph{"up": {"down"}, "": nil},
		Nodes:   map[string]string{"n1": "sideways", "": "up"},
		Latency: -1,
		MaxBody: -1,
		Async:   map[string]time.Duration{"later": 0},
		Events:  simclary.EventOptions{GapProbability: 1.5, Cap: -1},
	})
	if bot.ErrorCode(err) != bot.CodeInvalid {
		t.Fatalf("error %v", err)
	}
	for _, part := range []string{
		`"up" leads to "down"`, "a status has no name", `"sideways"`, "a node has no name", "latency is negative",
		"largest body is negative", `"later"`, "gap probability", "cap of events is negative",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in %v", part, err)
		}
	}
}

func TestDemoNodes(t *testing.T) {
	nodes := simclary.DemoNodes()
	if diff := cmp.Diff(nodes, simclary.DemoNodes()); diff != "" {
		t.Errorf("two calls differ:\n%s", diff)
	}
	counts := map[string]int{}
	for i := range 60 {
		counts[nodes[fmt.Sprintf("irene%d", 4000+i)]]++
	}
	if len(nodes) != 60 || counts[""] != 0 {
		t.Errorf("%d nodes, %d names missing", len(nodes), counts[""])
	}
	for status := range simclary.ExampleGraph() {
		if counts[status] == 0 {
			t.Errorf("no node in %s", status)
		}
	}
	for i := range 10 {
		if status := nodes[fmt.Sprintf("irene%d", 4000+i)]; status != "production" {
			t.Errorf("irene%d is in %s", 4000+i, status)
		}
	}
}

func TestZeroOptionsAreTheDemo(t *testing.T) {
	sim, err := simclary.New(simclary.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(sim.Nodes()); n != 60 {
		t.Errorf("%d nodes, want 60", n)
	}
}

func TestStatsCountEveryKind(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.call("GET", "/api/nodes/n1", nil)
	r.put("n1", "draining")
	r.call("POST", "/api/nodes/n1/comments", obj{"comment": "a", "user": "b"})
	r.call("GET", "/api/statuses/production/next", nil)
	r.call("GET", "/api/events", nil)
	r.call("GET", "/api/events/1", nil)
	r.call("GET", "/nowhere", nil)
	r.call("PATCH", "/api/events", nil)
	want := map[simclary.Kind]int64{"node": 1, "set": 1, "comment": 1, "next": 1, "events": 1, "event": 1, "other": 2}
	st := r.sim.Stats()
	if diff := cmp.Diff(want, st.Requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if st.Peak != 1 || st.PeakPerHost != 1 || st.PeakHost != "n1" || st.InFlight != 0 {
		t.Errorf("stats %+v", st)
	}
	r.sim.ResetStats()
	if st := r.sim.Stats(); st.Requests["set"] != 0 || st.Peak != 0 || st.PeakPerHost != 0 || st.LastEvent != 1 {
		t.Errorf("stats after a reset: %+v", st)
	}
}

func TestPeaksSeeRequestsAtOnce(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.hold("", "", false)
	var done []<-chan error
	for _, path := range []string{"/api/nodes/n1", "/api/nodes/n1", "/api/nodes/n2", "/api/events"} {
		done = append(done, r.background(r.request(t.Context(), "GET", path, nil)))
	}
	r.held("", 4)
	if st := r.sim.Stats(); st.InFlight != 4 || st.Peak != 4 || st.PeakPerHost != 2 || st.PeakHost != "n1" {
		t.Errorf("stats %+v", st)
	}
	r.sim.Release("")
	for _, d := range done {
		if err := <-d; err != nil {
			t.Error(err)
		}
	}
	n1, _ := r.sim.Node("n1")
	n2, _ := r.sim.Node("n2")
	if n1.Peak != 2 || n2.Peak != 1 || n1.InFlight != 0 {
		t.Errorf("nodes %+v, %+v", n1, n2)
	}
}
