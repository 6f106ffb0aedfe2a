package clary_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/clary"
	"github.com/petrelops/petrel/handlers/handlertest"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

func TestSetForbidden(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeStatusSet", to("irene[4000-4001]", "maintenance", "impacting", true))
	want := "2 of 2 hosts failed. irene[4000-4001]: Clary does not allow production -> maintenance. " +
		"Allowed from production: draining, failed. Type clary ensure instead of clary set to go through other statuses."
	if a.text() != want || bot.ErrorCode(a.err) != bot.CodeForbidden {
		t.Errorf("code %s, text %q, want %q", bot.ErrorCode(a.err), a.text(), want)
	}
	button := bot.Button{
		Label:   "Ensure instead",
		Command: `clary node status ensure irene[4000-4001] maintenance "hw swap" impacting=true`,
	}
	last := a.result.Blocks[len(a.result.Blocks)-1]
	if d := cmp.Diff([]bot.Button{button}, last.Buttons); d != "" {
		t.Errorf("buttons (-want +got):\n%s", d)
	}
	if calls := r.sim.Stats().Requests[simclary.KindSet]; calls != 2 {
		t.Errorf("%d writes, want one per host", calls)
	}
}

func TestSetToTheSame(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeStatusSet", to("irene4000", "production"))
	want := "irene4000: It is production already, and Clary does not let it be set again. Nothing needs to be done."
	if a.text() != want {
		t.Errorf("text %q, want %q", a.text(), want)
	}
	if calls := r.sim.Stats().Requests[simclary.KindSet]; calls != 1 {
		t.Errorf("%d writes, want 1: Clary decides", calls)
	}
	lenient := newRig(t, site{sim: simclary.Options{AllowSame: true}})
	if a := lenient.do("NodeStatusSet", to("irene4000", "production")); a.err != nil {
		t.Error(a.err)
	}
}

func TestSetFromTerminal(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeStatusSet", to("irene4059", "spare"))
	want := "irene4059: Clary does not allow decommissioned -> spare. Nothing is allowed from decommissioned; ask whoever runs Clary."
	if a.text() != want {
		t.Errorf("text %q, want %q", a.text(), want)
	}
}

// What became of a write whose answer was lost is found out by reading. No effect happens twice.
func TestLostAnswer(t *testing.T) {
	fault := func(effect simclary.Effect, after bool, count int) simclary.Fault {
		f := simclary.Fault{Host: "irene4000", Kind: simclary.KindSet, Effect: effect, After: after, Count: count}
		if effect == simclary.EffectStatus {
			f.Status = 500
		}
		return f
	}
	for _, tc := range []struct {
		name  string
		fault simclary.Fault
		want  string // the error text
		calls int64
		done  int
	}{
		{"dropped after the effect", fault(simclary.EffectDrop, true, 1), "", 1, 1},
		{"dropped before the effect", fault(simclary.EffectDrop, false, 1), "", 2, 1},
		{"500 after the effect", fault(simclary.EffectStatus, true, 1), "", 1, 1},
		{"500 before the effect", fault(simclary.EffectStatus, false, 1), "", 2, 1},
		{"garbage after the effect", fault(simclary.EffectGarbage, true, 1), "", 1, 1},
		{"garbage before the effect", fault(simclary.EffectGarbage, false, 1), "", 2, 1},
		{"empty after the effect", fault(simclary.EffectEmpty, true, 1), "", 1, 1},
		{"a web page after the effect", fault(simclary.EffectContentType, true, 1), "", 1, 1},
		{
			"never", fault(simclary.EffectStatus, false, always),
			"irene4000: Clary has a fault of its own (500). Try again in a minute; if it stays, tell whoever runs Clary.", 2, 0,
		},
	} {
		for _, entry := range []string{"NodeStatusSet", "NodeStatusEnsure"} {
			t.Run(entry+" "+tc.name, func(t *testing.T) {
				r := newRig(t, site{})
				r.fault(tc.fault)
				a := r.do(entry, to("irene4000", "draining"))
				if a.text() != tc.want {
					t.Errorf("text %q, want %q", a.text(), tc.want)
				}
				if got := r.sim.Stats().Requests[simclary.KindSet]; got != tc.calls {
					t.Errorf("%d writes asked for, want %d", got, tc.calls)
				}
				if got := r.entered("irene4000"); len(got) != tc.done {
					t.Errorf("effects %v, want %d", got, tc.done)
				}
			})
		}
	}
}

