package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/sim/script"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// ledger keeps the lines of a simulator.
type ledger = adaptertest.Ledger[simslack.Line]

// receiver answers messages with a function.
type receiver func(ctx context.Context, m bot.Message) (bot.Answer, error)

func (r receiver) Receive(ctx context.Context, m bot.Message) (bot.Answer, error) { return r(ctx, m) }

// parrot answers with what it was told, privately when it was told so.
func parrot(_ context.Context, m bot.Message) (bot.Answer, error) {
	return bot.Answer{Reply: &bot.Reply{Title: m.Account() + " said " + m.Text, Private: strings.Contains(m.Text, "private")}}, nil
}

// running is a harness whose adapter runs, with the ledger of its workspace.
type running struct {
	*harness
	*testing.T
	ledger *ledger
	ctx    context.Context //nolint:containedctx // the patience of the test
}

func run(t *testing.T, sim simslack.Options, o slack.Options, r bot.Receiver) *running {
	t.Helper()
	h := &running{T: t, ledger: &ledger{}}
	sim.Ledger = h.ledger
	if o.Silence == 0 { // the clock runs ahead of what comes over the sockets
		o.Silence = time.Hour
	}
	h.harness = newHarness(t, sim, o)
	h.begin()
	h.work(h.slack, r)
	sockets := o.Sockets
	if sockets == 0 {
		sockets = 2
	}
	if err := h.listening(h.ctx, sockets); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *running) begin() {
	ctx, cancel := context.WithTimeout(h.Context(), 20*time.Second)
	h.Cleanup(cancel)
	h.ctx = ctx
}

// work runs an adapter until the test ends.
func (h *running) work(a *slack.Adapter, r bot.Receiver) {
	h.Helper()
	ctx, cancel := context.WithCancel(h.ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, r) }()
	h.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			h.Errorf("Run = %v", err)
		}
	})
}

// until waits until the ledger has n lines that fit.
func (h *running) until(n int, fits func(simslack.Line) bool) {
	h.Helper()
	for {
		changed := h.sim.Changed()
		if h.ledger.Count(fits) >= n {
			return
		}
		select {
		case <-changed:
		case <-h.ctx.Done():
			h.Fatalf("%d lines were wanted; people see\n%s", n, h.Seen())
		}
	}
}

func (h *running) sees(want string) {
	h.Helper()
	if err := h.sim.Wait(h.ctx, want); err != nil {
		h.Fatalf("%q was not said; people see\n%s", want, h.Seen())
	}
}

func (h *running) does(do func(simslack.Said) (string, error), w simslack.Said) {
	h.Helper()
	w.Origin = h.web.URL
	if _, err := do(w); err != nil {
		h.Fatal(err)
	}
}

func kind(kind simslack.LineKind, types ...string) func(simslack.Line) bool {
	return func(l simslack.Line) bool { return l.Kind == kind && (len(types) == 0 || l.Type == types[0]) }
}

// TestWaysIn: each way in reaches the bot with the right words and person, and the answer comes where it belongs.
func TestWaysIn(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(parrot))
	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel mention"})
	h.sees("slack:T0SIM/U0ANN said mention")
	h.does(h.sim.Say, simslack.Said{User: "U0BOB", Channel: "D0BOB", Text: "petrel direct"})
	h.sees("slack:T0SIM/U0BOB said direct")
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "slash"})
	h.sees("slack:T0SIM/U0ANN said slash")
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0QUIET", Command: "/petrel", Text: "private where the bot is not"})
	h.sees("said private where the bot is not")
	h.does(h.sim.Slash, simslack.Said{User: "U0BOB", Channel: "C0QUIET", Command: "/petrel", Text: "open where the bot is not"})
	h.sees("said open where the bot is not")
	p := h.posting(h.fresh(), bot.Reply{Status: bot.Running, Title: "At work.", Blocks: []bot.Block{{Buttons: []bot.Button{{Label: "Cancel", Command: "cancel 123456"}}}}})
	ref, err := h.slack.Post(h.ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	_, ts, _ := strings.Cut(ref, "/")
	h.does(h.sim.Press, simslack.Said{User: "U0BOB", Channel: "C0OPS", TS: ts, Label: "Cancel"})
	h.sees("slack:T0SIM/U0BOB said cancel 123456")

	for _, m := range h.sim.Messages("C0OPS") {
		text := simslack.Readable(m)
		if strings.Contains(text, "said cancel") && m.Thread != ts {
			t.Errorf("the answer to the press hangs in thread %q, want %q", m.Thread, ts)
		}
		if strings.Contains(text, "said mention") && m.Thread == "" {
			t.Error("the answer to the mention hangs in no thread")
		}
	}
	for _, m := range h.sim.Messages("C0QUIET") {
		if m.Only != "U0ANN" {
			t.Errorf("%q can be read by others than ann", simslack.Readable(m))
		}
	}
	if m := h.sim.Messages("D0BOB"); !strings.Contains(simslack.Readable(m[len(m)-1]), "said open") {
		t.Errorf("bob was not answered where the bot can write: %+v", m)
	}
	h.until(1, kind(simslack.LineAck, "interactive"))
	h.until(3, kind(simslack.LineAck, "slash_commands"))
	h.until(3, kind(simslack.LineAck, "events_api")) // the mention came as two events
}

