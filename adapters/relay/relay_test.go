package relay_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/relay"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/chat"
)

// receiver answers messages with a function.
type receiver func(ctx context.Context, m bot.Message) (bot.Answer, error)

func (r receiver) Receive(ctx context.Context, m bot.Message) (bot.Answer, error) { return r(ctx, m) }

func accepted(context.Context, bot.Message) (bot.Answer, error) {
	return bot.Answer{Execution: "6721f0a3c5d7e9b1a2c4d6e8"}, nil
}

// running starts the adapter and ends it with the test.
func (p *platform) running(r receiver) {
	p.Helper()
	ctx, stop := context.WithCancel(p.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.adapter.Run(ctx, r) }()
	p.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			p.Errorf("Run: %v", err)
		}
	})
}

func (p *platform) says(line string) chat.Message {
	p.Helper()
	if err := p.Say(p.Context(), "ann", line); err != nil {
		p.Fatal(err)
	}
	return p.last
}

func has(parts ...string) func(string) bool {
	return func(ledger string) bool {
		for _, part := range parts {
			if !strings.Contains(ledger, part) {
				return false
			}
		}
		return true
	}
}

func posting(key, title string) bot.Posting {
	return bot.Posting{Key: key, Origin: bot.Origin{Adapter: "relay", Channel: "ops", User: "ann"}, Reply: bot.Reply{Title: title}}
}

func TestAcknowledgedAfterAccept(t *testing.T) {
	p := newPlatform(t, relay.Options{})
	held := make(chan bool)
	p.running(func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		held <- true
		<-held
		return accepted(ctx, m)
	})
	p.says("@petrel: set “it”")
	<-held
	if strings.Contains(p.ledger(), `"kind":"ack"`) {
		t.Error("the chat was told before the command was stored")
	}
	held <- true
	p.until("an acknowledgement", has(`"kind":"ack"`))
}

// What could not be stored is not acknowledged, the person is told, and it is taken when it comes again.
func TestNotAccepted(t *testing.T) {
	p := newPlatform(t, relay.Options{})
	calls := 0
	p.running(func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		if calls++; calls == 1 {
			return bot.Answer{}, bot.E(bot.CodeUnavailable, "test", "The store is away.", nil)
		}
		return accepted(ctx, m)
	})
	p.says("set it")
	p.until("a refusal", has("The store is away.", "not accepted yet"))
	if strings.Contains(p.ledger(), `"kind":"ack"`) {
		t.Error("a message that was not accepted is acknowledged")
	}
	if err := p.Redeliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.until("an acknowledgement", has(`"kind":"ack"`))
}

// A chat that asks to wait is left alone, and the outbox hears for how long.
func TestTooManyRequests(t *testing.T) {
	p := newPlatform(t, relay.Options{})
	inject(p, chat.Fault{Kind: chat.KindPost, Effect: chat.EffectStatus, Status: 429, RetryAfter: 30})
	for range 2 {
		_, err := p.adapter.Post(t.Context(), posting("k", "Hello."))
		if wait := bot.ErrorWait(err); bot.ErrorCode(err) != bot.CodeRateLimited || wait < 29*time.Second || wait > 30*time.Second {
			t.Errorf("got %v with a wait of %s", err, wait)
		}
	}
	if n := strings.Count(p.ledger(), `"kind":"refused"`); n != 1 {
		t.Errorf("the chat was called %d times, want once: it asked to be left alone", n)
	}
}

// A post whose answer was lost is found by its key and not made again.
func TestPostIsNotDoubled(t *testing.T) {
	for _, effect := range []chat.Effect{chat.EffectDrop, chat.EffectHang} {
		t.Run(string(effect), func(t *testing.T) {
			p := newPlatform(t, relay.Options{})
			inject(p, chat.Fault{Kind: chat.KindPost, Effect: effect, After: true})
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			if _, err := p.adapter.Post(ctx, posting("k", "Hello.")); err == nil {
				t.Error("the answer was lost and nobody said so")
			}
			ref, err := p.adapter.Post(t.Context(), posting("k", "Hello again."))
			if err != nil || ref == "" {
				t.Error(ref, err)
			}
			if list := p.Messages(); len(list) != 1 || list[0] != "Hello again." {
				t.Errorf("the chat shows %q", list)
			}
		})
	}
}

