package web_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/web"
)

const (
	key    = "key-of-ci"
	token  = "token-of-watch"
	secret = "secret-of-github"
)

// world is a server in front of events that are only noted. A delivery that came before is the same event.
type world struct {
	*testing.T
	server         *web.Server
	rules          []*rule.Rule
	events         []event.Event
	ids            map[string]string
	ruleErr, fault error
	ready          error
	clock          *clock.Fake
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewFake(time.Unix(1_800_000_000, 0)), ids: map[string]string{}, rules: []*rule.Rule{
		waiting("ci/build", true), waiting("push", true), waiting("off", false),
		{Trigger: "core.st2.CronTimer", Enabled: true, With: map[string]any{"url": "timer"}},
	}}
	s, err := web.New(web.Parts{Events: w, Ready: func(context.Context) error { return w.ready }, Clock: w.clock, Log: slog.New(slog.DiscardHandler)}, web.Options{
		Senders: []web.Sender{
			{Name: "ci", Kind: web.APIKey, Secret: key},
			{Name: "watch", Kind: web.Bearer, Secret: token, PerMinute: 2},
			{Name: "github", Kind: web.HMAC, Secret: secret, Hooks: []string{"push"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.server = s
	return w
}

func waiting(url string, enabled bool) *rule.Rule {
	return &rule.Rule{Trigger: "core.st2.webhook", Enabled: enabled, With: map[string]any{"url": url}}
}

// Rules implements web.Events.
func (w *world) Rules(context.Context) ([]*rule.Rule, error) { return w.rules, w.ruleErr }

// Emit implements web.Events.
func (w *world) Emit(_ context.Context, e event.Event) (event.Instance, error) {
	if w.fault != nil {
		return event.Instance{}, w.fault
	}
	if id, known := w.ids[e.Dedupe]; known && e.Dedupe != "" {
		return event.Instance{ID: id}, nil
	}
	w.events = append(w.events, e)
	id := fmt.Sprintf("event-%d", len(w.events))
	w.ids[e.Dedupe] = id
	return event.Instance{ID: id}, nil
}

// post sends a request. Headers are name: value.
func (w *world) post(path, body string, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	return w.send(http.MethodPost, path, strings.NewReader(body), headers...)
}

func (w *world) send(method, path string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), method, path, body)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	got := httptest.NewRecorder()
	w.server.Handler().ServeHTTP(got, r)
	return got
}

// signed returns the header with which GitHub signs a body.
func signed(with, body string) string {
	sum := hmac.New(sha256.New, []byte(with))
	sum.Write([]byte(body))
	return "X-Hub-Signature-256: sha256=" + hex.EncodeToString(sum.Sum(nil))
}
