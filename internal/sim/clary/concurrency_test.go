package clary_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// manyNodes returns n nodes in production.
func manyNodes(n int) map[string]string {
	nodes := make(map[string]string, n)
	for i := range n {
		nodes[fmt.Sprintf("c%05d", i)] = "production"
	}
	return nodes
}

func serve(sim http.Handler, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	sim.ServeHTTP(w, req)
	return w
}

const drainBody = `{"status":"draining","comment":"c","user":"u","impacting":false}`

// TestManyClients lets 64 clients drain 2,000 nodes, each node by two clients, while others read pages. Exactly one of the
// two may win, and ledger, events and nodes must tell the same story.
func TestManyClients(t *testing.T) {
	const clients, hosts = 64, 2000
	ledger := &ledgerBuffer{}
	sim, err := simclary.New(simclary.Options{Nodes: manyNodes(hosts), Ledger: ledger})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := c / 2; i < hosts; i += clients / 2 {
				serve(sim, "PUT", fmt.Sprintf("/api/nodes/c%05d/status", i), drainBody)
			}
		})
	}
	wg.Go(func() { checkPagesAscend(t, sim, hosts) })
	wg.Wait()

	st := sim.Stats()
	if st.Ledger["transition"] != hosts || st.Ledger["refused"] != hosts || st.LastEvent != hosts {
		t.Errorf("stats %+v", st)
	}
	lastEvent := int64(0)
	for i, line := range ledger.lines(t) {
		if line.Seq != int64(i+1) {
			t.Fatalf("line %d has seq %d", i+1, line.Seq)
		}
		if line.Kind == simclary.LineTransition {
			if line.EventID != lastEvent+1 {
				t.Fatalf("event %d follows %d in the ledger", line.EventID, lastEvent)
			}
			lastEvent = line.EventID
		}
	}
	for _, n := range sim.Nodes() {
		if n.Status != "draining" {
			t.Errorf("%s is in %s", n.Hostname, n.Status)
		}
	}
}

// checkPagesAscend reads events as a poller does until it has seen them all: no id may be missed or come twice.
func checkPagesAscend(t *testing.T, sim http.Handler, last int64) {
	t.Helper()
	for after := int64(0); after < last && t.Context().Err() == nil; {
		var page struct{ Events []simclary.Event }
		w := serve(sim, "GET", fmt.Sprintf("/api/events?after=%d&limit=500", after), "")
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Error(err)
			return
		}
		byID := func(a, b simclary.Event) int { return cmp.Compare(a.ID, b.ID) }
		if !slices.IsSortedFunc(page.Events, byID) {
			t.Error("the page is not sorted")
		}
		for _, e := range page.Events {
			if e.ID != after+1 {
				t.Errorf("event %d follows %d", e.ID, after)
				return
			}
			after = e.ID
		}
	}
}

// BenchmarkSet has at least 64 clients on 10,000 nodes.
func BenchmarkSet(b *testing.B) {
	nodes := manyNodes(10_000)
	sim, err := simclary.New(simclary.Options{Nodes: nodes, AllowSame: true})
	if err != nil {
		b.Fatal(err)
	}
	body := strings.Replace(drainBody, "draining", "production", 1)
	var mu sync.Mutex // guards next
	next := 0
	b.ReportAllocs()
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			mu.Lock()
			host := next % len(nodes)
			next++
			mu.Unlock()
			if w := serve(sim, "PUT", fmt.Sprintf("/api/nodes/c%05d/status", host), body); w.Code != http.StatusOK {
				b.Fatal(w.Body.String())
			}
		}
	})
}
