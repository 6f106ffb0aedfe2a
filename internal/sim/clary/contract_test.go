package clary_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// obj is a JSON object as it is after decoding.
type obj = map[string]any

func TestCallsSucceed(t *testing.T) {
	tests := []struct {
		name, method, path string
		body               any
		status             int
		want               obj
	}{
		{
			"node", "GET", "/api/nodes/n1", nil, 200,
			obj{
				"hostname": "n1", "status": "production", "since": "2025-03-01T10:00:00Z",
				"reason": "first state", "user": "clary", "impacting": false,
			},
		},
		{
			"escaped host", "GET", "/api/nodes/rack%201%2Fn3", nil, 200,
			obj{
				"hostname": "rack 1/n3", "status": "failed", "since": "2025-03-01T10:00:00Z",
				"reason": "first state", "user": "clary", "impacting": false,
			},
		},
		{
			"set", "PUT", "/api/nodes/d1/status", setBody("maintenance"), 200,
			obj{"hostname": "d1", "previous": "drained", "status": "maintenance", "event_id": 1.0},
		},
		{
			"set with expected and without impacting", "PUT", "/api/nodes/d1/status",
			obj{"status": "production", "comment": "back", "user": "ann", "expected": "drained"},
			200,
			obj{"hostname": "d1", "previous": "drained", "status": "production", "event_id": 1.0},
		},
		{
			"comment", "POST", "/api/nodes/n1/comments",
			obj{"comment": "fan is loud", "user": "ann", "impacting": false},
			201,
			obj{"id": 1.0, "hostname": "n1"},
		},
		{
			"next", "GET", "/api/statuses/production/next", nil, 200,
			obj{"status": "production", "next": []any{"draining", "failed"}},
		},
		{
			"next of a terminal status", "GET", "/api/statuses/decommissioned/next", nil, 200,
			obj{"status": "decommissioned", "next": []any{}},
		},
		{"next of an escaped status", "GET", "/api/statuses/in%20repair/next", nil, 200, obj{"status": "in repair", "next": []any{}}},
		{"no events", "GET", "/api/events?after=0", nil, 200, obj{"events": []any{}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			graph := simclary.ExampleGraph()
			graph["in repair"] = nil
			a := newRig(t, simclary.Options{Graph: graph}).call(tt.method, tt.path, tt.body)
			if a.status != tt.status {
				t.Fatalf("status %d, want %d: %s", a.status, tt.status, a.text)
			}
			if diff := cmp.Diff(tt.want, a.body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if got := a.header.Get("Content-Type"); got != "application/json" {
				t.Errorf("Content-Type %q", got)
			}
			if got := a.header.Get("Date"); got != "Sat, 01 Mar 2025 10:00:00 GMT" {
				t.Errorf("Date %q", got)
			}
		})
	}
}

func TestCallsRefused(t *testing.T) {
	const set, comment = "/api/nodes/n1/status", "/api/nodes/n1/comments"
	with := func(name string, value any) obj {
		body := setBody("draining")
		body[name] = value
		return body
	}
	without := func(name string) obj {
		body := setBody("draining")
		delete(body, name)
		return body
	}
	tests := []struct {
		name, method, path string
		body               any
		status             int
		code, field        string
	}{
		{"unknown node", "GET", "/api/nodes/n9", nil, 404, "unknown_node", ""},
		{"set of an unknown node", "PUT", "/api/nodes/n9/status", setBody("draining"), 404, "unknown_node", ""},
		{"comment on an unknown node", "POST", "/api/nodes/n9/comments", obj{"comment": "a", "user": "b"}, 404, "unknown_node", ""},
		{"next of an unknown status", "GET", "/api/statuses/lost/next", nil, 404, "unknown_status", ""},
		{"unknown event", "GET", "/api/events/7", nil, 404, "unknown_event", ""},
		{"bad event id", "GET", "/api/events/seven", nil, 400, "bad_id", ""},

		{"unknown path", "GET", "/api/statuses", nil, 404, "unknown_path", ""},
		{"root", "GET", "/", nil, 404, "unknown_path", ""},
		{"trailing slash", "GET", "/api/nodes/n1/", nil, 404, "unknown_path", ""},
		{"empty host", "GET", "/api/nodes//status", nil, 404, "unknown_path", ""},
		{"dots", "GET", "/api/nodes/../events", nil, 404, "unknown_path", ""},
		{"wrong method on a node", "DELETE", "/api/nodes/n1", nil, 405, "method_not_allowed", ""},
		{"wrong method on a status", "POST", set, setBody("draining"), 405, "method_not_allowed", ""},
		{"wrong method on events", "PUT", "/api/events", nil, 405, "method_not_allowed", ""},

		{"no JSON", "PUT", set, "status=draining", 400, "bad_json", ""},
		{"an array", "PUT", set, "[]", 400, "bad_json", ""},
		{"null", "PUT", set, "null", 400, "bad_json", ""},
		{"empty body", "PUT", set, "", 400, "bad_json", ""},
		{"two values", "PUT", set, `{} {}`, 400, "bad_json", ""},
		{"too large", "PUT", set, strings.Repeat(" ", 64<<10+1), 413, "too_large", ""},

		{"unknown field", "PUT", set, with("force", true), 422, "unknown_field", "force"},
		{"field in the wrong letter case", "PUT", set, with("Status", "draining"), 422, "unknown_field", "Status"},
		{"unknown field of a comment", "POST", comment, obj{"comment": "a", "user": "b", "status": "c"}, 422, "unknown_field", "status"},
		{"number as status", "PUT", set, with("status", 3), 422, "wrong_type", "status"},
		{"text as impacting", "PUT", set, with("impacting", "true"), 422, "wrong_type", "impacting"},
		{"null as expected", "PUT", set, with("expected", nil), 422, "wrong_type", "expected"},
		{"object as comment", "POST", comment, obj{"comment": obj{}, "user": "b"}, 422, "wrong_type", "comment"},

		{"missing comment", "PUT", set, without("comment"), 422, "missing_comment", "comment"},
		{"blank comment", "PUT", set, with("comment", " \t\n"), 422, "missing_comment", "comment"},
		{"blank logbook comment", "POST", comment, obj{"comment": "", "user": "b"}, 422, "missing_comment", "comment"},
		{"missing user", "PUT", set, without("user"), 422, "missing_user", "user"},
		{"missing user of a comment", "POST", comment, obj{"comment": "a"}, 422, "missing_user", "user"},
		{"missing status", "PUT", set, without("status"), 422, "missing_status", "status"},
		{"unknown status", "PUT", set, with("status", "lost"), 422, "unknown_status", "status"},
		{"unknown expected", "PUT", set, with("expected", "lost"), 422, "unknown_status", "expected"},
		{"empty expected", "PUT", set, with("expected", ""), 422, "unknown_status", "expected"},
	}
	r := newRig(t, simclary.Options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := r.call(tt.method, tt.path, tt.body)
			field, _ := a.body["field"].(string)
			if a.status != tt.status || a.code() != tt.code || field != tt.field {
				t.Errorf("answer %d %s, want %d %s %q", a.status, a.text, tt.status, tt.code, tt.field)
			}
			if message, _ := a.body["message"].(string); message == "" {
				t.Errorf("no message in %s", a.text)
			}
		})
	}
	if r.status("n1") != "production" || r.sim.Stats().LastEvent != 0 {
		t.Errorf("a refused call had an effect: %+v", r.sim.Stats())
	}
}