// TestAckComesAfterAccept: while the bot has not accepted, nothing is acknowledged.
func TestAckComesAfterAccept(t *testing.T) {
	received, release := make(chan bool), make(chan bool)
	h := run(t, simslack.Options{}, slack.Options{}, receiver(func(context.Context, bot.Message) (bot.Answer, error) {
		received <- true
		<-release
		return bot.Answer{Execution: execution}, nil
	}))
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "x"})
	<-received
	if n := h.ledger.Count(kind(simslack.LineAck)); n != 0 {
		t.Errorf("%d deliveries were acknowledged before they were accepted", n)
	}
	release <- true
	h.until(1, kind(simslack.LineAck, "slash_commands"))
}

// TestNotAccepted: an event stays unacknowledged, so Slack sends it again, and is accepted then and answered; a command is acknowledged,
// because Slack would not. Both times the person is told, once.
func TestNotAccepted(t *testing.T) {
	var mu sync.Mutex
	broken := true
	h := run(t, simslack.Options{}, slack.Options{}, receiver(func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		mu.Lock()
		defer mu.Unlock()
		if broken {
			return bot.Answer{}, bot.E(bot.CodeUnavailable, "test.store.write", "The store is away.", nil)
		}
		return parrot(ctx, m)
	}))
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "x"})
	h.sees("The store is away.")
	h.until(1, kind(simslack.LineAck, "slash_commands"))

	h.does(h.sim.Say, simslack.Said{User: "U0BOB", Channel: "D0BOB", Text: "later"})
	h.sees("Slack hands it to me again")
	retry := func(n int) func(simslack.Line) bool {
		return func(l simslack.Line) bool {
			return l.Kind == simslack.LineDelivery && l.Channel == "D0BOB" && l.Attempt == n
		}
	}
	h.pass(1, retry(2))
	mu.Lock()
	broken = false
	mu.Unlock()
	h.pass(1, func(l simslack.Line) bool {
		return l.Kind == simslack.LinePost && strings.Contains(l.Text, "said later")
	})
	h.sees("slack:T0SIM/U0BOB said later")
	if n := strings.Count(h.Seen(), "Slack hands it to me again"); n != 1 {
		t.Errorf("bob was told %d times that it was not accepted", n)
	}
}

// TestWhoIsHeard: guests and strangers are refused, ignored or let in as the configuration says. Bots are never heard.
func TestWhoIsHeard(t *testing.T) {
	const refusedGuest, refusedStranger = "no commands from guest accounts", "members of this workspace only"
	for _, tt := range []struct {
		policy    slack.Policy
		eve, mall string // what they read
	}{
		{slack.Refuse, refusedGuest, refusedStranger},
		{slack.Ignore, "", ""},
		{slack.Allow, "slack:T0SIM/U0EVE said eve", "slack:T0SIM/U0MAL said mal"},
	} {
		t.Run(string(tt.policy), func(t *testing.T) {
			h := run(t, simslack.Options{}, slack.Options{Guests: tt.policy, Strangers: tt.policy}, receiver(parrot))
			h.does(h.sim.Say, simslack.Said{User: "U0BOT", Channel: "C0OPS", Text: "@petrel bot"})
			h.does(h.sim.Say, simslack.Said{User: "U0EVE", Channel: "C0OPS", Text: "@petrel eve"})
			h.does(h.sim.Say, simslack.Said{User: "U0MAL", Channel: "C0SHARED", Text: "@petrel mal"})
			h.until(6, kind(simslack.LineAck, "events_api")) // two events each
			h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel ann in ops"})
			h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "C0SHARED", Text: "@petrel ann in shared"})
			h.sees("said ann in ops")
			h.sees("said ann in shared")
			for _, want := range []string{tt.eve, tt.mall} {
				if want != "" {
					h.sees(want)
				}
			}
			for _, never := range []string{refusedGuest, refusedStranger, "said eve", "said mal", "said bot"} {
				if never != tt.eve && never != tt.mall && !strings.HasSuffix(tt.eve, never) && !strings.HasSuffix(tt.mall, never) && strings.Contains(h.Seen(), never) {
					t.Errorf("%q was said:\n%s", never, h.Seen())
				}
			}
		})
	}
}

