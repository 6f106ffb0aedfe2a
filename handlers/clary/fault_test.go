package clary_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/clary"
	"github.com/petrelops/petrel/internal/clock"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

const always = simclary.Forever

// Every fault of a reading call, told in one sentence with the target and the next step.
func TestReadFaults(t *testing.T) {
	answer := func(status, retryAfter int) simclary.Fault {
		return simclary.Fault{Effect: simclary.EffectStatus, Status: status, RetryAfter: retryAfter, Count: always}
	}
	for _, tc := range []struct {
		name  string
		fault simclary.Fault
		code  bot.Code
		want  string
		calls int64
	}{
		{
			"token refused", answer(401, 0), bot.CodeAuth,
			"irene4000: Clary does not accept the bot's token (401). Ask whoever runs the bot to check clary.token.", 1,
		},
		{
			"not allowed", answer(403, 0), bot.CodeAuth,
			"irene4000: Clary does not let the bot do this (403). Ask whoever runs Clary to give the bot's account the right.", 1,
		},
		{
			"too many calls", answer(429, 7), bot.CodeRateLimited,
			"irene4000: Clary asks to slow down (429). Try again in 7s, or with a lower concurrency.", 4,
		},
		{
			"too many calls for long", answer(429, 3600), bot.CodeRateLimited,
			"irene4000: Clary asks to slow down (429). Try again in 1h0m0s, or with a lower concurrency.", 1,
		},
		{
			"its own fault", answer(503, 0), bot.CodeUnavailable,
			"irene4000: Clary has a fault of its own (503). Try again in a minute; if it stays, tell whoever runs Clary.", 4,
		},
		{
			"refused", answer(418, 0), bot.CodeBadAnswer,
			`irene4000: Clary refused the request (418, "internal"). Ask whoever runs the bot to look at its log.`, 1,
		},
		{
			"garbage",
			simclary.Fault{Effect: simclary.EffectGarbage, Count: always},
			bot.CodeBadAnswer,
			"irene4000: Clary's answer is not a JSON object. Ask whoever runs the bot to check clary.url, clary.paths and clary.fields.", 1,
		},
		{
			"nothing",
			simclary.Fault{Effect: simclary.EffectEmpty, Count: always},
			bot.CodeBadAnswer,
			"irene4000: Clary's answer is not a JSON object. Ask whoever runs the bot to check clary.url, clary.paths and clary.fields.", 1,
		},
		{
			"a web page",
			simclary.Fault{Effect: simclary.EffectContentType, Count: always},
			bot.CodeBadAnswer,
			"irene4000: Clary's answer is text/html and not JSON. Ask whoever runs the bot to check clary.url, clary.paths and clary.fields.", 1,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{})
			r.fault(tc.fault)
			a := r.do("NodeStatusGet", params{"host": "irene4000"})
			if a.text() != tc.want || bot.ErrorCode(a.err) != tc.code {
				t.Errorf("code %s, text\n%s\nwant %s\n%s", bot.ErrorCode(a.err), a.text(), tc.code, tc.want)
			}
			if got := r.sim.Stats().Requests[simclary.KindNode]; got != tc.calls {
				t.Errorf("%d calls, want %d", got, tc.calls)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	r := newRig(t, site{config: clary.Config{URL: "http://user:secret@127.0.0.1:1/"}})
	a := r.do("NodeStatusGet", params{"host": "irene4000"})
	want := "irene4000: Clary cannot be reached at http://127.0.0.1:1. Try again when it is back, or ask whoever runs the bot to check clary.url."
	if a.text() != want || bot.ErrorCode(a.err) != bot.CodeUnavailable {
		t.Errorf("text %q, want %q", a.text(), want)
	}
	if strings.Contains(a.err.Error(), "secret") {
		t.Errorf("the password is in the log line: %v", a.err)
	}
}

func TestSlowAnswer(t *testing.T) {
	r := newRig(t, site{config: clary.Config{Timeout: 20 * time.Millisecond}})
	if err := r.sim.Hold("irene4000", simclary.KindNode, false); err != nil {
		t.Fatal(err)
	}
	a := r.do("NodeStatusGet", params{"host": "irene4000"})
	want := "irene4000: Clary did not answer within 20ms. Try again, or ask whoever runs Clary whether it is overloaded."
	if a.text() != want || bot.ErrorCode(a.err) != bot.CodeTimeout {
		t.Errorf("text %q, want %q", a.text(), want)
	}
}

// A reading call is tried again with growing pauses, and what Clary asks for is kept to.
func TestReadRetries(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault simclary.Fault
		waits []time.Duration
	}{
		{
			"5xx",
			simclary.Fault{Effect: simclary.EffectStatus, Status: 502, Count: 3},
			[]time.Duration{125 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond},
		},
		{
			"429",
			simclary.Fault{Effect: simclary.EffectStatus, Status: 429, RetryAfter: 5, Count: 2},
			[]time.Duration{5 * time.Second, 5 * time.Second},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{})
			r.fault(tc.fault)
			if a := r.do("NodeStatusGet", params{"host": "irene4000"}); a.err != nil {
				t.Fatal(a.err)
			}
			if d := cmp.Diff(tc.waits, r.clock.waited()); d != "" {
				t.Errorf("pauses (-want +got):\n%s", d)
			}
		})
	}
}

