package clary_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

func TestAsyncStatusRefusesTheNextHop(t *testing.T) {
	tests := []struct {
		name   string
		wait   time.Duration
		finish func(*rig) error
	}{
		{"until its time has passed", time.Minute, func(r *rig) error { r.clock.Advance(time.Second); return nil }},
		{"until it is settled early", time.Hour, func(r *rig) error { return r.sim.Settle("n1") }},
		{"until it is settled at all", 0, func(r *rig) error { return r.sim.Settle("n1") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, simclary.Options{Async: map[string]time.Duration{"draining": tt.wait}})
			r.put("n1", "draining")
			r.clock.Advance(59 * time.Second)
			want := obj{
				"error": "forbidden_transition", "message": "draining -> drained is not allowed yet: draining has not finished",
				"from": "draining", "to": "drained", "allowed": []any{"drained", "production"},
			}
			a := r.put("n1", "drained")
			if diff := cmp.Diff(want, a.body); a.status != 409 || diff != "" {
				t.Errorf("answer %d (-want +got):\n%s", a.status, diff)
			}
			if n, _ := r.sim.Node("n1"); n.Settled {
				t.Error("the node is shown as settled")
			}
			if err := tt.finish(r); err != nil {
				t.Fatal(err)
			}
			if a := r.put("n1", "drained"); a.status != 200 {
				t.Errorf("answer %d %s", a.status, a.text)
			}
		})
	}
}

func TestExternalChange(t *testing.T) {
	r := newRig(t, simclary.Options{})
	ch := simclary.Change{Status: "maintenance", User: "zoe", Comment: "took it", Impacting: true}
	id, err := r.sim.SetStatus("n1", ch) // not a transition of the graph
	if err != nil || id != 1 {
		t.Fatalf("event %d, %v", id, err)
	}
	want := obj{
		"id": 1.0, "type": "transition", "hostname": "n1", "previous": "production", "status": "maintenance",
		"reason": "took it", "user": "zoe", "impacting": true, "date": "2025-03-01T10:00:00Z",
	}
	if diff := cmp.Diff(want, r.call("GET", "/api/events/1", nil).body); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	body := setBody("draining")
	body["expected"] = "production"
	if a := r.call("PUT", "/api/nodes/n1/status", body); a.code() != "state_changed" || a.body["status"] != "maintenance" {
		t.Errorf("answer %d %s", a.status, a.text)
	}
}

func TestControlMethodsNameWhatIsUnknown(t *testing.T) {
	r := newRig(t, simclary.Options{})
	_, noNode := r.sim.SetStatus("n9", simclary.Change{Status: "failed"})
	_, noStatus := r.sim.SetStatus("n1", simclary.Change{Status: "lost"})
	_, noState := r.sim.Node("n9")
	for name, tt := range map[string]struct {
		err  error
		want bot.Code
	}{
		"external change of an unknown node": {noNode, bot.CodeNotFound},
		"external change to nowhere":         {noStatus, bot.CodeInvalid},
		"unknown node":                       {noState, bot.CodeNotFound},
		"settling an unknown node":           {r.sim.Settle("n9"), bot.CodeNotFound},
		"events with a wrong option":         {r.sim.SetEventOptions(simclary.EventOptions{GapProbability: 2}), bot.CodeInvalid},
		"graph that loses a status":          {r.sim.SetGraph(simclary.Graph{"production": nil}), bot.CodeInvalid},
	} {
		if got := bot.ErrorCode(tt.err); got != tt.want {
			t.Errorf("%s: %v, want %s", name, tt.err, tt.want)
		}
	}
}

func TestGraphChangesUnderway(t *testing.T) {
	r := newRig(t, simclary.Options{})
	g := simclary.ExampleGraph()
	g["production"] = []string{"maintenance"}
	if err := r.sim.SetGraph(g); err != nil {
		t.Fatal(err)
	}
	g["production"][0] = "lost" // the server keeps a copy
	if a := r.put("n1", "draining"); a.status != 409 {
		t.Errorf("old transition: %d %s", a.status, a.text)
	}
	if a := r.put("n1", "maintenance"); a.status != 200 {
		t.Errorf("new transition: %d %s", a.status, a.text)
	}
}
