package executor_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/policy"
)

// confirming returns a process with an action that is marked confirm, and has a policy where one is given.
func confirming(t *testing.T, rules ...policy.Approval) (*process, *atomic.Int64, *atomic.Int64) {
	t.Helper()
	var size, ran atomic.Int64
	size.Store(3)
	it := guarded(policy.Approval{}, func(context.Context, bot.Job, params) (bot.Result, error) {
		ran.Add(1)
		return bot.Result{}, nil
	}, &size)
	it.Spec.Confirm = true
	it.Rules.Approvals = rules
	return newWorld(t, it, action("noop", bot.Read, doer(done))).running(), &size, &ran
}

func confirmation(by bot.Identity) executor.Response {
	return executor.Response{Yes: true, Confirm: true, By: by, Origin: bot.Origin{Adapter: "chat", Channel: "ops", User: by.ID}}
}

func TestConfirm(t *testing.T) {
	p, _, ran := confirming(t)
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
	p, size, ran := confirming(t)
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
	if ran.Load() != 0 || e.Error.Text != "Nobody approved it within 15m0s. Nothing was done. Ask again if it is still wanted." {
		t.Errorf("it ran %d times and says %q", ran.Load(), e.Error.Text)
	}
}

// Where a policy asks others, they see the plan, and whoever asks sees it too: nobody is asked twice, and a confirmation is no approval.
func TestConfirmIsNoApproval(t *testing.T) {
	p, _, ran := confirming(t, policy.Approval{Policy: "test.ask", Required: 1, TTL: time.Hour, Self: true})
	w := p.world
	id := p.accept(command("test.it", nil)).ID
	p.becomes(id, bot.Pending)
	_, err := p.Respond(w.ctx, id, confirmation(ann))
	if text := w.refused(bot.CodeDenied, err); text != "It waits for an approval by anybody who may run core.approve. Whoever asked has nothing to confirm." {
		t.Errorf("ann is told %q", text)
	}
	if ran.Load() != 0 {
		t.Fatal("a confirmation let it through")
	}
	_, err = p.Respond(w.ctx, id, response(true, "", bob))
	w.must(err)
	p.ended(id, bot.Succeeded)
}
