package app_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

// posted returns an app that Slack posts to, as far as one can be made of the addresses.
func posted(t *testing.T, listen string, own config.SlackHTTP) (*app.App, error) {
	t.Helper()
	t.Setenv("PETREL_TEST_BOT", "xoxb-1")
	t.Setenv("PETREL_TEST_SECRET", "secret")
	c := config.Default()
	c.Data, c.HTTP.Listen, c.Adapters.Slack.HTTP = t.TempDir(), listen, own
	c.Adapters.Slack.Workspaces = []config.SlackWorkspace{{BotToken: "env:PETREL_TEST_BOT", Secret: "env:PETREL_TEST_SECRET", APIURL: "http://127.0.0.1:1/"}}
	a, err := app.New(t.Context(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler), Chats: true})
	if err == nil {
		t.Cleanup(func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return a, err
}

// TestSlackOverHTTP: what Slack posts is taken at Petrel's own address, and without one that is a fault.
func TestSlackOverHTTP(t *testing.T) {
	public := config.SlackHTTP{URL: "https://petrel.example.com"}
	if _, err := posted(t, "", public); bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), "http.listen is empty") {
		t.Errorf("without an address: %v", err)
	}
	a, err := posted(t, "127.0.0.1:0", public)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	a.Web.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/slack/events", strings.NewReader(`{}`)))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("what nobody signed is answered %d", w.Code)
	}
}