// TestStrangerCannotBecomeAMember: an account with the name of a member is still the account it is.
func TestStrangerCannotBecomeAMember(t *testing.T) {
	people := append(simslack.DemoPeople(), simslack.Person{ID: "U0FAKE", Name: "ann", Email: "ann@example.com"})
	channels := append(simslack.DemoChannels(), simslack.Channel{ID: "D0FAKE", With: "U0FAKE", Members: []string{simslack.BotUser, "U0FAKE"}})
	h := run(t, simslack.Options{People: people, Channels: channels}, slack.Options{}, receiver(parrot))
	h.does(h.sim.Say, simslack.Said{User: "U0FAKE", Channel: "D0FAKE", Text: "whoami"})
	h.sees("slack:T0SIM/U0FAKE said whoami")
}

// TestUnknownPerson: when Slack does not tell who somebody is, nothing is done and the person is told.
func TestUnknownPerson(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(parrot))
	inject(t, h.harness, script.Fault{Method: "users.info", Effect: script.EffectStatus, Status: 503})
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "x"})
	h.sees("Slack does not tell me who you are")
	if strings.Contains(h.Seen(), "said x") {
		t.Error("the command was taken")
	}
}

// TestRedeliveryIsAnsweredOnce: the bot hears it again and says so; the person reads one answer.
func TestRedeliveryIsAnsweredOnce(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(parrot))
	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel once"})
	h.sees("said once")
	for range 3 {
		if err := h.sim.Redeliver(); err != nil {
			t.Fatal(err)
		}
	}
	h.until(8, kind(simslack.LineAck, "events_api"))
	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel and then"})
	h.sees("said and then")
	if n := strings.Count(h.Seen(), "said once"); n != 1 {
		t.Errorf("it was answered %d times:\n%s", n, h.Seen())
	}
}

// TestBadPayloads: each is acknowledged without effect, and what comes after is heard. One has a block that slack-go refuses.
func TestBadPayloads(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(parrot))
	bad := []struct{ kind, payload string }{
		{"events_api", `{"type":"event_callback","team_id":"T0SIM","event":{"type":"app_mention","user":"x y","text":"<@U0PETREL> help","ts":"1.1","channel":"C0OPS"}}`},
		{"events_api", `{"type":"event_callback","team_id":"T0SIM","event":[1,2]}`},
		{"events_api", `"text"`},
		{"slash_commands", `{"team_id":"T0SIM","command":"/petrel"}`},
		{"interactive", `{"type":"view_submission"}`},
		{"interactive", `{"type":"block_actions","team":{"id":"T0SIM"},"actions":[{"type":"button","action_ts":"now"}]}`},
	}
	for _, b := range bad {
		h.sim.Raw(b.kind, json.RawMessage(b.payload))
	}
	h.until(len(bad), kind(simslack.LineAck))
	h.sim.Raw("events_api", json.RawMessage(`{"type":"event_callback","team_id":"T0SIM","event":{"type":"message","channel_type":"im","user":"U0ANN","text":"odd block","ts":"1800000000.000001","channel":"D0ANN","blocks":[{"type":"section","text":7}]}}`))
	h.sees("said odd block")
}

// TestLongPrivateAnswer: an answer that is too long for an ephemeral message comes as a direct message with a file.
func TestLongPrivateAnswer(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(func(context.Context, bot.Message) (bot.Answer, error) {
		return bot.Answer{Reply: &bot.Reply{Private: true, Blocks: []bot.Block{{Code: strings.Repeat("secret\n", 600)}}}}, nil
	}))
	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel help"})
	h.sees("I sent it to you in a direct message.")
	for _, m := range h.sim.Messages("C0OPS") {
		if m.Bot && m.Only == "" {
			t.Errorf("everybody reads %q", simslack.Readable(m))
		}
	}
}

// TestAnswerSurvivesFaults: an answer has no outbox behind it, so the adapter tries again itself, after the wait that Slack asks for.
func TestAnswerSurvivesFaults(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(parrot))
	inject(t, h.harness, script.Fault{Method: "chat.postMessage", Effect: script.EffectDrop, After: true})
	inject(t, h.harness, script.Fault{Method: "chat.postMessage", Effect: script.EffectStatus, Status: 429, RetryAfter: 3})
	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "stored at the first try"})
	h.pass(1, func(l simslack.Line) bool { return l.Fault == script.EffectDrop })
	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "after a wait"})
	h.pass(1, func(l simslack.Line) bool {
		return l.Kind == simslack.LinePost && strings.Contains(l.Text, "after a wait")
	})
	h.sees("said after a wait")
	if n := strings.Count(h.Seen(), "said stored"); n != 1 {
		t.Errorf("the answer that was stored stands there %d times", n)
	}
}