// serve returns a client of a server that answers every request in one way.
func serve(t *testing.T, h http.HandlerFunc, edits ...func(*clary.Config)) *clary.Client {
	t.Helper()
	srv := httptest.NewServer(h)
	config := clary.Config{URL: srv.URL, Clock: &hasty{Fake: clock.NewFake(start)}, Random: lowest{}}
	for _, edit := range edits {
		edit(&config)
	}
	c, err := clary.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); srv.Close() })
	return c
}

func TestStrangeAnswers(t *testing.T) {
	check := " Ask whoever runs the bot to check clary.url, clary.paths and clary.fields."
	for _, tc := range []struct {
		name string
		body string
		want string
	}{
		{"another node", `{"hostname":"n2","status":"spare"}`, "n1: Clary's answer is about another node." + check},
		{"no status", `{"hostname":"n1"}`, `n1: Clary's answer has no status in the field "status".` + check},
		{"a number", `{"hostname":"n1","status":7}`, `n1: Clary's answer has no status in the field "status".` + check},
		{"a list", `["n1"]`, "n1: Clary's answer is not a JSON object." + check},
		{"null", `null`, "n1: Clary's answer is not a JSON object." + check},
		{"endless", strings.Repeat(" ", 1<<20) + "{}", "n1: Clary's answer is larger than 1048576 bytes." + check},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(tc.body))
			})
			r := &rig{t: t, client: c}
			if a := r.do("NodeStatusGet", params{"host": "n1"}); a.text() != tc.want {
				t.Errorf("text %q, want %q", a.text(), tc.want)
			}
		})
	}
}

// A redirect would repeat a write or carry the token elsewhere.
func TestRedirectIsNotFollowed(t *testing.T) {
	calls := 0
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	r := &rig{t: t, client: c}
	a := r.do("NodeStatusGet", params{"host": "n1"})
	if want := "n1: Clary refused the request (307). Ask whoever runs the bot to look at its log."; a.text() != want || calls != 1 {
		t.Errorf("%d calls, text %q, want %q", calls, a.text(), want)
	}
}

func TestWrongAddress(t *testing.T) {
	r := newRig(t, site{config: clary.Config{Paths: clary.Paths{Node: "v9/{host}"}}})
	a := r.do("NodeStatusGet", params{"host": "irene4000"})
	want := "irene4000: Clary has nothing there (404). Check the name, or ask whoever runs the bot to check clary.url and clary.paths."
	if a.text() != want {
		t.Errorf("text %q, want %q", a.text(), want)
	}
}

// A dead Clary is not asked once for each of thousands of hosts.
func TestGivesUpOnDeadClary(t *testing.T) {
	nodes := map[string]string{}
	for i := range 300 {
		nodes["n"+string(rune('a'+i%26))+strings.Repeat("x", i/26)] = "production"
	}
	hosts := make([]string, 0, len(nodes))
	for host := range nodes {
		hosts = append(hosts, host)
	}
	r := newRig(t, site{sim: simclary.Options{Nodes: nodes}})
	r.fault(simclary.Fault{Kind: simclary.KindNode, Effect: simclary.EffectStatus, Status: 401, Count: always})
	a := r.do("NodeStatusEnsure", to(strings.Join(hosts, ","), "maintenance"))
	if calls := r.sim.Stats().Requests[simclary.KindNode]; calls >= 40 {
		t.Errorf("%d calls", calls)
	}
	for _, part := range []string{"300 of 300 hosts failed.", "does not accept the bot's token", "Not started. Clary failed for 20 hosts in a row; try again when it is back."} {
		if !strings.Contains(a.text(), part) {
			t.Errorf("text %q does not say %q", a.text(), part)
		}
	}
	if len(a.text()) > 1000 {
		t.Errorf("the text has %d characters", len(a.text()))
	}
}
