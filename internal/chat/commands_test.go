package chat_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/chat"
)

const (
	doneID    = "1a1f9287b336000000000001"
	runningID = "1a1f9287b337000000000001"
	waitingID = "1a1f9287b338000000000001"
)

// busy is a world in which ann has changed a host, changes another and is about to change a third.
func busy(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.list = []bot.Execution{changed(doneID, bot.Succeeded), changed(runningID, bot.Running), changed(waitingID, bot.Requested)}
	w.result = bot.Result{Blocks: []bot.Block{bot.TextBlock("irene1 was production")}}
	return w
}

func TestExecutions(t *testing.T) {
	w := busy(t)
	want := `execution | action | status | who | when
1a1f9287b336000000000001 | lab.set | succeeded | console:ann | 2026-03-04 05:06:07 UTC
1a1f9287b337000000000001 | lab.set | running | console:ann | 2026-03-04 05:06:07 UTC
`
	if diff := cmp.Diff(want, words(w.says(t, "bob", "executions 2"))); diff != "" {
		t.Error(diff)
	}
	w.list = nil
	if got := words(w.says(t, "bob", "executions")); got != "Nothing was executed yet.\n" {
		t.Errorf("got %q", got)
	}
}

func TestExecution(t *testing.T) {
	want := `execution: 1a1f9287b336000000000001
action: lab.set
status: succeeded
who: console:ann
typed: lab set irene1 draining
host: irene1
status: draining
token: ********
runs again: 1a1f9287b336000000000000
2026-03-04 | status | by | why
05:06:07.000 | requested | console:ann | 
05:06:07.000 | succeeded | petrel | because
Plan:
production -> draining
irene1 is draining
irene1 was production
`
	w := busy(t)
	for _, id := range []string{doneID, "1A1F9287B336"} {
		if diff := cmp.Diff(want, words(w.says(t, "bob", "execution "+id))); diff != "" {
			t.Error(diff)
		}
	}
	checkRefused(t, w, w.says(t, "bob", "execution 000000"), "There is no execution 000000.", "")
}

// Whatever is shown of an execution, its secrets are not in it, not even when the action that could
// tell what is secret is gone.
func TestSecretsAreNotShown(t *testing.T) {
	w := busy(t)
	gone := *w.content
	gone.Actions = catalog{}
	for name, c := range map[string]*chat.Content{"action known": w.content, "action gone": &gone} {
		e := changed(doneID, bot.Failed)
		shown, err := json.Marshal(chat.Show(e, bot.Result{}, c))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(shown), "hunter2") {
			t.Errorf("%s: the secret is in %s", name, shown)
		}
	}
}

// An execution is canceled by whoever may run its action, and by nobody else.
func TestCancel(t *testing.T) {
	w := busy(t)
	if got := words(w.says(t, "ann", "cancel 1a1f9287b337")); got != "lab.set "+runningID+" is asked to stop. It stops between two steps and then tells how far it came.\n" {
		t.Errorf("running: %q", got)
	}
	if got := words(w.says(t, "ann", "cancel "+waitingID)); got != "lab.set "+waitingID+" is canceled. It had not begun.\n" {
		t.Errorf("waiting: %q", got)
	}
	want := []string{runningID + " by console:ann", waitingID + " by console:ann"}
	if diff := cmp.Diff(want, w.canceled); diff != "" {
		t.Error(diff)
	}

	bob := bot.Origin{Adapter: "console", User: "bob"}
	_, err := w.desk.Cancel(t.Context(), bob, w.list[1])
	if bot.ErrorCode(err) != bot.CodeDenied || bot.ErrorText(err) != "console:bob may not run lab.set." {
		t.Errorf("bob, who may not run it, got %v", err)
	}
	gone := w.list[1]
	gone.Action = "lab.gone"
	if _, err := w.desk.Cancel(t.Context(), bot.Origin{Adapter: "console", User: "ann"}, gone); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Errorf("an action that is gone: %v", err)
	}
	if len(w.canceled) != 2 {
		t.Errorf("canceled %v", w.canceled)
	}
}

// Run again, the command is one of the person who asks now, with the dedupe key of the message that asks.
func TestRerun(t *testing.T) {
	w := busy(t)
	if answer := w.says(t, "ann", "rerun 1a1f9287b336"); answer.Execution == "" {
		t.Errorf("answer %+v", answer)
	}
	if diff := cmp.Diff([]string{doneID}, w.rerun); diff != "" {
		t.Error(diff)
	}
	if c := w.accepted[0]; c.Identity.ID != "console:ann" || c.Dedupe != "console//d1" || c.Text != "rerun 1a1f9287b336" {
		t.Errorf("accepted %+v", c)
	}
	checkRefused(t, busy(t), busy(t).says(t, "bob", "rerun 1a1f9287b336"), "console:bob may not run core.rerun.", "")
}