// A write that was given up on and then happens late is recognised as ours.
func TestLateEffect(t *testing.T) {
	r := newRig(t, site{config: clary.Config{Timeout: 50 * time.Millisecond}})
	r.fault(simclary.Fault{Host: "irene4000", Kind: simclary.KindSet, Effect: simclary.EffectHang, After: true})
	a := r.do("NodeStatusSet", to("irene4000", "draining"))
	if a.err != nil {
		t.Error(a.err)
	}
	if d := cmp.Diff([]string{"draining"}, r.entered("irene4000")); d != "" {
		t.Errorf("effects (-want +got):\n%s", d)
	}
}

// 429 is a refusal, so that even a write is sent again, after the pause.
func TestWriteAfter429(t *testing.T) {
	r := newRig(t, site{})
	r.fault(simclary.Fault{Kind: simclary.KindSet, Effect: simclary.EffectStatus, Status: 429, RetryAfter: 9, Count: 2})
	if a := r.do("NodeStatusSet", to("irene4000", "draining")); a.err != nil {
		t.Fatal(a.err)
	}
	if d := cmp.Diff([]time.Duration{9 * time.Second, 9 * time.Second}, r.clock.waited()); d != "" {
		t.Errorf("pauses (-want +got):\n%s", d)
	}
}

func TestLostAndUnreadable(t *testing.T) {
	r := newRig(t, site{})
	h := r.handler("NodeStatusSet")
	p := to("irene4000", "draining")
	plan, err := h.Plan(t.Context(), alice(), p)
	if err != nil {
		t.Fatal(err)
	}
	r.fault(simclary.Fault{Kind: simclary.KindSet, Effect: simclary.EffectDrop, After: true})
	r.fault(simclary.Fault{Kind: simclary.KindNode, Effect: simclary.EffectStatus, Status: 503, Count: always})
	job := handlertest.NewJob(handlertest.JobOptions{Request: alice(), Plan: &plan})
	_, err = h.Do(t.Context(), job, p)
	want := "irene4000: It is not known where it is: a change of status was not confirmed, and then Clary has a fault of its own (503). " +
		"Try again in a minute; if it stays, tell whoever runs Clary."
	if got := bot.ErrorText(err); got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if got := job.Left()["irene4000"].Phase; got != bot.Intent {
		t.Errorf("the checkpoint is %q, want an open intent", got)
	}
}

// Between plan and write somebody else changes the node: it is reported and left alone.
func TestSomebodyElse(t *testing.T) {
	for _, tc := range []struct {
		entry, now, want string
		entered          []string
	}{
		{
			"NodeStatusSet", "failed",
			"irene4000: Somebody else changed it meanwhile: it is failed now, not production. Nothing was overwritten; look at it and decide again.",
			nil,
		},
		{"NodeStatusSet", "drained", "", nil},
		{
			"NodeStatusEnsure", "failed",
			"irene4000: Somebody else changed it meanwhile: it is failed now, not production. Nothing was overwritten; look at it and decide again.",
			nil,
		},
		{"NodeStatusEnsure", "drained", "", nil},
		{"NodeStatusEnsure", "draining", "", []string{"drained"}},
	} {
		t.Run(tc.entry+" "+tc.now, func(t *testing.T) {
			r := newRig(t, site{})
			h := r.handler(tc.entry)
			p := to("irene4000", "drained")
			plan, err := h.Plan(t.Context(), alice(), p)
			if err != nil {
				t.Fatal(err)
			}
			r.somebody("irene4000", tc.now)
			_, err = h.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{Request: alice(), Plan: &plan}), p)
			if got := bot.ErrorText(err); got != tc.want {
				t.Errorf("text %q, want %q", got, tc.want)
			}
			if d := cmp.Diff(tc.entered, r.entered("irene4000")); d != "" {
				t.Errorf("effects (-want +got):\n%s", d)
			}
		})
	}
}