func TestReconnects(t *testing.T) {
	for _, how := range []string{"closed", "deaf"} {
		t.Run(how, func(t *testing.T) {
			p := newPlatform(t, relay.Options{})
			p.running(accepted)
			p.says("first")
			p.until("an acknowledgement", has(`"kind":"ack"`))
			p.sim.Cut(how == "deaf")
			m := p.says("second") // the deaf socket may get it; then it comes again
			p.until("the second acknowledgement", has(`"kind":"ack","message":"`+m.ID+`"`))
		})
	}
}

func TestMarkAndHistory(t *testing.T) {
	p := newPlatform(t, relay.Options{Workspace: "w"})
	p.running(accepted)
	before := time.Now().Add(-time.Minute) //nolint:forbidigo // the chat behind it runs on the clock of the machine
	marked, answered, open, missed := p.says("marked"), p.says("answered"), p.says("open"), p.says("missed")
	if err := p.adapter.Mark(t.Context(), bot.Message{Delivery: marked.ID}, bot.MarkAccepted); err != nil {
		t.Fatal(err)
	}
	for m, status := range map[string]bot.Status{answered.ID: bot.Succeeded, open.ID: bot.Running} {
		post := posting(m, "It.")
		post.Origin.Thread, post.Reply.Status = m, status
		if _, err := p.adapter.Post(t.Context(), post); err != nil {
			t.Fatal(err)
		}
	}
	past, err := p.adapter.History(t.Context(), before)
	if err != nil || len(past) != 4 {
		t.Fatal(past, err)
	}
	for i, want := range []struct {
		m               chat.Message
		taken, answered bool
	}{{marked, true, false}, {answered, true, true}, {open, true, false}, {missed, false, false}} {
		got := past[i]
		if got.Delivery != want.m.ID || got.Taken != want.taken || got.Answered != want.answered || got.Thread != want.m.ID || got.Account() != "relay:w/ann" {
			t.Errorf("%s: %+v", want.m.Text, got)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []relay.Options{{}, {URL: "ftp://x"}, {URL: "http://x", Sockets: 11}, {URL: "http://x", Sockets: -1}} {
		if _, err := relay.New(o); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func inject(p *platform, f chat.Fault) {
	p.Helper()
	if err := p.sim.Inject(f); err != nil {
		p.Fatal(err)
	}
}

// A message that has waited is tried shortly; what is turned away does not run when it comes again.
func TestLate(t *testing.T) {
	p := newPlatform(t, relay.Options{})
	m, err := p.sim.Say(chat.Message{User: "ann", Channel: "ops", Text: "set it"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	calls, left := 0, time.Duration(0)
	r := receiver(func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		calls++
		end, _ := ctx.Deadline()
		left = time.Until(end)
		return accepted(ctx, m)
	})
	p.adapter.TakeLate(t.Context(), r, m.Delivery, m.ID, 0)
	if calls != 1 || left > time.Second || !has(`"kind":"ack"`)(p.ledger()) {
		t.Errorf("it was taken %d times, with %s left; the ledger:\n%s", calls, left, p.ledger())
	}
	p.adapter.TakeLate(t.Context(), r, m.Delivery, m.ID, 1)
	if calls != 2 || left < time.Second {
		t.Errorf("what came again was taken %d times, with %s left", calls-1, left)
	}
	p.adapter.TurnAway(t.Context(), m.Delivery, m.ID)
	if !has(`"key":"busy/` + m.ID + `"`)(p.ledger()) {
		t.Errorf("nobody was told; the ledger:\n%s", p.ledger())
	}
	p.adapter.TakeLate(t.Context(), r, m.Delivery, m.ID, 1)
	if calls != 2 {
		t.Error("what was turned away ran when it came again, although its author was told to type it again")
	}
}
