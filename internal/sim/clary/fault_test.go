package clary_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

func (r *rig) inject(f simclary.Fault) {
	r.t.Helper()
	if _, err := r.sim.InjectFault(f); err != nil {
		r.t.Fatal(err)
	}
}

func TestFaultAnswers(t *testing.T) {
	status := func(code, retryAfter int) simclary.Fault {
		return simclary.Fault{Effect: simclary.EffectStatus, Status: code, RetryAfter: retryAfter}
	}
	tests := []struct {
		name       string
		fault      simclary.Fault
		status     int
		code       string // what the body and the ledger say
		retryAfter string
	}{
		{"401", status(401, 0), 401, "unauthorized", ""},
		{"403", status(403, 0), 403, "forbidden", ""},
		{"429", status(429, 7), 429, "too_many_requests", "7"},
		{"500", status(500, 0), 500, "internal", ""},
		{"503", status(503, 2), 503, "unavailable", "2"},
		{"garbage", simclary.Fault{Effect: simclary.EffectGarbage}, 200, "garbage", ""},
		{"empty", simclary.Fault{Effect: simclary.EffectEmpty}, 200, "empty", ""},
	}
	for _, tt := range tests {
		for _, after := range []bool{false, true} {
			name := tt.name + " before the effect"
			if after {
				name = tt.name + " after the effect"
			}
			t.Run(name, func(t *testing.T) {
				r := newRig(t, simclary.Options{})
				tt.fault.After = after
				r.inject(tt.fault)
				a := r.put("n1", "draining")
				if a.status != tt.status || a.header.Get("Retry-After") != tt.retryAfter {
					t.Errorf("answer %d %s %v", a.status, a.text, a.header)
				}
				if tt.status != 200 && a.code() != tt.code {
					t.Errorf("code %q, want %q", a.code(), tt.code)
				}
				if tt.status == 200 && a.body != nil {
					t.Errorf("the body %q can be read", a.text)
				}
				r.checkOutcome(after, tt.code)
				if a := r.put("n2", "draining"); a.status != 200 {
					t.Errorf("the next request met the rule again: %d %s", a.status, a.text)
				}
			})
		}
	}
}

// checkOutcome checks that n1 was moved to draining, or that the attempt is in the ledger with the code.
func (r *rig) checkOutcome(moved bool, code string) {
	r.t.Helper()
	line := r.ledger.lines(r.t)[0]
	if moved {
		if line.Kind != simclary.LineTransition || line.Code != "" || r.status("n1") != "draining" {
			r.t.Errorf("no effect: n1 is in %s, ledger %+v", r.status("n1"), line)
		}
		return
	}
	if line.Kind != simclary.LineRefused || line.Code != code || r.status("n1") != "production" {
		r.t.Errorf("want no effect and code %q: n1 is in %s, ledger %+v", code, r.status("n1"), line)
	}
}

func TestDroppedConnection(t *testing.T) {
	for _, after := range []bool{false, true} {
		r := newRig(t, simclary.Options{})
		r.inject(simclary.Fault{Effect: simclary.EffectDrop, After: after})
		_, err := r.do(r.request(t.Context(), "PUT", "/api/nodes/n1/status", setBody("draining")))
		if !errors.Is(err, io.EOF) {
			t.Errorf("after %v: error %v, want a closed connection", after, err)
		}
		r.checkOutcome(after, "drop")
		if line := r.ledger.lines(t)[0]; line.Fault != simclary.EffectDrop {
			t.Errorf("after %v: the ledger does not name the fault: %+v", after, line)
		}
		if st := r.sim.Stats(); st.InFlight != 0 {
			t.Errorf("after %v: %d requests still in flight", after, st.InFlight)
		}
	}
}

func TestWrongContentType(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.inject(simclary.Fault{Effect: simclary.EffectContentType})
	a := r.put("n1", "draining")
	if a.header.Get("Content-Type") != "text/html; charset=utf-8" || a.body["status"] != "draining" {
		t.Errorf("answer %q %s", a.header.Get("Content-Type"), a.text)
	}
	r.checkOutcome(true, "")
}

