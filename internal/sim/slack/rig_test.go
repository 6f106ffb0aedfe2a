package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/sim/slack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a simulator behind a web server, with slack-go as a client that it was not written for.
type rig struct {
	*testing.T
	sim    *slack.Server
	web    *httptest.Server
	api    *slackgo.Client
	clock  *clock.Fake
	ledger *lines
}

// lines collects the ledger.
type lines struct {
	// mu guards text.
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) all(t *testing.T) []slack.Line {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []slack.Line
	for d := json.NewDecoder(bytes.NewReader(l.text.Bytes())); d.More(); {
		var line slack.Line
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		list = append(list, line)
	}
	return list
}

func newRig(t *testing.T, o slack.Options) *rig {
	t.Helper()
	r := &rig{T: t, clock: clock.NewFake(time.Unix(1_800_000_000, 0)), ledger: &lines{}}
	o.Clock, o.Ledger = r.clock, r.ledger
	r.sim = slack.New(t.Context(), o)
	r.web = httptest.NewServer(r.sim)
	r.api = slackgo.New(slack.DefaultBotToken, slackgo.OptionAPIURL(r.web.URL+"/api/"), slackgo.OptionAppLevelToken(slack.DefaultAppToken),
		slackgo.OptionHTTPClient(r.web.Client()))
	t.Cleanup(func() {
		r.sim.Close()
		r.web.Close()
		if err := r.sim.LedgerError(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// call makes a raw call and returns the answer, nil when it is no JSON.
func (r *rig) call(method string, form url.Values) map[string]any {
	r.Helper()
	if !form.Has("token") {
		form.Set("token", slack.DefaultBotToken)
	}
	var a map[string]any
	_ = json.Unmarshal([]byte(r.browse("/api/"+method, form)), &a) // nil is the answer then
	return a
}

// count returns how many lines of the ledger fit.
func (r *rig) count(fits func(slack.Line) bool) int {
	r.Helper()
	n := 0
	for _, line := range r.ledger.all(r.T) {
		if fits(line) {
			n++
		}
	}
	return n
}

// until waits for a line of the ledger that fits, and returns it.
func (r *rig) until(fits func(slack.Line) bool) slack.Line {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	for {
		changed := r.sim.Changed()
		for _, line := range r.ledger.all(r.T) {
			if fits(line) {
				return line
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			r.Fatalf("no such line in %+v", r.ledger.all(r.T))
		}
	}
}

func is(kind slack.LineKind) func(slack.Line) bool {
	return func(l slack.Line) bool { return l.Kind == kind }
}

// listen opens a socket and returns it with what stops it. handle decides what is acknowledged.
func (r *rig) listen(handle func(c *socketmode.Client, e socketmode.Event)) (stop func()) {
	r.Helper()
	c := socketmode.New(r.api, socketmode.OptionPingInterval(time.Hour))
	ctx, cancel := context.WithCancel(r.Context())
	ended, open := make(chan struct{}), make(chan struct{}, 16)
	go func() {
		defer close(ended)
		_ = c.RunContext(ctx) // it ends with the context
	}()
	read := make(chan struct{})
	go func() {
		defer close(read)
		for {
			select {
			case e := <-c.Events:
				if e.Type == socketmode.EventTypeHello {
					open <- struct{}{}
				}
				handle(c, e)
			case <-ended:
				return
			}
		}
	}()
	<-open
	return func() { cancel(); <-ended; <-read }
}

func acknowledge(c *socketmode.Client, e socketmode.Event) {
	if e.Request != nil && e.Request.EnvelopeID != "" {
		_ = c.Ack(*e.Request) // the ledger tells
	}
}
