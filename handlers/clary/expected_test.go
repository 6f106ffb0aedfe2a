package clary_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/handlertest"
)

const moved = "It was production when this was offered, and is failed now. Nothing was changed. Look at it; if you still want this, ask anew with expected=failed."

// What was asked for on a belief that does not hold is not done, at the plan nor after it.
func TestExpected(t *testing.T) {
	for _, entry := range []string{"NodeStatusSet", "NodeStatusEnsure"} {
		t.Run(entry+" as expected", func(t *testing.T) {
			r := newRig(t, site{})
			if a := r.do(entry, to("irene4000", "draining", "expected", "production")); a.err != nil || r.status("irene4000") != "draining" {
				t.Errorf("%v, %s", a.err, r.status("irene4000"))
			}
		})
		for _, wanted := range []string{"draining", "failed"} { // also where nothing would have to be done
			t.Run(entry+" moved, to "+wanted, func(t *testing.T) {
				r := newRig(t, site{})
				r.somebody("irene4000", "failed")
				a := r.do(entry, to("irene4000", wanted, "expected", "production"))
				if a.text() != "irene4000: "+moved || bot.ErrorCode(a.err) != bot.CodeConflict {
					t.Errorf("%s: %q", bot.ErrorCode(a.err), a.text())
				}
				if got := r.entered("irene4000"); len(got) > 0 {
					t.Errorf("entered %v", got)
				}
			})
		}
		t.Run(entry+" one of two", func(t *testing.T) {
			r := newRig(t, site{})
			r.somebody("irene4000", "failed")
			a := r.do(entry, to("irene[4000-4001]", "draining", "expected", "production"))
			if !strings.Contains(strings.Join(a.plan.Lines, "\n"), "not possible for 1 host: irene4000: "+moved) || !strings.Contains(a.text(), moved) {
				t.Errorf("plan %q, text %q", a.plan.Lines, a.text())
			}
			if r.status("irene4000") != "failed" || r.status("irene4001") != "draining" {
				t.Errorf("they are %s and %s", r.status("irene4000"), r.status("irene4001"))
			}
		})
	}
}

// The next attempt goes on with what an earlier one has moved, and takes up nothing else that is not where it was believed to be.
func TestExpectedAfterDeath(t *testing.T) {
	r := newRig(t, site{})
	r.somebody("irene4000", "draining") // by the attempt before
	r.somebody("irene4001", "draining") // by somebody else
	again := alice()
	again.Attempt = 2
	a := r.run(t.Context(), "NodeStatusEnsure", to("irene[4000-4001]", "maintenance", "expected", "production"), handlertest.JobOptions{
		Request: again,
		Earlier: map[string]bot.Checkpoint{"irene4000": {Target: "irene4000", Phase: bot.Intent, From: "production", Path: []string{"draining", "drained", "maintenance"}}},
	})
	if r.status("irene4000") != "maintenance" || r.status("irene4001") != "draining" {
		t.Errorf("they are %s and %s (%v)", r.status("irene4000"), r.status("irene4001"), a.err)
	}
	if !strings.Contains(a.text(), "irene4001: It was production when this was offered, and is draining now.") {
		t.Errorf("text %q", a.text())
	}
}

// A dry run tells the same.
func TestExpectedDryRun(t *testing.T) {
	r := newRig(t, site{})
	r.somebody("irene4000", "failed")
	a := r.do("NodeStatusEnsure", to("irene4000", "draining", "expected", "production", "dry_run", true))
	if d := cmp.Diff("irene4000: "+moved, a.text()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
