package discord_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// publicKey is that of every simulator with the usual token.
func publicKey(t *testing.T) string {
	t.Helper()
	s := simdiscord.New(t.Context(), simdiscord.Options{})
	defer s.Close()
	return s.PublicKey()
}

// endpoints are what the adapter takes over HTTP.
func endpoints(a *discord.Adapter) http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range a.Endpoints() {
		mux.Handle(pattern, h)
	}
	return mux
}

// overHTTP runs an adapter to which interactions are posted.
func overHTTP(t *testing.T, r bot.Receiver, o discord.Options) *running {
	t.Helper()
	var handler atomic.Pointer[http.Handler]
	hooks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*handler.Load()).ServeHTTP(w, r) }))
	t.Cleanup(hooks.Close)
	o.PublicKey = publicKey(t)
	h := run(t, simdiscord.Options{Deliver: hooks.URL + discord.EndpointPath}, o, r)
	mux := endpoints(h.discord)
	handler.Store(&mux)
	return h
}

// post returns the status with which a body is answered that Discord signed so long ago, and what is said.
func (h *harness) post(body string, age time.Duration, spoil func(*http.Request)) (status int, said string) {
	stamp := strconv.FormatInt(h.clock.Now().Add(-age).Unix(), 10)
	r := httptest.NewRequest(http.MethodPost, discord.EndpointPath, bytes.NewReader([]byte(body)))
	r.Header = h.sim.Sign(stamp, []byte(body))
	r.Header.Set("Content-Type", "application/json")
	if spoil != nil {
		spoil(r)
	}
	w := httptest.NewRecorder()
	endpoints(h.discord).ServeHTTP(w, r)
	return w.Code, strings.TrimSpace(w.Body.String())
}

// TestInteractionsOverHTTP: commands, completions, buttons and forms come over HTTP as they do through the gateway, and are answered once
// they are durable.
func TestInteractionsOverHTTP(t *testing.T) {
	held, release := make(chan bool), make(chan bool)
	h := overHTTP(t, newDesk(func(m bot.Message) (bot.Answer, error) {
		if m.Text == "deploy" {
			held <- true
			<-release
			return bot.Answer{Execution: execution}, nil
		}
		return clerk(m)
	}), discord.Options{Complete: func(context.Context, bot.Origin, string) []discord.Choice {
		return []discord.Choice{{Word: "status"}}
	}})
	h.slash(simdiscord.Ann, simdiscord.Ops, "deploy")
	<-held
	if n := h.ledger.Count(line(simdiscord.LineAck, "")); n != 0 {
		t.Errorf("%d were answered before they were durable", n)
	}
	release <- true
	h.happens(1, acked(sentDeferred))
	if got, err := h.sim.Complete(simdiscord.Said{User: simdiscord.Ann, Channel: simdiscord.Ops, Command: "petrel", Text: "clary node "}); err != nil || !slices.Equal(got, []string{"clary node status"}) {
		t.Errorf("%q is offered, %v", got, err)
	}
	h.slash(simdiscord.Ann, simdiscord.Ops, "clary node status set")
	h.submits(simdiscord.Ann, map[string]string{"host": "nowhere"})
	h.sees("There is no node nowhere.")
	h.press(simdiscord.Ann, simdiscord.Ops, "Fill in a form")
	h.submits(simdiscord.Ann, map[string]string{"host": "irene4000"})
	h.sees(`"host":"irene4000"`)
	if n := h.ledger.Count(line(simdiscord.LineFailed, "")); n != 0 {
		t.Errorf("%d failed: %+v", n, h.ledger.Lines())
	}
}

