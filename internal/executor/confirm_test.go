package executor_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/store"
)

// confirming returns a process with an action that is marked confirm, or for which policies want it.
func confirming(t *testing.T, rules policy.Rules) (*process, *atomic.Int64, *atomic.Int64) {
	t.Helper()
	var size, ran atomic.Int64
	size.Store(3)
	it := guarded(policy.Approval{}, func(context.Context, bot.Job, params) (bot.Result, error) {
		ran.Add(1)
		return bot.Result{}, nil
	}, &size)
	it.Spec.Confirm = rules.Confirmations == nil
	it.Rules = rules
	return newWorld(t, it, action("noop", bot.Read, doer(done))).running(), &size, &ran
}

func confirmation(by bot.Identity) executor.Response {
	return executor.Response{Yes: true, Confirm: true, By: by, Origin: bot.Origin{Adapter: "chat", Channel: "ops", User: by.ID}}
}

func TestConfirm(t *testing.T) {
	p, _, ran := confirming(t, policy.Rules{})
	w := p.world
	id := p.accept(command("test.it", nil)).ID
	p.becomes(id, bot.Pending)
	if r := w.reply(p.store, id); !offers(r, "confirm "+id) || offers(r, "approve "+id) || !says(r, "Nothing is done unless ann confirms it by 2026-05-04 03:17:01 UTC.") {
		t.Errorf("the question is %+v", r)
	}
	for _, a := range []executor.Response{confirmation(bob), response(true, "", bob), response(false, "", bob)} {
		_, err := p.Respond(w.ctx, id, a)
		if text := w.refused(bot.CodeDenied, err); text != "ann asked for it, so nobody else can confirm it." {
			t.Errorf("bob is told %q", text)
		}
	}
	if ran.Load() != 0 {
		t.Fatal("it ran before it was confirmed")
	}
	_, err := p.Respond(w.ctx, id, confirmation(ann))
	w.must(err)
	p.ended(id, bot.Succeeded)
	_, err = p.Respond(w.ctx, id, confirmation(ann))
	w.refused(bot.CodeConflict, err)
	if ran.Load() != 1 {
		t.Errorf("it ran %d times", ran.Load())
	}
}

// A confirmation is for the plan that was shown, and not for ever.
func TestConfirmIsBoundAndExpires(t *testing.T) {
	p, size, ran := confirming(t, policy.Rules{})
	w := p.world
	id := p.accept(command("test.it", nil)).ID
	p.becomes(id, bot.Pending)
	size.Store(30)
	news, err := p.store.Subscribe(w.ctx, "queue/outbox/chat")
	w.must(err)
	_, err = p.Respond(w.ctx, id, confirmation(ann))
	w.must(err)
	for {
		if q, err := p.Inquiries(w.ctx, 1); err == nil && len(q) == 1 && len(q[0].Answers) == 0 {
			break
		}
		receive(w, news)
	}
	w.time.Advance(15 * time.Minute)
	_, err = p.Respond(w.ctx, id, confirmation(ann))
	w.refused(bot.CodeConflict, err)
	p.does("test.noop", bot.Succeeded) // what wakes the worker loop
	e := p.ended(id, bot.Timeout)
	if ran.Load() != 0 || e.Error.Text != "ann did not confirm it within 15m0s. Nothing was done. Ask again if it is still wanted." {
		t.Errorf("it ran %d times and says %q", ran.Load(), e.Error.Text)
	}
}

// A policy may want the confirmation too, and only where its condition holds.
func TestConfirmByPolicy(t *testing.T) {
	for when, want := range map[string]bot.Status{"": bot.Pending, "host": bot.Pending, "nonsense": bot.Pending, "token": bot.Succeeded} {
		p, _, ran := confirming(t, policy.Rules{Confirmations: []policy.Confirmation{{Policy: "test.sure", When: when, TTL: time.Minute}}})
		w := p.world
		id := p.accept(command("test.it", map[string]any{"token": ""})).ID
		p.becomes(id, want)
		if want == bot.Succeeded {
			continue
		}
		if r := w.reply(p.store, id); !offers(r, "confirm "+id) || !strings.Contains(strings.Join(texts(r), " "), "It is to be confirmed (policy test.sure).") ||
			!says(r, "Nothing is done unless ann confirms it by 2026-05-04 03:03:01 UTC.") {
			t.Errorf("%q: the question is %+v", when, r)
		}
		_, err := p.Respond(w.ctx, id, confirmation(bob))
		w.refused(bot.CodeDenied, err)
		if ran.Load() != 0 {
			t.Fatal("it ran before it was confirmed")
		}
		_, err = p.Respond(w.ctx, id, confirmation(ann))
		w.must(err)
		e := p.ended(id, bot.Succeeded)
		if whats, _ := p.audited(audit.Query{Execution: id}); ran.Load() != 1 || len(e.Approvals) != 1 || !e.Approvals[0].Confirm || !slices.Contains(whats, "confirmed") {
			t.Errorf("it ran %d times; agreed have %+v; on record are %v", ran.Load(), e.Approvals, whats)
		}
		if r := w.reply(p.store, id); !says(r, "ann confirmed it at 03:02:01 UTC.") {
			t.Errorf("it ends as %+v", r)
		}
	}
}