func TestConflicts(t *testing.T) {
	tests := []struct {
		name, host string
		body       obj
		want       obj
	}{
		{
			"forbidden transition names what is allowed", "n1", setBody("maintenance"),
			obj{
				"error": "forbidden_transition", "message": "production -> maintenance is not allowed",
				"from": "production", "to": "maintenance", "allowed": []any{"draining", "failed"},
			},
		},
		{
			"terminal status allows nothing", "gone1", setBody("production"),
			obj{
				"error": "forbidden_transition", "message": "decommissioned -> production is not allowed",
				"from": "decommissioned", "to": "production", "allowed": []any{},
			},
		},
		{
			"the status it has", "n1", setBody("production"),
			obj{
				"error": "forbidden_transition", "message": "production -> production is not allowed",
				"from": "production", "to": "production", "allowed": []any{"draining", "failed"},
			},
		},
		{
			"expected something else", "n1",
			obj{"status": "maintenance", "comment": "c", "user": "u", "impacting": false, "expected": "drained"},
			obj{
				"error": "state_changed", "message": "n1 is in production, not in drained",
				"from": "production", "to": "maintenance", "status": "production", "expected": "drained",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newRig(t, simclary.Options{}).call("PUT", "/api/nodes/"+tt.host+"/status", tt.body)
			if a.status != http.StatusConflict {
				t.Errorf("status %d", a.status)
			}
			if diff := cmp.Diff(tt.want, a.body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSetToSameStatus(t *testing.T) {
	loop := simclary.ExampleGraph()
	loop["production"] = append(loop["production"], "production")
	tests := []struct {
		name string
		o    simclary.Options
		want int
	}{
		{"refused by default", simclary.Options{}, 409},
		{"listed in the graph", simclary.Options{Graph: loop}, 200},
		{"allowed by option", simclary.Options{AllowSame: true}, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if a := newRig(t, tt.o).put("n1", "production"); a.status != tt.want {
				t.Errorf("answer %d %s, want %d", a.status, a.text, tt.want)
			}
		})
	}
}

func TestContentType(t *testing.T) {
	r := newRig(t, simclary.Options{AllowSame: true})
	for contentType, want := range map[string]int{
		"application/json":                200,
		"application/json; charset=utf-8": 200,
		"text/plain":                      415,
		"":                                415,
		"application/json;;":              415,
	} {
		req := r.request(t.Context(), "PUT", "/api/nodes/n1/status", setBody("production"))
		req.Header.Set("Content-Type", contentType)
		a, err := r.do(req)
		if err != nil || a.status != want {
			t.Errorf("Content-Type %q: %d %s %v, want %d", contentType, a.status, a.text, err, want)
		}
	}
}

func TestToken(t *testing.T) {
	r := newRig(t, simclary.Options{Token: "s3cret"})
	for _, path := range []string{"/api/nodes/n1", "/api/events", "/nowhere"} {
		for header, pass := range map[string]bool{
			"": false, "Bearer wrong": false, "Basic s3cret": false, "s3cret": false, "Bearer s3cret": true,
		} {
			req := r.request(t.Context(), "GET", path, nil)
			req.Header.Set("Authorization", header)
			a, err := r.do(req)
			if err != nil || (a.status != 401) != pass {
				t.Errorf("%s with %q: %d %v", path, header, a.status, err)
			}
			if !pass && (a.code() != "unauthorized" || a.header.Get("WWW-Authenticate") != "Bearer") {
				t.Errorf("%s with %q: %s %v", path, header, a.text, a.header)
			}
		}
	}
	if a := r.call("GET", "/_sim/stats", nil); a.status != 200 {
		t.Errorf("the control API asked for a token: %d", a.status)
	}
}

func TestRequestID(t *testing.T) {
	r := newRig(t, simclary.Options{})
	req := r.request(t.Context(), "GET", "/nowhere", nil)
	req.Header.Set("X-Request-Id", "abc-1")
	a, err := r.do(req)
	if err != nil || a.header.Get("X-Request-Id") != "abc-1" {
		t.Errorf("request id %q, %v", a.header.Get("X-Request-Id"), err)
	}
	first, second := r.call("GET", "/api/nodes/n1", nil), r.call("GET", "/api/nodes/n1", nil)
	if id := first.header.Get("X-Request-Id"); id == "" || id == second.header.Get("X-Request-Id") {
		t.Errorf("request ids %q twice", id)
	}
}

func TestWrongMethodNamesTheRightOne(t *testing.T) {
	r := newRig(t, simclary.Options{})
	for path, want := range map[string]string{
		"/api/nodes/n1": "GET, HEAD", "/api/nodes/n1/status": "PUT", "/api/nodes/n1/comments": "POST",
	} {
		if got := r.call("PATCH", path, nil).header.Get("Allow"); got != want {
			t.Errorf("%s: Allow %q, want %q", path, got, want)
		}
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	if a := newRig(t, simclary.Options{}).call("HEAD", "/api/nodes/n1", nil); a.status != 200 || a.text != "" {
		t.Errorf("answer %d %q", a.status, a.text)
	}
}

func TestTransitionShowsInNode(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.clock.Advance(90 * time.Second)
	r.put("n1", "draining")
	want := obj{
		"hostname": "n1", "status": "draining", "since": "2025-03-01T10:01:30Z",
		"reason": "HW swap", "user": "ann", "impacting": true,
	}
	if diff := cmp.Diff(want, r.call("GET", "/api/nodes/n1", nil).body); diff != "" {
		t.Errorf("node (-want +got):\n%s", diff)
	}
}
