package slack_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack/socketmode"

	"github.com/petrelops/petrel/internal/sim/script"
	"github.com/petrelops/petrel/internal/sim/slack"
)

// TestAgain: a message comes once more when a script says so, under the same id, although it was acknowledged.
func TestAgain(t *testing.T) {
	r := newRig(t, slack.Options{})
	stop := r.listen(func(c *socketmode.Client, e socketmode.Event) { acknowledge(c, e) })
	defer stop()
	ts, err := r.sim.Say(slack.Said{User: "U0ANN", Channel: "D0ANN", Text: "hello", Again: []time.Duration{time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	first := r.until(is(slack.LineAck))
	r.pass(time.Minute)
	second := r.until(func(l slack.Line) bool { return l.Kind == slack.LineAck && l.Envelope != first.Envelope })
	if first.Delivery != second.Delivery || second.TS != ts || second.Event != "message" {
		t.Errorf("first %+v, then %+v", first, second)
	}
}

// TestScale: the minutes between redeliveries are shorter where they are divided.
func TestScale(t *testing.T) {
	r := newRig(t, slack.Options{Scale: 60})
	if _, err := r.sim.Say(slack.Said{User: "U0ANN", Channel: "D0ANN", Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 4; n++ { // nobody listens, so each attempt fails at once
		r.until(func(l slack.Line) bool { return l.Kind == slack.LineFailed && l.Attempt == n })
		if n == 2 || n == 3 {
			for waiting, changed := r.clock.Waiters(); waiting == 0; waiting, changed = r.clock.Waiters() {
				<-changed
			}
			r.clock.Advance(5 * time.Second)
		}
	}
}

// counting draws 0, 1, 2 … in turn.
type counting struct{ next uint64 }

func (c *counting) Uint64() uint64 {
	c.next++
	return c.next - 1
}

// TestPercent: chance decides which calls meet a rule.
func TestPercent(t *testing.T) {
	r := newRig(t, slack.Options{Random: &counting{}})
	if _, err := r.sim.Inject(script.Fault{Effect: script.EffectStatus, Status: 503, Count: script.Forever, Percent: 30}); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for range 100 {
		if r.call("api.test", url.Values{}) == nil {
			failed++
		}
	}
	if failed != 30 {
		t.Errorf("%d of 100 calls failed", failed)
	}
	if _, err := r.sim.Inject(script.Fault{Effect: script.EffectDrop, Percent: 101}); err == nil {
		t.Error("101 % was taken")
	}
}

// TestWhoCalls: the ledger tells by which address a call came, and for how long it was told to wait.
func TestWhoCalls(t *testing.T) {
	r := newRig(t, slack.Options{Reads: true})
	if _, err := r.sim.Inject(script.Fault{Effect: script.EffectStatus, Status: http.StatusTooManyRequests, RetryAfter: 7}); err != nil {
		t.Fatal(err)
	}
	r.call("auth.test", url.Values{})
	r.call("auth.test", url.Values{})
	host := strings.TrimPrefix(r.web.URL, "http://")
	if l := r.until(is(slack.LineRefused)); l.Wait != 7 || l.Via != host {
		t.Errorf("refused: %+v", l)
	}
	if l := r.until(is(slack.LineRead)); l.Method != "auth.test" || l.Via != host {
		t.Errorf("read: %+v", l)
	}
}
