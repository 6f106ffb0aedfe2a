package slack_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"github.com/petrelops/petrel/internal/sim/slack"
)

// TestSocket has slack-go read and acknowledge one of each.
func TestSocket(t *testing.T) {
	r := newRig(t, slack.Options{})
	got := make(chan socketmode.Event, 16)
	stop := r.listen(func(c *socketmode.Client, e socketmode.Event) {
		if e.Type == socketmode.EventTypeSlashCommand {
			_ = c.Ack(*e.Request, map[string]any{"text": "only for you"}) // the ledger tells
		} else {
			acknowledge(c, e)
		}
		if e.Request != nil && e.Request.EnvelopeID != "" {
			got <- e
		}
	})
	defer stop()

	if _, err := r.sim.Say(slack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel a < b"}); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for range 2 {
		inner := (<-got).Data.(slackevents.EventsAPIEvent).InnerEvent
		kinds[inner.Type] = true
		if m, ok := inner.Data.(*slackevents.AppMentionEvent); ok && m.Text != "<@U0PETREL> a &lt; b" {
			t.Errorf("the mention reads %q", m.Text)
		}
	}
	if !kinds["app_mention"] || !kinds["message"] {
		t.Errorf("a mention came as %v, want app_mention and message", kinds)
	}

	if _, err := r.sim.Slash(slack.Said{User: "U0ANN", Channel: "C0QUIET", Command: "/petrel", Text: "help", Origin: r.web.URL}); err != nil {
		t.Fatal(err)
	}
	command := (<-got).Data.(slackgo.SlashCommand)
	if command.Text != "help" || command.TeamID != slack.Team || command.ChannelID != "C0QUIET" {
		t.Errorf("the command is %+v", command)
	}
	r.until(is(slack.LineEphemeral))
	if m := r.sim.Messages("C0QUIET"); len(m) != 1 || m[0].Only != "U0ANN" || m[0].Text != "only for you" {
		t.Errorf("the answer in the acknowledgement shows as %+v", m)
	}

	_, ts, err := r.api.PostMessageContext(t.Context(), "C0OPS", slackgo.MsgOptionBlocks(slackgo.NewActionBlock("",
		slackgo.NewButtonBlockElement("one", "cancel 1", slackgo.NewTextBlockObject("plain_text", "Cancel", false, false)))))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.sim.Press(slack.Said{User: "U0BOB", Channel: "C0OPS", TS: ts, Label: "Cancel", Origin: r.web.URL}); err != nil {
		t.Fatal(err)
	}
	press := (<-got).Data.(slackgo.InteractionCallback)
	if a := press.ActionCallback.BlockActions[0]; a.Value != "cancel 1" || press.User.ID != "U0BOB" || press.Container.MessageTs != ts {
		t.Errorf("the press is %+v", press)
	}
	r.until(func(l slack.Line) bool { return l.Kind == slack.LineAck && l.Type == "interactive" })
}

