package chat_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

func TestInquiries(t *testing.T) {
	w := busy(t)
	if got := words(w.says(t, "bob", "inquiries")); got != "Nothing waits for an answer.\n" {
		t.Errorf("got %q", got)
	}
	w.open = []bot.Inquiry{{ID: runningID, Action: "lab.set", Asker: bot.Identity{ID: "console:ann"}, Policy: "lab.ask", Required: 2, Answers: make([]bot.Approval, 1), Expires: at}}
	want := `execution | action | who asks | policy | approved | until
1a1f9287b337000000000001 | lab.set | console:ann | lab.ask | 1 of 2 | 2026-03-04 05:06:07 UTC
Type inquiry get and an id for more, then approve or deny and the id, or inquiry respond, the id and the answer.
`
	if diff := cmp.Diff(want, words(w.says(t, "bob", "inquiries"))); diff != "" {
		t.Error(diff)
	}
}

func TestApproveAndDeny(t *testing.T) {
	w := busy(t)
	for line, want := range map[string]string{
		"approve 1a1f9287b337":               "Your approval of lab.set 1a1f9287b337000000000001 counts: 1 of 2.\n",
		"deny 1a1f9287b337 during a release": "lab.set 1a1f9287b337000000000001 is denied. Nothing was done.\n",
	} {
		w.responses = nil
		if diff := cmp.Diff(want, words(w.says(t, "ann", line))); diff != "" {
			t.Error(diff)
		}
		if len(w.responses) != 1 || w.responses[0].By.ID != "console:ann" || w.responses[0].Origin.User != "ann" {
			t.Errorf("%s: %+v", line, w.responses)
		}
	}
	if w.responses[0].Reason != "during a release" && w.responses[0].Reason != "" {
		t.Errorf("%+v", w.responses)
	}
	w.responses = nil
	checkRefused(t, w, w.says(t, "bob", "approve 1a1f9287b337"), "console:bob may not run core.approve.", "")
	if diff := cmp.Diff([]executor.Response(nil), w.responses); diff != "" {
		t.Errorf("somebody who may not approve did: %s", diff)
	}
}