// After a crash the checkpoints and the status that is read decide about each host.
func TestSecondAttempt(t *testing.T) {
	path := []string{"draining", "drained", "maintenance"}
	intent := bot.Checkpoint{Phase: bot.Intent, From: "production", Path: path}
	for _, tc := range []struct {
		name    string
		mark    bot.Checkpoint
		now     string
		want    string // the error text
		did     string
		entered []string
	}{
		{"not begun", intent, "production", "", "ok", path},
		{"half way", intent, "draining", "", "ok", path[1:]},
		{"there", intent, "maintenance", "", "done by an earlier attempt", nil},
		{
			"somebody else", intent, "validation",
			"irene4000: Somebody else changed it meanwhile: it is validation now, not production. " +
				"Nothing was overwritten; look at it and decide again.", "", nil,
		},
		{
			"done, then changed by somebody else",
			bot.Checkpoint{Phase: bot.Done, From: "production", Path: path},
			"failed",
			"", "done by an earlier attempt", nil,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{})
			if tc.now != "production" {
				r.somebody("irene4000", tc.now)
			}
			tc.mark.Target = "irene4000"
			a := r.run(t.Context(), "NodeStatusEnsure", to("irene4000", "maintenance"), handlertest.JobOptions{
				Earlier: map[string]bot.Checkpoint{"irene4000": tc.mark},
			})
			if a.text() != tc.want {
				t.Errorf("text %q, want %q", a.text(), tc.want)
			}
			if got := a.rows()[0][3]; tc.want == "" && got != tc.did {
				t.Errorf("result %q, want %q", got, tc.did)
			}
			if d := cmp.Diff(tc.entered, r.entered("irene4000")); d != "" {
				t.Errorf("effects (-want +got):\n%s", d)
			}
		})
	}
}

// A cancel stops between two steps: the one on its way is carried to its end, and the report says where the host is.
func TestCancelBetweenSteps(t *testing.T) {
	r := newRig(t, site{})
	if err := r.sim.Hold("irene4000", simclary.KindSet, false); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan attempt, 1)
	go func() {
		ended <- r.run(ctx, "NodeStatusEnsure", to("irene[4000-4009]", "maintenance", "concurrency", 1), handlertest.JobOptions{})
	}()
	patience, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if _, err := r.sim.WaitHeld(patience, "irene4000", 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	r.sim.Release("irene4000")
	a := <-ended
	want := "Stopped after 0 of 10 hosts. irene[4001-4009]: Not started. irene4000: Stopped between two steps; it is draining now."
	if a.text() != want || bot.ErrorCode(a.err) != bot.CodeCanceled {
		t.Errorf("code %s, text %q, want %q", bot.ErrorCode(a.err), a.text(), want)
	}
	if d := cmp.Diff([]string{"draining"}, r.entered("irene4000")); d != "" {
		t.Errorf("effects (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"irene4000", "production", "draining"}, a.rows()[0][:3]); d != "" {
		t.Errorf("row (-want +got):\n%s", d)
	}
}

// A worker that lost its execution must not touch another host.
func TestFencedOnTheWay(t *testing.T) {
	r := newRig(t, site{})
	var job *handlertest.Job
	h := r.handler("NodeStatusSet")
	p := to("irene[4000-4029]", "draining", "concurrency", 1)
	plan, err := h.Plan(t.Context(), alice(), p)
	if err != nil {
		t.Fatal(err)
	}
	job = handlertest.NewJob(handlertest.JobOptions{Request: alice(), Plan: &plan, OnProgress: func(bot.Progress) { job.Fence() }})
	if _, err = h.Do(t.Context(), job, p); bot.ErrorCode(err) != bot.CodeFenced {
		t.Errorf("error %v, want the one of the fence", err)
	}
	if writes := len(r.ledger.lines(t, simclary.LineTransition)); writes > 3 {
		t.Errorf("%d writes after the first host was through", writes)
	}
}
