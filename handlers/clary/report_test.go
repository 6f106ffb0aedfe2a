package clary_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/handlertest"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// However much goes wrong, what a person reads stays short and says that something was left out.
func TestManyReasons(t *testing.T) {
	graph := simclary.Graph{"goal": {}, "ready": {"goal"}}
	nodes := map[string]string{"good": "ready"}
	hosts := []string{"good"}
	for i := range 70 {
		status := fmt.Sprintf("dead-end-%02d", i)
		graph[status] = []string{}
		host := strings.Repeat(string(rune('a'+i%26)), 3+i/26)
		nodes[host] = status
		hosts = append(hosts, host)
	}
	r := newRig(t, site{sim: simclary.Options{Graph: graph, Nodes: nodes}})
	a := r.do("NodeStatusEnsure", to(strings.Join(hosts, ","), "goal"))
	if last := a.plan.Lines[len(a.plan.Lines)-2]; last != "not possible for further hosts, for 65 other reasons" || len(a.plan.Lines) != 8 {
		t.Errorf("plan %q", a.plan.Lines)
	}
	for _, part := range []string{"70 of 71 hosts failed. aaa: ", "65 hosts more failed for other reasons."} {
		if !strings.Contains(a.text(), part) {
			t.Errorf("text %q does not say %q", a.text(), part)
		}
	}
	if rows := a.rows(); len(rows) != 51 || rows[50][3] != "and further outcomes" {
		t.Errorf("%d rows, the last %q", len(rows), rows[len(rows)-1])
	}
	if !strings.HasSuffix(a.result.Summary, ",…)") || len(a.result.Summary) > 300 {
		t.Errorf("summary %q", a.result.Summary)
	}
}

// taciturn is a Clary in which everything is production and every change is refused without saying what is allowed.
func taciturn(t *testing.T, next string) *rig {
	t.Helper()
	return &rig{t: t, client: serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodPut:
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(`{"error":"forbidden_transition"}`))
		case strings.Contains(r.URL.Path, "/statuses/"):
			_, _ = w.Write([]byte(next))
		default:
			_, _ = w.Write([]byte(`{"status":"production"}`))
		}
	})}
}

func TestForbiddenWithoutAList(t *testing.T) {
	for _, tc := range []struct{ next, want string }{
		{
			`{"next":["draining"]}`,
			"n1: Clary does not allow production -> spare. Allowed from production: draining. " +
				"Type clary ensure instead of clary set to go through other statuses.",
		},
		{`{}`, "n1: Clary does not allow production -> spare. Type clary next production to see what is allowed."},
	} {
		if a := taciturn(t, tc.next).do("NodeStatusSet", to("n1", "spare")); a.text() != tc.want {
			t.Errorf("text %q, want %q", a.text(), tc.want)
		}
	}
}

func TestLongListsAreCut(t *testing.T) {
	statuses := make([]string, 30)
	for i := range statuses {
		statuses[i] = fmt.Sprintf("%q", fmt.Sprintf("s%02d", i))
	}
	a := taciturn(t, `{"next":[`+strings.Join(statuses, ",")+`]}`).do("NodeStatusSet", to("n1", "spare"))
	if !strings.Contains(a.text(), "s18, s19, …. Type clary ensure") {
		t.Errorf("text %q", a.text())
	}
}

// The button types the line again, so the comment must survive.
func TestEnsureInsteadQuotes(t *testing.T) {
	for _, tc := range []struct{ comment, want string }{
		{`hw swap`, `"hw swap"`},
		{`say "hi"`, `'say "hi"'`},
		{`it's "hi"`, `"it's 'hi'"`},
	} {
		p := to("n1", "spare")
		p["comment"] = tc.comment
		a := taciturn(t, `{"next":["draining"]}`).do("NodeStatusSet", p)
		got := a.result.Blocks[1].Buttons[0].Command
		if want := "clary node status ensure n1 spare " + tc.want; got != want {
			t.Errorf("command %s, want %s", got, want)
		}
	}
}

// What was not in the plan is not written, whatever is possible by now: an approval was given for the plan.
func TestNothingBeyondThePlan(t *testing.T) {
	r := newRig(t, site{})
	h := r.handler("NodeStatusSet")
	plan, err := h.Plan(t.Context(), alice(), to("irene4000", "draining"))
	if err != nil {
		t.Fatal(err)
	}
	job := handlertest.NewJob(handlertest.JobOptions{Request: alice(), Plan: &plan})
	_, err = h.Do(t.Context(), job, to("irene[4000-4001]", "draining"))
	want := "1 of 2 hosts failed. irene4001: It was not possible when the plan was made and would be now. Type the same line again."
	if got := bot.ErrorText(err); got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if got := r.status("irene4001"); got != "production" {
		t.Errorf("irene4001 is %s", got)
	}
}

func TestDoWithoutPlan(t *testing.T) {
	r := newRig(t, site{})
	job := handlertest.NewJob(handlertest.JobOptions{Request: alice()})
	if _, err := r.handler("NodeStatusEnsure").Do(t.Context(), job, to("irene4000", "drained")); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"draining", "drained"}, r.entered("irene4000")); d != "" {
		t.Errorf("effects (-want +got):\n%s", d)
	}
}

// A cancel in the middle of a change whose answer is then lost: one more look says where the host is.
func TestCancelAndLostAnswer(t *testing.T) {
	r := newRig(t, site{})
	r.fault(simclary.Fault{Host: "irene4000", Kind: simclary.KindSet, Effect: simclary.EffectDrop, After: true})
	if err := r.sim.Hold("irene4000", simclary.KindSet, false); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan attempt, 1)
	go func() { ended <- r.run(ctx, "NodeStatusEnsure", to("irene4000", "drained"), handlertest.JobOptions{}) }()
	patience, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if _, err := r.sim.WaitHeld(patience, "irene4000", 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	r.sim.Release("irene4000")
	a := <-ended
	if want := "Stopped after 0 of 1 host. irene4000: Stopped between two steps; it is draining now."; a.text() != want {
		t.Errorf("text %q, want %q", a.text(), want)
	}
}

func TestActionTimeIsOver(t *testing.T) {
	r := newRig(t, site{})
	if err := r.sim.Hold("", simclary.KindNode, false); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	a := r.run(ctx, "NodeStatusSet", to("irene[4000-4001]", "draining"), handlertest.JobOptions{})
	if bot.ErrorCode(a.err) != bot.CodeTimeout || a.text() != "Stopped before anything was changed." {
		t.Errorf("error %v", a.err)
	}
}
