package slack_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// request is what somebody posts to the bot.
type request struct {
	path, contentType, body string
	secret                  string        // empty is the right one
	age                     time.Duration // of the signature
	bare                    bool          // without a signature
}

// post returns how the request was answered.
func (h *running) post(r request) (status int, body string, header http.Header) {
	h.Helper()
	out, err := http.NewRequestWithContext(h.ctx, http.MethodPost, h.hooks.URL+r.path, bytes.NewReader([]byte(r.body)))
	if err != nil {
		h.Fatal(err)
	}
	out.Header.Set("Content-Type", r.contentType)
	if r.secret == "" {
		r.secret = simslack.DefaultSecret
	}
	if !r.bare {
		simslack.Sign(out.Header, r.secret, strconv.FormatInt(h.clock.Now().Add(-r.age).Unix(), 10), []byte(r.body))
	}
	answer, err := http.DefaultClient.Do(out)
	if err != nil {
		h.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		h.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header
}

func slash(text string) string {
	return url.Values{
		"team_id": {simslack.Team}, "channel_id": {"C0OPS"}, "user_id": {"U0ANN"}, "command": {"/petrel"}, "text": {text}, "trigger_id": {"t." + text},
	}.Encode()
}

func mention(text string) string {
	return `{"type":"event_callback","team_id":"T0SIM","event":{"type":"app_mention","user":"U0ANN","text":"<@U0PETREL> ` + text + `","ts":"1800000000.000100","channel":"C0OPS"}}`
}

// overHTTP runs an adapter that takes requests and counts what reaches the bot.
func overHTTP(t *testing.T, answer receiver) (h *running, received *atomic.Int32) {
	t.Helper()
	received = &atomic.Int32{}
	return run(t, simslack.Options{}, slack.Options{HTTP: true}, receiver(func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		received.Add(1)
		return answer(ctx, m)
	})), received
}

// TestBadRequests: each gets its status and has no effect.
func TestBadRequests(t *testing.T) {
	h, received := overHTTP(t, parrot)
	const events, commands, interactions = "/slack/events", "/slack/commands", "/slack/interactions"
	for name, tt := range map[string]struct {
		request
		status int
	}{
		"unsigned":             {request{path: commands, contentType: formType, body: slash("x"), bare: true}, 401},
		"signed by another":    {request{path: commands, contentType: formType, body: slash("x"), secret: "guess"}, 401},
		"stale":                {request{path: commands, contentType: formType, body: slash("x"), age: 5*time.Minute + time.Second}, 401},
		"from the future":      {request{path: commands, contentType: formType, body: slash("x"), age: -5*time.Minute - time.Second}, 401},
		"too big":              {request{path: events, contentType: jsonType, body: `{"x":"` + strings.Repeat("x", 1<<20) + `"}`}, 413},
		"truncated":            {request{path: events, contentType: jsonType, body: `{"type":"event_call`}, 400},
		"no object":            {request{path: events, contentType: jsonType, body: `null`}, 400},
		"another type":         {request{path: events, contentType: formType, body: mention("x")}, 415},
		"a form as JSON":       {request{path: commands, contentType: jsonType, body: `{}`}, 415},
		"a broken form":        {request{path: commands, contentType: formType, body: "team_id=%zz"}, 400},
		"no payload":           {request{path: interactions, contentType: formType, body: "a=b"}, 400},
		"a bad payload":        {request{path: interactions, contentType: formType, body: "payload=" + url.QueryEscape(`{"type":`)}, 400},
		"bad ids":              {request{path: events, contentType: jsonType, body: strings.Replace(mention("x"), "U0ANN", "u 0", 1)}, 400},
		"no trigger":           {request{path: commands, contentType: formType, body: strings.Replace(slash("x"), "trigger_id", "t", 1)}, 400},
		"another path":         {request{path: "/slack/other", contentType: jsonType, body: `{}`}, 404},
		"an unknown event":     {request{path: events, contentType: jsonType, body: `{"type":"event_callback","team_id":"T0SIM","event":{"type":"tokens_revoked"}}`}, 200},
		"an unknown kind":      {request{path: events, contentType: jsonType, body: `{"type":"app_rate_limited"}`}, 200},
		"an unknown workspace": {request{path: commands, contentType: formType, body: strings.Replace(slash("x"), "T0SIM", "T0X", 1)}, 200},
		"an unknown command":   {request{path: commands, contentType: formType, body: strings.Replace(slash("x"), "petrel", "other", 1)}, 200},
	} {
		status, _, header := h.post(tt.request)
		if status != tt.status {
			t.Errorf("%s: %d, want %d", name, status, tt.status)
		}
		if again := header.Get("X-Slack-No-Retry") == ""; again == (status >= 400 && status != 404) {
			t.Errorf("%s: Slack is to send it again: %v", name, again)
		}
	}
	get, err := http.NewRequestWithContext(h.ctx, http.MethodGet, h.hooks.URL+events, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(get)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Body.Close(); answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a GET is answered %d", answer.StatusCode)
	}
	if received.Load() != 0 || h.Seen() != "" {
		t.Errorf("the bot received %d messages and said %q", received.Load(), h.Seen())
	}
}

