package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/web"
)

func TestHealth(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		path   string
		fault  error
		status int
		text   string
	}{
		{"/healthz", nil, 200, "alive\n"},
		{"/healthz", errors.New("away"), 200, "alive\n"},
		{"/readyz", nil, 200, "ready\n"},
		{"/readyz", bot.E(bot.CodeUnavailable, "x.y.z", "Redis does not answer.", nil), 503, "Redis does not answer.\n"},
		{"/readyz", errors.New("secret path"), 503, "The store cannot be asked. The log has the reason.\n"},
	} {
		w.ready = test.fault
		if got := w.send(http.MethodGet, test.path, http.NoBody); got.Code != test.status || got.Body.String() != test.text {
			t.Errorf("%s with %v: %d %q", test.path, test.fault, got.Code, got.Body)
		}
	}
}

func TestSendersThatCannotBeUsed(t *testing.T) {
	good := web.Sender{Name: "a", Kind: web.HMAC, Secret: "s"}
	for _, test := range []struct {
		name    string
		senders []web.Sender
		want    string
	}{
		{"good", []web.Sender{good}, ""},
		{"none", nil, ""},
		{"empty secret", []web.Sender{{Name: "a", Kind: web.APIKey}}, "the secret of the sender a is empty"},
		{"no kind", []web.Sender{{Name: "a", Secret: "s"}}, "the kind of the sender a is api_key, bearer or hmac"},
		{"no name", []web.Sender{{Kind: web.Bearer, Secret: "s"}}, "the sender number 1 has no name"},
		{"twice", []web.Sender{good, good}, "two senders have the name a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := web.New(web.Parts{}, web.Options{Senders: test.senders})
			if test.want == "" && err != nil || test.want != "" && (bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), test.want)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A server without senders takes nothing, whatever is shown.
func TestWithoutSenders(t *testing.T) {
	w := newWorld(t)
	s, err := web.New(web.Parts{Events: w, Log: slog.New(slog.DiscardHandler)}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.server = s
	for _, header := range []string{"X-Api-Key: ", "Authorization: Bearer ", signed("", "{}")} {
		if got := w.post(hooks+"push", "{}", header); got.Code != http.StatusUnauthorized || len(w.events) > 0 {
			t.Errorf("%q: %d", header, got.Code)
		}
	}
}

// It answers over the network and ends when its context does.
func TestServe(t *testing.T) {
	w := newWorld(t)
	listener := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- w.server.Serve(ctx, listener) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/healthz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || string(text) != "alive\n" {
		t.Errorf("%q %v", text, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServeWithoutItsListener(t *testing.T) {
	w := newWorld(t)
	listener := listen(t)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.server.Serve(t.Context(), listener); bot.ErrorCode(err) != bot.CodeUnavailable {
		t.Errorf("got %v", err)
	}
}

func TestAddressThatIsTaken(t *testing.T) {
	listener := listen(t)
	defer listener.Close()
	s, err := web.New(web.Parts{Log: slog.New(slog.DiscardHandler)}, web.Options{Listen: listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); bot.ErrorCode(err) != bot.CodeUnavailable || !strings.Contains(bot.ErrorText(err), "Name a free address") {
		t.Errorf("got %v", err)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
