package slack_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

const (
	otherTeam   = "T0TWO"
	otherSecret = "secret of the other app"
)

// renamed shows the workspace of a simulator, which has but one name, under another.
func renamed(sim http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := httptest.NewRecorder()
		sim.ServeHTTP(seen, r)
		for name := range seen.Header() {
			w.Header().Set(name, seen.Header().Get(name))
		}
		w.WriteHeader(seen.Code)
		_, _ = io.WriteString(w, strings.ReplaceAll(seen.Body.String(), simslack.Team, otherTeam))
	})
}

// signedAnew does the same to what the simulator posts, and signs it with the other app's secret.
func signedAnew(h *harness) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		body = bytes.ReplaceAll(body, []byte(simslack.Team), []byte(otherTeam))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		simslack.Sign(r.Header, otherSecret, strconv.FormatInt(h.clock.Now().Unix(), 10), body)
		h.take(w, r)
	})
}

// TestTwoWorkspaces: one process joins both, answers each where it was asked, and the secret of one app is worth nothing in the other's workspace.
func TestTwoWorkspaces(t *testing.T) {
	h := &running{T: t, ledger: &ledger{}}
	h.begin()
	h.harness = &harness{channel: "C0OPS", clock: clock.NewFake(start())}
	hooks := httptest.NewServer(signedAnew(h.harness))
	t.Cleanup(hooks.Close)
	other := simslack.New(t.Context(), simslack.Options{Clock: h.clock, Deliver: hooks.URL + "/slack", BotToken: "xoxb-two"})
	t.Cleanup(other.Close)
	web := httptest.NewServer(renamed(other))
	t.Cleanup(web.Close)
	h.serve(t, simslack.Options{Clock: h.clock, Ledger: h.ledger}, slack.Options{
		Clock: h.clock, HTTP: true, Workspaces: []slack.Workspace{{BotToken: "xoxb-two", Secret: otherSecret, URL: web.URL + "/api/"}},
	})
	h.work(h.slack, receiver(parrot))
	if err := h.listening(h.ctx, 0); err != nil {
		t.Fatal("a workspace was not joined")
	}

	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel here"})
	h.does(other.Say, simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel there"})
	h.sees("slack:T0SIM/U0ANN said here")
	if err := other.Wait(h.ctx, "slack:T0TWO/U0ANN said there"); err != nil {
		t.Fatalf("people in the other workspace see %s", other.Seen())
	}
	if strings.Contains(h.Seen(), "there") || strings.Contains(other.Seen(), "here.") {
		t.Errorf("an answer came to the wrong workspace: %s\n%s", h.Seen(), other.Seen())
	}

	forged := url.Values{
		"team_id": {otherTeam}, "channel_id": {"C0OPS"}, "user_id": {"U0ANN"}, "command": {"/petrel"}, "text": {"forged"}, "trigger_id": {"t.1"},
	}.Encode()
	if status, _, _ := h.post(request{path: "/slack/commands", contentType: formType, body: forged}); status != http.StatusOK {
		t.Errorf("it is answered %d", status)
	}
	h.does(other.Say, simslack.Said{User: "U0BOB", Channel: "D0BOB", Text: "and then"})
	if err := other.Wait(h.ctx, "said and then"); err != nil || strings.Contains(other.Seen(), "forged") {
		t.Errorf("%v; people see %s", err, other.Seen())
	}

	p := h.posting(h.fresh(), bot.Reply{Title: "Posted there."})
	p.Origin.Workspace = otherTeam
	if _, err := h.slack.Post(h.ctx, p); err != nil || !strings.Contains(other.Seen(), "Posted there.") {
		t.Errorf("Post = %v; people see %s", err, other.Seen())
	}
	other.Revoke()
	p = h.posting(h.fresh(), bot.Reply{Title: "Still posted here."})
	if _, err := h.slack.Post(h.ctx, p); err != nil || !strings.Contains(h.Seen(), "Still posted here.") {
		t.Errorf("a revoked token of the other workspace: Post = %v", err)
	}
}
