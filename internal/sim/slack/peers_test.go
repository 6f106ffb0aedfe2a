package slack_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/petrelops/petrel/internal/sim/slack"
)

// What follows was found by clients that others wrote: docs/peers.md.

// TestRotationInGoodOrder: a socket that is to be replaced ends with a close frame after the word that says so.
func TestRotationInGoodOrder(t *testing.T) {
	r := newRig(t, slack.Options{})
	_, address, err := r.api.StartSocketModeContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn, _ := dial(t, address)
	defer conn.Close()
	var hello, last struct{ Type, Reason string }
	if err := conn.ReadJSON(&hello); err != nil || hello.Type != "hello" {
		t.Fatalf("the socket began with %+v, %v", hello, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.sim.RotateSocket()
	}()
	if err := conn.ReadJSON(&last); err != nil || last.Type != "disconnect" {
		t.Errorf("the socket was told %+v, %v", last, err)
	}
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("the socket ended with %v", err)
	}
	<-ended
	if n := r.sim.Sockets(); n != 0 {
		t.Errorf("%d sockets are open", n)
	}
}

// TestSpokenOverHTTP: what answers a command over HTTP is shown, as JSON that says it is JSON or else as the text that it is.
func TestSpokenOverHTTP(t *testing.T) {
	for name, tt := range map[string]struct{ kind, body, want string }{
		"text":           {"text/plain; charset=utf-8", "taken", "taken"},
		"JSON":           {"application/json; charset=utf-8", `{"text":"taken"}`, "taken"},
		"JSON as a text": {"text/plain", `{"text":"taken"}`, `{"text":"taken"}`},
		"nothing":        {"text/plain", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.kind)
				_, _ = io.WriteString(w, tt.body) // the workspace tells
			}))
			defer app.Close()
			r := newRig(t, slack.Options{Deliver: app.URL})
			if _, err := r.sim.Slash(slack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "x"}); err != nil {
				t.Fatal(err)
			}
			r.until(is(slack.LineAck))
			r.sim.Close() // it waits for the end of the delivery
			http.DefaultClient.CloseIdleConnections()
			got := ""
			for _, m := range r.sim.Messages("C0OPS") {
				got += m.Text
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