// pass moves the clock second by second, while more wait for it than the sockets' pings and their watchers, until the ledger has n lines that fit.
func (h *running) pass(n int, fits func(simslack.Line) bool) {
	h.Helper()
	for h.ledger.Count(fits) < n {
		changed := h.sim.Changed()
		waiters, waiting := h.clock.Waiters()
		if waiters > 2*h.sim.Sockets() {
			h.clock.Advance(time.Second)
			continue
		}
		if h.ledger.Count(fits) >= n {
			return
		}
		select {
		case <-changed:
		case <-waiting:
		case <-h.ctx.Done():
			h.Fatalf("it did not happen; people see\n%s", h.Seen())
		}
	}
}

// TestRotationLosesNothing: Slack replaces sockets while people write; everything is answered once.
func TestRotationLosesNothing(t *testing.T) {
	h := run(t, simslack.Options{Unlimited: true}, slack.Options{Sockets: 2}, receiver(parrot))
	if err := h.listening(h.ctx, 2); err != nil {
		t.Fatal(err)
	}
	const lines = 30
	said := func(i int) string { return fmt.Sprintf("line %d.", i) }
	for i := range lines {
		h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: said(i)})
		if i%5 == 4 {
			h.sim.RotateSocket()
			if err := h.listening(h.ctx, 2); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range lines {
		h.sees("said " + said(i))
	}
	for i := range lines {
		if n := strings.Count(h.Seen(), "said "+said(i)); n != 1 {
			t.Errorf("line %d was answered %d times", i, n)
		}
	}
}

func socketIs(code string) func(simslack.Line) bool {
	return func(l simslack.Line) bool { return l.Kind == simslack.LineSocket && l.Code == code }
}

// TestWarningLosesNothing: Slack says that it will close a socket and goes on to use it. The adapter opens another, and what was on the way
// comes again; everything is answered once.
func TestWarningLosesNothing(t *testing.T) {
	h := run(t, simslack.Options{Unlimited: true}, slack.Options{Sockets: 2}, receiver(parrot))
	const lines = 20
	said := func(i int) string { return fmt.Sprintf("line %d.", i) }
	for i := range lines {
		if i%5 == 0 {
			h.sim.WarnSocket()
		}
		h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: said(i)})
		if i%5 == 4 {
			h.until(3+i/5, socketIs("open"))
			h.until(1+i/5, socketIs("closed")) // so that the next warning goes to one that is open
			h.until(i+1, kind(simslack.LineAck))
		}
	}
	for i := range lines {
		h.sees("said " + said(i))
	}
	for i := range lines {
		if n := strings.Count(h.Seen(), "said "+said(i)); n != 1 {
			t.Errorf("line %d was answered %d times", i, n)
		}
	}
}

// TestDeafSocketIsReplaced: a connection that stays open but carries nothing is found by its missing pings. Real time passes here,
// because slack-go watches the machine's clock.
func TestDeafSocketIsReplaced(t *testing.T) {
	h := &running{T: t, ledger: &ledger{}}
	h.begin()
	h.harness = &harness{channel: "D0ANN", clock: clock.NewFake(start())}
	sim := simslack.Options{Clock: clock.System(), Ping: 20 * time.Millisecond, Ledger: h.ledger}
	h.serve(t, sim, slack.Options{Sockets: 1, Silence: 200 * time.Millisecond, Clock: clock.System()})
	h.work(h.slack, receiver(parrot))
	if err := h.listening(h.ctx, 1); err != nil {
		t.Fatal(err)
	}
	h.sim.DeafenSockets()
	open := func(l simslack.Line) bool { return l.Kind == simslack.LineSocket && l.Code == "open" }
	h.until(2, open)
	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "hello"})
	h.sees("said hello")
	h.sim.DropSockets()
	h.until(3, open)
}

// TestRevokedToken: the workspace cannot be joined; Run goes on trying and ends with its context.
func TestRevokedToken(t *testing.T) {
	h := &running{T: t, ledger: &ledger{}}
	h.begin()
	h.harness = newHarness(t, simslack.Options{Ledger: h.ledger}, slack.Options{})
	h.sim.Revoke()
	h.work(h.slack, receiver(parrot))
	refused := func(l simslack.Line) bool { return l.Code == "token_revoked" }
	h.until(1, refused)
	h.pass(2, refused)
}
