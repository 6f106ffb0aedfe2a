package clary_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/clary"
	"github.com/petrelops/petrel/handlers/handlertest"
	"github.com/petrelops/petrel/internal/clock"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

var start = time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC)

// hasty is a clock on which every wait is over at once: it jumps to the end of each timer. It remembers the waits.
type hasty struct {
	*clock.Fake
	// mu guards waits.
	mu    sync.Mutex
	waits []time.Duration
}

func (h *hasty) NewTimer(d time.Duration) clock.Timer {
	h.mu.Lock()
	if d > 0 {
		h.waits = append(h.waits, d)
	}
	h.mu.Unlock()
	t := h.Fake.NewTimer(d)
	h.Advance(d)
	return t
}

func (h *hasty) waited() []time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.waits
}

// lowest is a random source that always draws zero, so that every pause has half its nominal length.
type lowest struct{}

func (lowest) Uint64() uint64 { return 0 }

// ledger is where the simulator writes its effects.
type ledger struct {
	// mu guards buf.
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *ledger) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *ledger) lines(tb testing.TB, kinds ...simclary.LineKind) []simclary.Line {
	tb.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []simclary.Line
	for text := range strings.Lines(l.buf.String()) {
		var line simclary.Line
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			tb.Fatal(err)
		}
		for _, kind := range kinds {
			if line.Kind == kind {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// rig is a client in front of a simulator over HTTP.
type rig struct {
	t      testing.TB
	sim    *simclary.Server
	ledger *ledger
	clock  *hasty
	client *clary.Client
	url    string
}

// site is how a test wants simulator and client to be. Zero values are the demo.
type site struct {
	sim    simclary.Options
	config clary.Config
}

func newRig(tb testing.TB, s site) *rig {
	tb.Helper()
	r := &rig{t: tb, ledger: &ledger{}, clock: &hasty{Fake: clock.NewFake(start)}}
	s.sim.Ledger = r.ledger
	if s.sim.Clock == nil {
		s.sim.Clock = r.clock
	}
	sim, err := simclary.New(s.sim)
	if err != nil {
		tb.Fatal(err)
	}
	r.sim = sim
	srv := httptest.NewServer(sim)
	r.url = srv.URL
	if s.config.URL == "" {
		s.config.URL = srv.URL
	}
	if s.config.Clock == nil {
		s.config.Clock = r.clock
	}
	s.config.Random = lowest{}
	if r.client, err = clary.New(s.config); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		r.client.Close()
		sim.ClearFaults() // a held request would keep the server open
		srv.Close()
	})
	return r
}

func (r *rig) handler(entry string) bot.Handler {
	r.t.Helper()
	h, ok := r.client.Handlers()["clary."+entry]
	if !ok {
		r.t.Fatalf("there is no handler %s", entry)
	}
	return h
}

func alice() bot.Request {
	return bot.Request{
		Execution: "0123456789abcdef01234567", Action: "clary.test",
		Identity: bot.Identity{ID: "alice", Name: "slack:alice"}, Attempt: 1,
	}
}

type params = map[string]any

// attempt is one attempt of the executor: plan, then do.
type attempt struct {
	plan   bot.Plan
	job    *handlertest.Job
	result bot.Result
	err    error
}

// run makes one attempt. An error of the plan ends it, as in the executor.
func (r *rig) run(ctx context.Context, entry string, p params, o handlertest.JobOptions) attempt {
	r.t.Helper()
	h := r.handler(entry)
	var a attempt
	if o.Request.Execution == "" {
		o.Request = alice()
	}
	if h.Plan != nil {
		if a.plan, a.err = h.Plan(ctx, o.Request, p); a.err != nil {
			return a
		}
		o.Plan = &a.plan
	}
	a.job = handlertest.NewJob(o)
	a.result, a.err = h.Do(ctx, a.job, p)
	return a
}

func (r *rig) do(entry string, p params) attempt {
	r.t.Helper()
	return r.run(r.t.Context(), entry, p, handlertest.JobOptions{})
}

func (r *rig) fault(f simclary.Fault) {
	r.t.Helper()
	if _, err := r.sim.InjectFault(f); err != nil {
		r.t.Fatal(err)
	}
}

// somebody changes a node behind the bot's back.
func (r *rig) somebody(host, status string) {
	r.t.Helper()
	if _, err := r.sim.SetStatus(host, simclary.Change{Status: status}); err != nil {
		r.t.Fatal(err)
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

// entered returns the statuses that the host was brought to over the interface, in order.
func (r *rig) entered(host string) []string {
	r.t.Helper()
	var statuses []string
	for _, l := range r.ledger.lines(r.t, simclary.LineTransition) {
		if l.Host == host {
			statuses = append(statuses, l.Status)
		}
	}
	return statuses
}

func (a attempt) text() string { return bot.ErrorText(a.err) }

// rows returns the table of the result.
func (a attempt) rows() [][]string {
	for _, b := range a.result.Blocks {
		if b.Table != nil {
			return b.Table.Rows
		}
	}
	return nil
}

// to returns the parameters of an ensure or set.
func to(hosts, status string, more ...any) params {
	p := params{"hosts": hosts, "status": status, "comment": "hw swap"}
	for i := 0; i+1 < len(more); i += 2 {
		p[more[i].(string)] = more[i+1]
	}
	return p
}

// replaceURL puts the address of the simulator into an expected text.
func replaceURL(text, url string) string { return strings.ReplaceAll(text, "URL", url) }

func jobFor(r bot.Request) handlertest.JobOptions { return handlertest.JobOptions{Request: r} }
