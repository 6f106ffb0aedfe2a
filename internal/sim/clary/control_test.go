package clary_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// TestControlAPI walks through every control call once, as a test in another process would.
func TestControlAPI(t *testing.T) {
	r := newRig(t, simclary.Options{Async: map[string]time.Duration{"draining": 0}})
	steps := []struct {
		method, path string
		body         any
		want         obj
	}{
		{"PUT", "/_sim/latency", obj{"latency": "0s"}, obj{}},
		{"PUT", "/_sim/nodes/n1/status", obj{"status": "draining", "user": "zoe"}, obj{"event_id": 1.0}},
		{
			"GET", "/_sim/nodes/n1", nil,
			obj{
				"hostname": "n1", "status": "draining", "since": "2025-03-01T10:00:00Z", "reason": "", "user": "zoe",
				"impacting": false, "comments": 0.0, "settled": false, "in_flight": 0.0, "peak": 0.0,
			},
		},
		{"POST", "/_sim/nodes/n1/settle", nil, obj{}},
		{
			"PUT", "/api/nodes/n1/status", setBody("drained"),
			obj{"hostname": "n1", "previous": "draining", "status": "drained", "event_id": 2.0},
		},

		{"POST", "/_sim/faults", obj{"host": "n1", "kind": "node", "effect": "delay", "delay": "250ms", "count": 2}, obj{"id": 1.0}},
		{
			"GET", "/_sim/faults", nil,
			obj{"faults": []any{obj{
				"id": 1.0, "host": "n1", "kind": "node", "effect": "delay", "delay": "250ms",
				"count": 2.0, "left": 2.0, "fired": 0.0, "after": false,
			}}},
		},
		{"DELETE", "/_sim/faults", nil, obj{}},
		{"GET", "/_sim/faults", nil, obj{"faults": []any{}}},

		{"PUT", "/_sim/events/options", obj{"gone": true}, obj{}},
		{"POST", "/_sim/events", obj{"type": "weather"}, obj{"id": 3.0}},
		{"POST", "/_sim/events/hide", obj{"count": 1}, obj{}},
		{"POST", "/_sim/events", obj{"type": "weather"}, obj{"id": 4.0}},
		{"POST", "/_sim/events/truncate", obj{"before": 3}, obj{}},
		{"GET", "/api/events?after=2", nil, obj{"events": []any{obj{"id": 3.0, "type": "weather"}}}},
		{"POST", "/_sim/events/show", nil, obj{"shown": 1.0}},
		{
			"GET", "/_sim/stats", nil,
			obj{
				"requests":  obj{"node": 0.0, "set": 1.0, "comment": 0.0, "next": 0.0, "events": 1.0, "event": 0.0, "other": 0.0},
				"in_flight": 0.0, "peak": 1.0, "peak_per_host": 1.0, "peak_host": "n1",
				"ledger": obj{"transition": 1.0, "external": 1.0}, "last_event": 4.0, "events": 2.0,
			},
		},
		{"DELETE", "/_sim/stats", nil, obj{}},
		{"DELETE", "/_sim/events", nil, obj{}},
		{"GET", "/api/events?after=0", nil, obj{"events": []any{}}},

		{"PUT", "/_sim/graph", widerGraph(), obj{}},
		{"GET", "/api/statuses/burnt/next", nil, obj{"status": "burnt", "next": []any{}}},
	}
	for _, s := range steps {
		a := r.call(s.method, s.path, s.body)
		if diff := cmp.Diff(s.want, a.body); a.status != 200 || diff != "" {
			t.Errorf("%s %s: %d (-want +got):\n%s", s.method, s.path, a.status, diff)
		}
	}
	nodes, _ := r.call("GET", "/_sim/nodes", nil).body["nodes"].([]any)
	if len(nodes) != len(smallSite()) {
		t.Errorf("%d nodes", len(nodes))
	}
}

func widerGraph() simclary.Graph {
	g := simclary.ExampleGraph()
	g["burnt"] = nil
	return g
}

