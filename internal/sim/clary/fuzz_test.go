package clary_test

import (
	"encoding/json"
	"net/http"
	"testing"

	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// FuzzSetBody sends hostile bodies: each must get a JSON answer, leave one line in the ledger, and move the node only with 200.
func FuzzSetBody(f *testing.F) {
	for _, seed := range []string{
		drainBody, "", "{", "null", `{"status":null}`, `{"status":"draining","status":"failed","comment":"c","user":"u"}`,
		`{"STATUS":"draining"}`, `{"expected":"drained","status":"draining","comment":"c","user":"u"}`, "\xff{}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		sim, err := simclary.New(simclary.Options{Nodes: map[string]string{"n1": "production"}})
		if err != nil {
			t.Fatal(err)
		}
		w := serve(sim, "PUT", "/api/nodes/n1/status", body)
		if !json.Valid(w.Body.Bytes()) || w.Code >= http.StatusInternalServerError {
			t.Errorf("answer %d %s", w.Code, w.Body)
		}
		lines := sim.Stats().Ledger
		n, _ := sim.Node("n1")
		ok := w.Code == http.StatusOK
		if (lines["transition"] == 1) != ok || (lines["refused"] == 1) == ok || (n.Status != "production") != ok {
			t.Errorf("answer %d, node %+v, ledger %v", w.Code, n, lines)
		}
	})
}
