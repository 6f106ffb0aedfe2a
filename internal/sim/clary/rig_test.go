package clary_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// rig is a simulator behind a real HTTP server, on a clock that stands still.
type rig struct {
	t      *testing.T
	sim    *simclary.Server
	clock  *clock.Fake
	ledger *ledgerBuffer
	url    string
	client *http.Client
	served sync.WaitGroup // the requests that the server is busy with, whether or not their client still waits
}

// ledgerBuffer is a ledger that a test can read while the simulator writes.
type ledgerBuffer struct {
	// mu guards the rest.
	mu  sync.Mutex
	buf bytes.Buffer
	err error
}

func (l *ledgerBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return 0, l.err
	}
	return l.buf.Write(p)
}

func (l *ledgerBuffer) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

func (l *ledgerBuffer) lines(t *testing.T) []simclary.Line {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []simclary.Line
	for text := range strings.Lines(l.buf.String()) {
		var line simclary.Line
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("ledger line %q: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}

var start = time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC)

// smallSite is a site with one node in each status that the tests start from.
func smallSite() map[string]string {
	return map[string]string{
		"n1": "production", "n2": "production", "d1": "drained", "gone1": "decommissioned", "rack 1/n3": "failed",
	}
}

func newRig(t *testing.T, o simclary.Options) *rig {
	t.Helper()
	r := &rig{t: t, clock: clock.NewFake(start), ledger: &ledgerBuffer{}}
	o.Clock, o.Ledger = r.clock, r.ledger
	if o.Nodes == nil {
		o.Nodes = smallSite()
	}
	sim, err := simclary.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r.sim = sim
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.served.Add(1)
		defer r.served.Done()
		sim.ServeHTTP(w, req)
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(sim.ClearFaults) // runs first: a held request would keep the server open
	r.url, r.client = srv.URL, srv.Client()
	return r
}

// result is an answer as a test looks at it.
type result struct {
	status int
	header http.Header
	text   string
	body   map[string]any // nil when the text is no JSON object
}

func (a result) code() string {
	code, _ := a.body["error"].(string)
	return code
}

// request builds a call. A body that is not a string is sent as JSON.
func (r *rig) request(ctx context.Context, method, path string, body any) *http.Request {
	r.t.Helper()
	var text string
	switch b := body.(type) {
	case nil:
	case string:
		text = b
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			r.t.Fatal(err)
		}
		text = string(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, r.url+path, strings.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func (r *rig) do(req *http.Request) (result, error) {
	res, err := r.client.Do(req)
	if err != nil {
		return result{}, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return result{}, err
	}
	a := result{status: res.StatusCode, header: res.Header, text: string(text)}
	if json.Unmarshal(text, &a.body) != nil {
		a.body = nil
	}
	return a, nil
}

// call makes a request that must be answered.
func (r *rig) call(method, path string, body any) result {
	r.t.Helper()
	a, err := r.do(r.request(r.t.Context(), method, path, body))
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// put sets a status the plain way.
func (r *rig) put(host, status string) result {
	r.t.Helper()
	return r.call("PUT", "/api/nodes/"+host+"/status", setBody(status))
}

func setBody(status string) map[string]any {
	return map[string]any{"status": status, "comment": "HW swap", "user": "ann", "impacting": true}
}

// background makes a request that the test expects to wait, and returns where its error will be. The test must receive it.
func (r *rig) background(req *http.Request) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := r.do(req)
		done <- err
	}()
	return done
}

// held waits until n requests to the host are held.
func (r *rig) held(host string, n int) []simclary.Held {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
	defer cancel()
	list, err := r.sim.WaitHeld(ctx, host, n)
	if err != nil {
		r.t.Fatalf("%d requests to %q held: %v, have %v", n, host, err, list)
	}
	return list
}

// asleep waits until n timers are pending on the fake clock.
func (r *rig) asleep(n int) {
	r.t.Helper()
	for {
		count, changed := r.clock.Waiters()
		if count >= n {
			return
		}
		select {
		case <-changed:
		case <-r.t.Context().Done():
			r.t.Fatalf("%d timers pending, want %d", count, n)
		}
	}
}

func (r *rig) status(host string) string {
	r.t.Helper()
	n, err := r.sim.Node(host)
	if err != nil {
		r.t.Fatal(err)
	}
	return n.Status
}

// ids returns the event ids of a page.
func (a result) ids() []int64 {
	ids := []int64{}
	events, _ := a.body["events"].([]any)
	for _, e := range events {
		id, _ := e.(map[string]any)["id"].(float64)
		ids = append(ids, int64(id))
	}
	return ids
}