// TestRetries: an event that nobody acknowledges is tried four times; a slash command once, and the person is told.
func TestRetries(t *testing.T) {
	r := newRig(t, slack.Options{})
	stop := r.listen(func(*socketmode.Client, socketmode.Event) {})
	defer stop()
	if _, err := r.sim.Say(slack.Said{User: "U0ANN", Channel: "D0ANN", Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 4; n++ {
		r.until(func(l slack.Line) bool { return l.Kind == slack.LineDelivery && l.Attempt == n })
		r.pass(3 * time.Second)
		r.until(func(l slack.Line) bool { return l.Kind == slack.LineFailed && l.Attempt == n })
		if n == 2 || n == 3 {
			r.pass(5 * time.Minute)
		}
	}
	ids := map[string]bool{}
	for _, l := range r.ledger.all(t) {
		if l.Kind == slack.LineDelivery {
			ids[l.Delivery] = true
		}
	}
	if len(ids) != 1 {
		t.Errorf("the attempts have ids %v, want one", ids)
	}
	if _, err := r.sim.Slash(slack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "x"}); err != nil {
		t.Fatal(err)
	}
	r.until(func(l slack.Line) bool { return l.Kind == slack.LineDelivery && l.Type == "slash_commands" })
	r.pass(3 * time.Second)
	r.until(func(l slack.Line) bool { return l.Code == "operation_timeout" })
}

// pass moves the clock once somebody waits for it.
func (r *rig) pass(d time.Duration) {
	r.Helper()
	for {
		n, changed := r.clock.Waiters()
		if n > 1 { // the first is the next ping
			r.clock.Advance(d)
			return
		}
		<-changed
	}
}

// TestRotation: the client that is asked to reconnect does so, and a socket that is cut off is replaced.
func TestRotation(t *testing.T) {
	r := newRig(t, slack.Options{})
	stop := r.listen(acknowledge)
	defer stop()
	opened := func(n int) {
		t.Helper()
		r.until(func(slack.Line) bool {
			return r.count(func(l slack.Line) bool { return l.Kind == slack.LineSocket && l.Code == "open" }) == n
		})
	}
	opened(1)
	r.sim.RotateSocket()
	opened(2)
	r.sim.DropSockets()
	opened(3)
	if _, err := r.sim.Say(slack.Said{User: "U0ANN", Channel: "D0ANN", Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	r.until(is(slack.LineAck))
}

func TestElevenSockets(t *testing.T) {
	r := newRig(t, slack.Options{Unlimited: true})
	for range 10 {
		defer r.listen(acknowledge)()
	}
	if n := r.sim.Sockets(); n != 10 {
		t.Fatalf("%d sockets are open", n)
	}
	_, address, err := r.api.StartSocketModeContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn, _ := dial(t, address)
	defer conn.Close()
	var refusal struct{ Type, Reason string }
	if err := conn.ReadJSON(&refusal); err != nil || refusal.Reason != "too_many_websockets" {
		t.Errorf("the eleventh socket was told %+v, %v", refusal, err)
	}
	if _, status := dial(t, address); status != http.StatusForbidden {
		t.Errorf("the address of a socket could be used twice")
	}
}

// TestHTTP delivers over HTTP to a server that checks signatures with slack-go.
func TestHTTP(t *testing.T) {
	got := make(chan string, 16)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		mac := http.Header{}
		slack.Sign(mac, slack.DefaultSecret, req.Header.Get("X-Slack-Request-Timestamp"), body)
		if mac.Get("X-Slack-Signature") != req.Header.Get("X-Slack-Signature") {
			t.Error("the signature does not fit the body")
		}
		got <- req.URL.Path + " " + req.Header.Get("X-Slack-Retry-Num") + " " + string(body)
		if req.Header.Get("X-Slack-Retry-Num") == "" && req.URL.Path == "/events" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"text":"taken"}`) // the ledger tells
	}))
	defer app.Close()
	r := newRig(t, slack.Options{Deliver: app.URL})
	if _, err := r.sim.Say(slack.Said{User: "U0ANN", Channel: "D0ANN", Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	first, second := <-got, <-got
	if !strings.HasPrefix(first, "/events  {") || !strings.HasPrefix(second, "/events 1 {") {
		t.Errorf("the event came as\n%s\n%s", first, second)
	}
	if _, err := r.sim.Slash(slack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "a&b"}); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(strings.TrimPrefix(<-got, "/commands  "))
	if err != nil || form.Get("text") != "a&amp;b" || form.Get("user_id") != "U0ANN" {
		t.Errorf("the command came as %v, %v", form, err)
	}
	r.until(is(slack.LineEphemeral))
	http.DefaultClient.CloseIdleConnections()
}

// TestHook: a response_url works five times within half an hour.
func TestHook(t *testing.T) {
	r := newRig(t, slack.Options{})
	hooks := make(chan string, 4)
	stop := r.listen(func(c *socketmode.Client, e socketmode.Event) {
		acknowledge(c, e)
		if command, ok := e.Data.(slackgo.SlashCommand); ok {
			hooks <- command.ResponseURL
		}
	})
	defer stop()
	use := func(address string) int {
		t.Helper()
		body, err := json.Marshal(map[string]string{"text": "x"})
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		response, err := r.web.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	for _, late := range []bool{false, true} {
		if _, err := r.sim.Slash(slack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "x", Origin: r.web.URL}); err != nil {
			t.Fatal(err)
		}
		hook := <-hooks
		if late {
			r.clock.Advance(31 * time.Minute)
		} else {
			for range 5 {
				if status := use(hook); status != http.StatusOK {
					t.Errorf("a use was answered with %d", status)
				}
			}
		}
		if status := use(hook); status != http.StatusNotFound {
			t.Errorf("late %t: one more use was answered with %d", late, status)
		}
	}
}