// TestFreshnessIsInclusive: a request that is five minutes old is still taken, and one that comes again has one answer.
func TestFreshnessIsInclusive(t *testing.T) {
	h, received := overHTTP(t, parrot)
	for range 3 {
		if status, body, _ := h.post(request{path: "/slack/commands", contentType: formType, body: slash("once"), age: 5 * time.Minute}); status != 200 || body != "" {
			t.Errorf("%d %q", status, body)
		}
	}
	h.sees("said once")
	h.post(request{path: "/slack/commands", contentType: formType, body: slash("and then")})
	h.sees("said and then")
	if n := strings.Count(h.Seen(), "said once"); n != 1 || received.Load() != 4 {
		t.Errorf("%d answers to %d messages", n, received.Load())
	}
}

// TestAddressIsVerified: what Slack asks when somebody enters the address of the events is read back, if it is signed.
func TestAddressIsVerified(t *testing.T) {
	h, _ := overHTTP(t, parrot)
	asked := request{path: "/slack/events", contentType: jsonType, body: `{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}`}
	if status, body, _ := h.post(asked); status != 200 || body != "3eZbrw1aB" {
		t.Errorf("%d %q", status, body)
	}
	asked.bare = true
	if status, _, _ := h.post(asked); status != 401 {
		t.Errorf("without a signature it is answered %d", status)
	}
}

// TestAnswerComesAfterAccept: while the bot has not accepted, the request is not answered.
func TestAnswerComesAfterAccept(t *testing.T) {
	taken, release := make(chan bool), make(chan bool)
	h, _ := overHTTP(t, func(context.Context, bot.Message) (bot.Answer, error) {
		taken <- true
		<-release
		return bot.Answer{Execution: execution}, nil
	})
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "x"})
	<-taken
	if n := h.ledger.Count(kind(simslack.LineAck)); n != 0 {
		t.Errorf("%d requests were answered before they were accepted", n)
	}
	release <- true
	h.until(1, kind(simslack.LineAck, "slash_commands"))
}

// TestNotAcceptedOverHTTP: an event gets a status that has Slack send it again; a command is answered, because it would not come again.
func TestNotAcceptedOverHTTP(t *testing.T) {
	h, _ := overHTTP(t, func(context.Context, bot.Message) (bot.Answer, error) {
		return bot.Answer{}, bot.E(bot.CodeUnavailable, "test.store.write", "The store is away.", nil)
	})
	if status, _, header := h.post(request{path: "/slack/events", contentType: jsonType, body: mention("x")}); status != 503 || header.Get("X-Slack-No-Retry") != "" {
		t.Errorf("the event is answered %d %v", status, header)
	}
	if status, _, _ := h.post(request{path: "/slack/commands", contentType: formType, body: slash("y")}); status != 200 {
		t.Errorf("the command is answered %d", status)
	}
	h.sees("Slack hands it to me again")
}

// TestNotJoinedYet: before the bot knows who it is, what comes is to come again.
func TestNotJoinedYet(t *testing.T) {
	h := &running{T: t, ledger: &ledger{}}
	h.begin()
	h.harness = newHarness(t, simslack.Options{}, slack.Options{HTTP: true})
	if status, _, header := h.post(request{path: "/slack/commands", contentType: formType, body: slash("x")}); status != 503 || header.Get("X-Slack-No-Retry") != "" {
		t.Errorf("%d %v", status, header)
	}
}

// TestExamineHTTP: the doctor finds what keeps Slack's requests away.
func TestExamineHTTP(t *testing.T) {
	for name, tt := range map[string]struct{ public, want string }{
		"all is well": {"", ""},
		"no proxy":    {"http://127.0.0.1:1", "cannot be reached"},
		"elsewhere":   {"simulator", "answers 404"},
	} {
		t.Run(name, func(t *testing.T) {
			other := newHarness(t, simslack.Options{}, slack.Options{})
			if tt.public == "simulator" {
				tt.public = other.web.URL
			}
			h := newHarness(t, simslack.Options{}, slack.Options{HTTP: true, Public: tt.public})
			var wrong []string
			for _, f := range h.slack.Examine(t.Context()) {
				if !f.Good {
					wrong = append(wrong, f.Text)
				}
			}
			if got := strings.Join(wrong, "\n"); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}
