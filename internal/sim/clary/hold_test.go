package clary_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

func (r *rig) hold(host string, kind simclary.Kind, after bool) {
	r.t.Helper()
	if err := r.sim.Hold(host, kind, after); err != nil {
		r.t.Fatal(err)
	}
}

func TestHoldBeforeAndAfterTheEffect(t *testing.T) {
	for _, after := range []bool{false, true} {
		r := newRig(t, simclary.Options{})
		r.hold("n1", simclary.KindSet, after)
		req := r.request(t.Context(), "PUT", "/api/nodes/n1/status", setBody("draining"))
		req.Header.Set("X-Request-Id", "r1")
		done := r.background(req)

		want := []simclary.Held{{Host: "n1", Kind: simclary.KindSet, RequestID: "r1", After: after}}
		if diff := cmp.Diff(want, r.held("n1", 1)); diff != "" {
			t.Errorf("held (-want +got):\n%s", diff)
		}
		if moved := r.status("n1") == "draining"; moved != after {
			t.Errorf("after %v: moved %v while held", after, moved)
		}
		if n := len(r.ledger.lines(t)); (n == 1) != after {
			t.Errorf("after %v: %d ledger lines while held", after, n)
		}
		r.call("GET", "/api/nodes/n1", nil) // another kind passes
		r.put("n2", "draining")             // another host passes

		if n := r.sim.Release("n1"); n != 1 {
			t.Errorf("%d requests released, want 1", n)
		}
		if err := <-done; err != nil || r.status("n1") != "draining" {
			t.Errorf("after %v: %v, n1 is in %s", after, err, r.status("n1"))
		}
		r.put("n1", "drained") // the rule is gone
	}
}

func TestStepStopsTheNextRequest(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.hold("n1", "", false)
	for _, status := range []string{"draining", "drained"} {
		done := r.background(r.request(t.Context(), "PUT", "/api/nodes/n1/status", setBody(status)))
		r.held("n1", 1)
		if n := r.sim.Step("n1"); n != 1 {
			t.Errorf("%d requests let go, want 1", n)
		}
		if err := <-done; err != nil || r.status("n1") != status {
			t.Errorf("%v, n1 is in %s, want %s", err, r.status("n1"), status)
		}
	}
}

func TestHeldRequestThenDropped(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.hold("n1", "", true)
	r.inject(simclary.Fault{Host: "n1", Effect: simclary.EffectDrop, After: true})
	done := r.background(r.request(t.Context(), "PUT", "/api/nodes/n1/status", setBody("draining")))
	r.held("n1", 1)
	r.checkOutcome(true, "")
	r.sim.Release("n1")
	if err := <-done; err == nil {
		t.Error("the answer was not dropped")
	}
}

func TestClientGoneWhileHeld(t *testing.T) {
	for _, after := range []bool{false, true} {
		r := newRig(t, simclary.Options{})
		r.hold("n1", "", after)
		ctx, cancel := context.WithCancel(t.Context())
		done := r.background(r.request(ctx, "PUT", "/api/nodes/n1/status", setBody("draining")))
		r.held("n1", 1)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		r.served.Wait()
		r.checkOutcome(after, "client_gone")
		if list, _ := r.sim.WaitHeld(t.Context(), "n1", 0); len(list) != 0 {
			t.Errorf("after %v: still held: %v", after, list)
		}
	}
}

func TestHangCount(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.inject(simclary.Fault{Kind: simclary.KindNode, Effect: simclary.EffectHang, Count: 2})
	first := r.background(r.request(t.Context(), "GET", "/api/nodes/n1", nil))
	second := r.background(r.request(t.Context(), "GET", "/api/nodes/n2", nil))
	r.held("", 2)
	r.call("GET", "/api/nodes/n1", nil) // the third passes
	if n := r.sim.Release("n2"); n != 1 {
		t.Errorf("%d requests of n2 released, want 1", n)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
	r.held("n1", 1)
	r.sim.Release("")
	if err := <-first; err != nil {
		t.Error(err)
	}
}

func TestWaitHeldEndsWithItsContext(t *testing.T) {
	r := newRig(t, simclary.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.sim.WaitHeld(ctx, "n1", 1); bot.ErrorCode(err) != bot.CodeTimeout {
		t.Errorf("error %v", err)
	}
}