// TestBadRequests: each gets its status and has no effect.
func TestBadRequests(t *testing.T) {
	d := newDesk(works)
	h := overHTTP(t, d, discord.Options{})
	good, err := os.ReadFile("testdata/decode/INTERACTION_CREATE/command.json")
	if err != nil {
		t.Fatal(err)
	}
	slash := strings.ReplaceAll(string(good), "289200000000000009", simdiscord.App)
	for name, tt := range map[string]struct {
		body   string
		age    time.Duration
		spoil  func(r *http.Request)
		status int
	}{
		"unsigned":       {slash, 0, func(r *http.Request) { r.Header.Del("X-Signature-Ed25519") }, 401},
		"without a time": {slash, 0, func(r *http.Request) { r.Header.Del("X-Signature-Timestamp") }, 401},
		// Still fresh, and later than the clock of the guild is moved while the test begins.
		"another time":     {slash, 0, func(r *http.Request) { r.Header.Set("X-Signature-Timestamp", "1800000123") }, 401},
		"no digits":        {slash, 0, func(r *http.Request) { r.Header.Set("X-Signature-Ed25519", "xyz") }, 401},
		"a short one":      {slash, 0, func(r *http.Request) { r.Header.Set("X-Signature-Ed25519", "ab") }, 401},
		"another's":        {slash, 0, func(r *http.Request) { r.Header.Set("X-Signature-Ed25519", strings.Repeat("ab", 64)) }, 401},
		"stale":            {slash, 5*time.Minute + time.Second, nil, 401},
		"from the future":  {slash, -5*time.Minute - time.Second, nil, 401},
		"a ping, unsigned": {`{"type":1}`, 0, func(r *http.Request) { r.Header.Del("X-Signature-Ed25519") }, 401},
		"too big":          {`{"x":"` + strings.Repeat("x", 1<<20) + `"}`, 0, nil, 413},
		"truncated":        {slash[:40], 0, nil, 400},
		"a list":           {`[]`, 0, nil, 400},
		"no token":         {`{"type":2,"id":"7"}`, 0, nil, 400},
		"no member":        {`{"type":2,"id":"7","token":"x","application_id":"` + simdiscord.App + `","guild_id":"8"}`, 0, nil, 400},
		"a GET":            {slash, 0, func(r *http.Request) { r.Method = http.MethodGet }, 405},
		"another path":     {slash, 0, func(r *http.Request) { r.URL.Path = "/discord/other" }, 404},
		"of another app":   {string(good), 0, nil, 202},
	} {
		if status, _ := h.post(tt.body, tt.age, tt.spoil); status != tt.status {
			t.Errorf("%s: %d, want %d", name, status, tt.status)
		}
	}
	if got, _ := d.texts(); len(got) != 0 || h.Seen() != "" {
		t.Errorf("the bot heard %q and said %q", got, h.Seen())
	}
}

// TestPing: what Discord asks when somebody enters the address is answered, also by a process that has not joined yet.
func TestPing(t *testing.T) {
	h := newHarness(t, simdiscord.Options{}, discord.Options{PublicKey: publicKey(t)})
	if status, said := h.post(`{"id":"7","type":1,"token":"x","version":1}`, 0, nil); status != 200 || said != `{"type":1}` {
		t.Errorf("%d %s", status, said)
	}
	if status, _ := h.post(`{"id":"7","type":2,"token":"x"}`, 0, nil); status != 503 {
		t.Errorf("before it joined it takes commands: %d", status)
	}
	if none := newHarness(t, simdiscord.Options{}, discord.Options{}); len(none.discord.Endpoints()) != 0 {
		t.Error("without a public key there is an endpoint")
	}
}

// TestReplay: a request that is five minutes old is still taken; one that comes again is the same command and has one answer.
func TestReplay(t *testing.T) {
	d := newDesk(works)
	h := overHTTP(t, d, discord.Options{})
	id := h.slash(simdiscord.Ann, simdiscord.Ops, "deploy")
	h.happens(1, acked(sentDeferred))
	body := `{"type":2,"id":"` + id + `","token":"token-` + id + `","application_id":"` + simdiscord.App + `","guild_id":"` + simdiscord.Guild + `","channel_id":"` + simdiscord.Ops +
		`","member":{"user":{"id":"` + simdiscord.Ann + `"}},"data":{"type":1,"name":"petrel","options":[{"name":"command","type":3,"value":"deploy"}]}}`
	for range 3 {
		if status, _ := h.post(body, 5*time.Minute, nil); status != 202 {
			t.Errorf("it is answered %d", status)
		}
	}
	h.slash(simdiscord.Ann, simdiscord.Ops, "and then")
	h.happens(2, acked(sentDeferred))
	if got, _ := d.texts(); !slices.Equal(got, []string{"deploy", "and then"}) {
		t.Errorf("the bot heard %q", got)
	}
}