func TestFaultMatching(t *testing.T) {
	r := newRig(t, simclary.Options{})
	five := func(f simclary.Fault) simclary.Fault {
		f.Effect, f.Status = simclary.EffectStatus, 500
		return f
	}
	r.inject(five(simclary.Fault{Host: "n1", Count: 2}))
	r.inject(five(simclary.Fault{Kind: simclary.KindNext}))
	r.inject(five(simclary.Fault{Host: "n2", Kind: simclary.KindComment, Count: simclary.Forever}))
	calls := []struct {
		path string
		want int
	}{
		{"/api/nodes/n2", 200},
		{"/api/nodes/n1", 500},
		{"/api/nodes/n1", 500},
		{"/api/nodes/n1", 200},
		{"/api/statuses/production/next", 500},
		{"/api/statuses/production/next", 200},
		{"/api/events", 200},
	}
	for i, c := range calls {
		if a := r.call("GET", c.path, nil); a.status != c.want {
			t.Errorf("call %d, %s: %d, want %d", i, c.path, a.status, c.want)
		}
	}
	for range 3 {
		if a := r.call("POST", "/api/nodes/n2/comments", obj{"comment": "a", "user": "b"}); a.status != 500 {
			t.Errorf("comment: %d", a.status)
		}
	}
	var fired, left []int
	for _, f := range r.sim.Faults() {
		fired, left = append(fired, f.Fired), append(left, f.Left)
	}
	if diff := cmp.Diff([][]int{{2, 1, 3}, {0, 0, -1}}, [][]int{fired, left}); diff != "" {
		t.Errorf("fired and left (-want +got):\n%s", diff)
	}
	r.sim.ClearFaults()
	if a := r.call("POST", "/api/nodes/n2/comments", obj{"comment": "a", "user": "b"}); a.status != 201 || len(r.sim.Faults()) != 0 {
		t.Errorf("after clearing: %d, %d rules", a.status, len(r.sim.Faults()))
	}
}

func TestFaultRulesThatCannotBe(t *testing.T) {
	r := newRig(t, simclary.Options{})
	for name, f := range map[string]simclary.Fault{
		"no effect":              {},
		"unknown effect":         {Effect: "burn"},
		"unknown kind":           {Effect: simclary.EffectDrop, Kind: "list"},
		"unknown host":           {Effect: simclary.EffectDrop, Host: "n9"},
		"host of a call without": {Effect: simclary.EffectDrop, Host: "n1", Kind: simclary.KindEvents},
		"page effect elsewhere":  {Effect: simclary.EffectUnsorted, Kind: simclary.KindNode},
		"page effect on a host":  {Effect: simclary.EffectUnsorted, Host: "n1"},
		"status missing":         {Effect: simclary.EffectStatus},
		"status of success":      {Effect: simclary.EffectStatus, Status: 200},
		"status without need":    {Effect: simclary.EffectDrop, Status: 500},
		"negative wait":          {Effect: simclary.EffectStatus, Status: 429, RetryAfter: -1},
		"delay missing":          {Effect: simclary.EffectDelay},
		"delay without need":     {Effect: simclary.EffectDrop, Delay: time.Second},
	} {
		if _, err := r.sim.InjectFault(f); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestDelayRunsOnTheClock(t *testing.T) {
	for _, after := range []bool{false, true} {
		r := newRig(t, simclary.Options{})
		r.inject(simclary.Fault{Effect: simclary.EffectDelay, Delay: time.Minute, After: after})
		done := r.background(r.request(t.Context(), "PUT", "/api/nodes/n1/status", setBody("draining")))
		r.asleep(1)
		if moved := r.status("n1") == "draining"; moved != after {
			t.Errorf("after %v: moved %v during the wait", after, moved)
		}
		r.clock.Advance(time.Minute)
		if err := <-done; err != nil || r.status("n1") != "draining" {
			t.Errorf("after %v: %v, n1 is in %s", after, err, r.status("n1"))
		}
	}
}

func TestLatency(t *testing.T) {
	r := newRig(t, simclary.Options{Latency: time.Second})
	done := r.background(r.request(t.Context(), "GET", "/api/nodes/n1", nil))
	r.asleep(1)
	r.clock.Advance(time.Second)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := r.sim.SetLatency(-1); bot.ErrorCode(err) != bot.CodeInvalid {
		t.Errorf("negative latency: %v", err)
	}
	if err := r.sim.SetLatency(0); err != nil {
		t.Fatal(err)
	}
	r.call("GET", "/api/nodes/n1", nil)
}

// A client that goes away before the effect must leave none, or a test could not tell what "timed out" means.
func TestClientGoneBeforeTheEffect(t *testing.T) {
	r := newRig(t, simclary.Options{Latency: time.Second})
	ctx, cancel := context.WithCancel(t.Context())
	done := r.background(r.request(ctx, "PUT", "/api/nodes/n1/status", setBody("draining")))
	r.asleep(1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	r.served.Wait()
	r.checkOutcome(false, "client_gone")
}