// Where others are asked too, they are asked for what whoever asks has confirmed, and not before. Neither word stands for the other.
func TestConfirmComesBeforeApproval(t *testing.T) {
	p, _, ran := confirming(t, marked(policy.Approval{Policy: "test.ask", Required: 1, TTL: time.Hour, Self: true, Channel: "approvals"}))
	w := p.world
	id := p.accept(command("test.it", nil)).ID
	p.becomes(id, bot.Pending)
	_, err := p.Respond(w.ctx, id, response(true, "", bob))
	w.refused(bot.CodeDenied, err)
	if _, err := p.store.Get(w.ctx, store.Key{Kind: "reply", ID: "inquiry/" + id}); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Error("others are asked before it is confirmed")
	}
	_, err = p.Respond(w.ctx, id, confirmation(ann))
	w.must(err)
	p.asks(id, "test.ask")
	if r := w.reply(p.store, "inquiry/"+id); !says(r, "ann confirmed it at 03:02:01 UTC") || !offers(r, "approve "+id) {
		t.Errorf("others are asked with %+v", r)
	}
	_, err = p.Respond(w.ctx, id, confirmation(ann)) // a second press
	if text := w.refused(bot.CodeDenied, err); text != "It waits for an approval by anybody who may run core.approve. Whoever asked has nothing to confirm." {
		t.Errorf("ann is told %q", text)
	}
	if ran.Load() != 0 {
		t.Fatal("a confirmation let it through")
	}
	_, err = p.Respond(w.ctx, id, response(true, "fine", bob))
	w.must(err)
	e := p.ended(id, bot.Succeeded)
	if len(e.Approvals) != 2 || e.Approvals[0].By != "ann" || e.Approvals[1].By != "bob" || ran.Load() != 1 {
		t.Errorf("it ran %d times, and agreed have %+v", ran.Load(), e.Approvals)
	}
}

// When the plan changes, both words are void, and it begins with the confirmation again. No message shows what is over.
func TestConfirmIsVoidWithTheApproval(t *testing.T) {
	p, size, ran := confirming(t, marked(policy.Approval{Policy: "test.ask", Required: 1, TTL: time.Hour, Channel: "approvals"}))
	w := p.world
	id := p.accept(command("test.it", nil)).ID
	p.becomes(id, bot.Pending)
	_, err := p.Respond(w.ctx, id, confirmation(ann))
	w.must(err)
	p.asks(id, "test.ask")
	size.Store(30)
	_, err = p.Respond(w.ctx, id, response(true, "", bob))
	w.must(err)
	q := p.asks(id, policy.Confirm)
	if !strings.Contains(q.Why, "what would be done has changed") || q.Confirmed != nil {
		t.Errorf("it is asked again with %+v", q)
	}
	if r := w.reply(p.store, "inquiry/"+id); offers(r, "approve "+id) {
		t.Errorf("the channel still shows %+v", r)
	}
	_, err = p.Respond(w.ctx, id, confirmation(ann)) // the button of the older message
	w.refused(bot.CodeConflict, err)
	again := confirmation(ann)
	again.Mark = q.Mark()
	_, err = p.Respond(w.ctx, id, again)
	w.must(err)
	p.asks(id, "test.ask")
	yes := response(true, "", bob)
	yes.Mark = q.Mark()
	_, err = p.Respond(w.ctx, id, yes)
	w.must(err)
	p.ended(id, bot.Succeeded)
	if ran.Load() != 1 {
		t.Errorf("it ran %d times", ran.Load())
	}
}

// marked returns the rules of an action that needs approvals beside its own mark.
func marked(list ...policy.Approval) policy.Rules { return policy.Rules{Approvals: list} }

// asks waits until the execution waits for what a policy wants.
func (p *process) asks(id, by string) bot.Inquiry {
	p.world.Helper()
	news, err := p.store.Subscribe(p.world.ctx, "queue/outbox/chat")
	p.world.must(err)
	for {
		q, err := p.Inquiry(p.world.ctx, id)
		p.world.must(err)
		if q.Policy == by && q.Decision == "" {
			return q
		}
		receive(p.world, news)
	}
}
