package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/executor"
)

// hooked returns a daemon with a pack whose one rule echoes what a webhook brings. Its end is waited for.
func hooked(t *testing.T) *app.App {
	t.Helper()
	t.Setenv("PETREL_TEST_HOOK", "a key")
	dir := filepath.Join(t.TempDir(), "hooks")
	for name, text := range map[string]string{
		"pack.yaml": "name: hooks\nref: hooks\ndescription: Hooks\nversion: 1.0.0\nauthor: ann\nemail: ann@example.com\n",
		"rules/build.yaml": "name: build\nenabled: true\ntrigger: {type: core.st2.webhook, parameters: {url: /ci/build}}\n" +
			"criteria: {trigger.body.status: {type: equals, pattern: failed}, trigger.headers_lower.x-job: {type: exists}}\n" +
			"action: {ref: core.echo, parameters: {message: '{{ trigger.body.job }} failed'}}\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := config.Default()
	c.Data, c.Packs = t.TempDir(), []string{dir}
	c.Permissions = []config.Permission{{Identity: "rule:hooks.*", Action: "core.echo", Source: "p.yaml:1"}}
	c.HTTP = config.HTTP{Listen: "127.0.0.1:0", Senders: []config.Sender{{Name: "ci", Kind: "api_key", Secret: "env:PETREL_TEST_HOOK"}}}
	a, err := app.New(t.Context(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler), Chats: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, false) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// post sends a build that failed, with a key.
func post(t *testing.T, a *app.App, path, secret string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(`{"job": "nightly", "status": "failed"}`))
	for name, value := range map[string]string{"St2-Api-Key": secret, "Content-Type": "application/json", "X-Job": "1", "Idempotency-Key": "build-17"} {
		r.Header.Set(name, value)
	}
	got := httptest.NewRecorder()
	a.Web.Handler().ServeHTTP(got, r)
	return got
}

// A webhook makes a rule run an action, once for each delivery, and nobody but who is known can do so.
func TestWebhookRunsAnAction(t *testing.T) {
	const path = "/api/v1/webhooks/ci/build"
	a := hooked(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if got := post(t, a, path, "another key"); got.Code != http.StatusUnauthorized {
		t.Errorf("a stranger got %d", got.Code)
	}
	if got := post(t, a, "/api/v1/webhooks/ci/other", "a key"); got.Code != http.StatusNotFound {
		t.Errorf("a webhook that nobody waits for gave %d", got.Code)
	}
	first := post(t, a, path, "a key")
	id := first.Header().Get("X-Petrel-Event")
	if first.Code != http.StatusAccepted || id == "" {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	if again := post(t, a, path, "a key"); again.Code != http.StatusAccepted || again.Header().Get("X-Petrel-Event") != id {
		t.Errorf("the same delivery again: %d %v", again.Code, again.Header())
	}
	e := accepted(ctx, t, a, id)
	e, err := a.Executor.Wait(ctx, e.ID)
	if err != nil || e.Status != bot.Succeeded || e.Params["message"] != "nightly failed" || e.Identity.ID != "rule:hooks.build" {
		t.Errorf("%+v %v", e, err)
	}
	events, err := a.Events.Instances(ctx, event.Filter{Trigger: "core.st2.webhook"})
	if err != nil || len(events) != 1 || events[0].ID != id || events[0].Source != "webhook:ci" {
		t.Errorf("%+v %v", events, err)
	}

	// A rule that is turned off takes its webhook with it.
	if _, err := a.Events.Switch(ctx, "hooks.build", false, bot.Identity{ID: "ann"}); err != nil {
		t.Fatal(err)
	}
	if got := post(t, a, path, "a key"); got.Code != http.StatusNotFound {
		t.Errorf("a webhook whose rule is off gave %d", got.Code)
	}
}

// accepted waits for the one execution that an event caused.
func accepted(ctx context.Context, t *testing.T, a *app.App, id string) bot.Execution {
	t.Helper()
	for {
		list, err := a.Executor.Executions(ctx, executor.Filter{Trace: id, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) > 0 {
			return list[0]
		}
		select {
		case <-ctx.Done():
			t.Fatal("the event caused no execution")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestReadyWhileTheStoreAnswers(t *testing.T) {
	c := config.Default()
	c.Data, c.HTTP.Listen = t.TempDir(), "127.0.0.1:0"
	a, err := app.New(t.Context(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler), Chats: true})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() int {
		got := httptest.NewRecorder()
		a.Web.Handler().ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", http.NoBody))
		return got.Code
	}
	if got := ask(); got != http.StatusOK {
		t.Errorf("with a store: %d", got)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != http.StatusServiceUnavailable {
		t.Errorf("without a store: %d", got)
	}
}

// A sender without a secret would let anybody in, so Petrel does not start.
func TestSenderWithoutASecret(t *testing.T) {
	for _, secret := range []config.Secret{"", "env:PETREL_TEST_NOT_SET"} {
		c := config.Default()
		c.Data = t.TempDir()
		c.HTTP = config.HTTP{Listen: "127.0.0.1:0", Senders: []config.Sender{{Name: "ci", Kind: "hmac", Secret: secret}}}
		if _, err := app.New(t.Context(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler), Chats: true}); err == nil {
			t.Errorf("it started with the secret %q", secret)
		}
	}
}

func TestNoServerUnlessAsked(t *testing.T) {
	if a := build(t, ""); a.Web != nil {
		t.Error("there is a server without an address")
	}
}
