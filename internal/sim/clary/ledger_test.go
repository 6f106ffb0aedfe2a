package clary_test

import (
	"bufio"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

func TestLedgerHasEveryWriteCall(t *testing.T) {
	r := newRig(t, simclary.Options{Token: "t"})
	write := func(method, path, token string, body any) {
		req := r.request(t.Context(), method, path, body)
		req.Header.Set("Authorization", token)
		req.Header.Set("X-Request-Id", "r")
		if _, err := r.do(req); err != nil {
			t.Fatal(err)
		}
	}
	const ok = "Bearer t"
	write("PUT", "/api/nodes/n1/status", ok, setBody("draining"))
	r.clock.Advance(1500 * time.Millisecond)
	write("POST", "/api/nodes/n1/comments", ok, obj{"comment": "a -> b", "user": "bob"})
	write("PUT", "/api/nodes/n1/status", ok, setBody("maintenance"))
	write("PUT", "/api/nodes/n9/status", ok, setBody("draining"))
	write("POST", "/api/nodes/n1/comments", ok, "{")
	write("PUT", "/api/nodes/n1/status", "", setBody("drained"))
	write("GET", "/api/nodes/n1", ok, nil)
	write("DELETE", "/api/nodes/n1/status", ok, nil)
	if _, err := r.sim.SetStatus("n2", simclary.Change{Status: "failed", Comment: "PSU"}); err != nil {
		t.Fatal(err)
	}

	later := start.Add(1500 * time.Millisecond)
	want := []simclary.Line{
		{
			Seq: 1, Time: start, Kind: simclary.LineTransition, Call: simclary.KindSet, Host: "n1", Previous: "production",
			Status: "draining", Comment: "HW swap", User: "ann", Impacting: true, RequestID: "r", EventID: 1,
		},
		{
			Seq: 2, Time: later, Kind: simclary.LineComment, Call: simclary.KindComment, Host: "n1",
			Comment: "a -> b", User: "bob", RequestID: "r", CommentID: 1,
		},
		{
			Seq: 3, Time: later, Kind: simclary.LineRefused, Call: simclary.KindSet, Host: "n1", Status: "maintenance",
			Comment: "HW swap", User: "ann", Impacting: true, RequestID: "r", Code: "forbidden_transition",
		},
		{
			Seq: 4, Time: later, Kind: simclary.LineRefused, Call: simclary.KindSet, Host: "n9", Status: "draining",
			Comment: "HW swap", User: "ann", Impacting: true, RequestID: "r", Code: "unknown_node",
		},
		{
			Seq: 5, Time: later, Kind: simclary.LineRefused, Call: simclary.KindComment, Host: "n1",
			RequestID: "r", Code: "bad_json",
		},
		{
			Seq: 6, Time: later, Kind: simclary.LineRefused, Call: simclary.KindSet, Host: "n1",
			RequestID: "r", Code: "unauthorized",
		},
		{
			Seq: 7, Time: later, Kind: simclary.LineExternal, Host: "n2", Previous: "production",
			Status: "failed", Comment: "PSU", User: "operator", EventID: 2,
		},
	}
	if diff := cmp.Diff(want, r.ledger.lines(t)); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	counts := map[simclary.LineKind]int64{"transition": 1, "comment": 1, "refused": 4, "external": 1}
	if diff := cmp.Diff(counts, r.sim.Stats().Ledger); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// firstByte looks at the ledger at the moment in which the first byte of an answer is written.
type firstByte struct {
	http.ResponseWriter
	look func()
}

func (f firstByte) WriteHeader(status int) {
	f.look()
	f.ResponseWriter.WriteHeader(status)
}

func TestLedgerIsWrittenAndFlushedBeforeTheAnswer(t *testing.T) {
	var file strings.Builder
	sim, err := simclary.New(simclary.Options{Ledger: bufio.NewWriter(&file)})
	if err != nil {
		t.Fatal(err)
	}
	var seen string
	req := httptest.NewRequestWithContext(t.Context(), "PUT", "/api/nodes/irene4000/status",
		strings.NewReader(`{"status":"draining","comment":"c","user":"u"}`))
	req.Header.Set("Content-Type", "application/json")
	sim.ServeHTTP(firstByte{httptest.NewRecorder(), func() { seen = file.String() }}, req)
	if !strings.Contains(seen, `"kind":"transition"`) || !strings.HasSuffix(seen, "\n") {
		t.Errorf("the ledger had %q when the answer began", seen)
	}
}

// Without a witness there must be no effect: a checker would take it for one that never was.
func TestLedgerFailureStopsWrites(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.ledger.fail(errors.New("disk full"))
	comment := obj{"comment": "a", "user": "b"}
	check := func(when string) {
		t.Helper()
		for _, a := range []result{
			r.put("n1", "draining"),
			r.put("n1", "maintenance"), // refused anyhow, but that must be in the ledger as well
			r.call("POST", "/api/nodes/n1/comments", comment),
		} {
			if a.status != 500 || a.code() != "ledger_failed" {
				t.Errorf("%s: answer %d %s", when, a.status, a.text)
			}
		}
		if _, err := r.sim.SetStatus("n1", simclary.Change{Status: "failed"}); err == nil {
			t.Errorf("%s: an external change went through", when)
		}
	}
	check("while the writer fails")
	r.ledger.fail(nil)
	check("after the writer recovered")
	n, err := r.sim.Node("n1")
	if err != nil || n.Status != "production" || n.Comments != 0 {
		t.Errorf("node %+v, %v", n, err)
	}
	r.checkPage("")
}