func TestControlHoldAndRelease(t *testing.T) {
	r := newRig(t, simclary.Options{})
	held := obj{"host": "n1", "kind": "set", "request_id": "r1", "after": true}
	request := func(status string) <-chan error {
		req := r.request(t.Context(), "PUT", "/api/nodes/n1/status", setBody(status))
		req.Header.Set("X-Request-Id", "r1")
		return r.background(req)
	}
	check := func(method, path string, body any, want obj) {
		t.Helper()
		a := r.call(method, path, body)
		if diff := cmp.Diff(want, a.body); a.status != 200 || diff != "" {
			t.Errorf("%s %s: %d (-want +got):\n%s", method, path, a.status, diff)
		}
	}
	nobody := obj{"reached": false, "held": []any{}}
	one := obj{"reached": true, "held": []any{held}}

	check("POST", "/_sim/hold", obj{"host": "n1", "kind": "set", "after": true}, obj{})
	check("GET", "/_sim/held?host=n1", nil, nobody)
	first := request("draining")
	check("GET", "/_sim/held?host=n1&timeout=1h", nil, one)
	check("POST", "/_sim/release", obj{"host": "n1", "keep": true}, obj{"released": 1.0})
	if err := <-first; err != nil {
		t.Error(err)
	}
	second := request("drained")
	check("GET", "/_sim/held?timeout=1h", nil, one)
	check("POST", "/_sim/release", obj{}, obj{"released": 1.0})
	if err := <-second; err != nil {
		t.Error(err)
	}
	r.put("n1", "maintenance")
}

func TestControlHeldTimesOutOnTheClock(t *testing.T) {
	r := newRig(t, simclary.Options{})
	done := r.background(r.request(t.Context(), "GET", "/_sim/held?host=n1&count=2&timeout=5s", nil))
	r.asleep(1)
	r.clock.Advance(5 * time.Second)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestControlRefuses(t *testing.T) {
	r := newRig(t, simclary.Options{})
	tests := []struct {
		method, path string
		body         any
		status       int
	}{
		{"POST", "/_sim/faults", obj{"effect": "burn"}, 400},
		{"POST", "/_sim/faults", obj{"effect": "drop", "hots": "n1"}, 400},
		{"POST", "/_sim/faults", obj{"effect": "delay", "delay": "soon"}, 400},
		{"POST", "/_sim/faults", "{} {}", 400},
		{"POST", "/_sim/hold", obj{"host": "n9"}, 400},
		{"PUT", "/_sim/latency", obj{"latency": "-1s"}, 400},
		{"PUT", "/_sim/latency", obj{"latency": 5}, 400},
		{"PUT", "/_sim/graph", obj{"up": []string{"down"}}, 400},
		{"PUT", "/_sim/events/options", obj{"max_gap": -1}, 400},
		{"POST", "/_sim/events/hide", obj{"count": -1}, 400},
		{"POST", "/_sim/events", "[]", 400},
		{"GET", "/_sim/held?count=x", nil, 400},
		{"GET", "/_sim/held?timeout=x", nil, 400},
		{"PUT", "/_sim/nodes/n1/status", obj{"status": "lost"}, 400},
		{"PUT", "/_sim/nodes/n1/status", "{", 400},
		{"PUT", "/_sim/nodes/n9/status", obj{"status": "failed"}, 404},
		{"GET", "/_sim/nodes/n9", nil, 404},
		{"POST", "/_sim/nodes/n9/settle", nil, 404},
		{"GET", "/_sim/nowhere", nil, 404},
		{"POST", "/_sim/stats", nil, 405},
	}
	for _, tt := range tests {
		if a := r.call(tt.method, tt.path, tt.body); a.status != tt.status {
			t.Errorf("%s %s %v: %d %s, want %d", tt.method, tt.path, tt.body, a.status, a.text, tt.status)
		}
	}
	r.ledger.fail(errors.New("disk full"))
	if a := r.call("PUT", "/_sim/nodes/n1/status", obj{"status": "failed"}); a.status != 500 {
		t.Errorf("ledger failure: %d %s", a.status, a.text)
	}
}
