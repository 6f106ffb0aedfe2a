package executor_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/policy"
)

var eve = bot.Identity{ID: "eve"}

// guarded is an action that needs approvals. Its plan changes as many hosts as size says.
func guarded(a policy.Approval, d doer, size *atomic.Int64) executor.Action {
	it := action("it", bot.Once, planner{doer: d, plan: func(context.Context, bot.Request, params) (bot.Plan, error) {
		return bot.Plan{
			Lines:   []string{"production -> draining"},
			Changes: []bot.Change{{Targets: make([]string, size.Load()), From: "production", Path: []string{"draining"}}},
		}, nil
	}})
	a.Policy = "test.ask"
	a.Required = max(a.Required, 1)
	if a.TTL == 0 {
		a.TTL = time.Hour
	}
	it.Rules.Approvals = []policy.Approval{a}
	return it
}

func response(yes bool, reason string, by bot.Identity) executor.Response {
	return executor.Response{Yes: yes, Reason: reason, By: by, Origin: bot.Origin{Adapter: "chat", Channel: "ops", User: by.ID}}
}

func asking(t *testing.T, a policy.Approval) (*process, *atomic.Int64, *atomic.Int64, string) {
	t.Helper()
	var size, ran atomic.Int64
	size.Store(3)
	w := newWorld(t, guarded(a, func(context.Context, bot.Job, params) (bot.Result, error) {
		ran.Add(1)
		return bot.Result{Summary: "Done."}, nil
	}, &size), action("noop", bot.Read, doer(done)))
	p := w.running()
	id := p.accept(command("test.it", map[string]any{"token": "hunter2"})).ID
	p.becomes(id, bot.Pending)
	return p, &size, &ran, id
}

func TestApproval(t *testing.T) {
	p, _, ran, id := asking(t, policy.Approval{Required: 2, Users: []string{"bob", "carl", "ann"}})
	w := p.world
	r := w.reply(p.store, id)
	if !offers(r, "approve "+id) || !offers(r, "deny "+id) || !says(r, "ann asks for test.it.") {
		t.Errorf("the prompt is %+v", r)
	}
	for _, b := range r.Blocks {
		for _, f := range b.Fields {
			if strings.Contains(f.Value, "hunter2") {
				t.Errorf("the prompt shows a secret: %+v", f)
			}
		}
	}
	_, err := p.Respond(w.ctx, id, response(true, "", ann))
	if text := w.refused(bot.CodeDenied, err); !strings.Contains(text, "You asked for it yourself") {
		t.Errorf("ann is told %q", text)
	}
	_, err = p.Respond(w.ctx, id, response(true, "", eve))
	if text := w.refused(bot.CodeDenied, err); text != "eve may not answer this. Ask bob, carl, ann." {
		t.Errorf("eve is told %q", text)
	}
	q, err := p.Respond(w.ctx, id, response(true, "looks right", bob))
	w.must(err)
	if q.Decision != "" || len(q.Answers) != 1 {
		t.Errorf("%+v", q)
	}
	_, err = p.Respond(w.ctx, id, response(true, "again", bob))
	if text := w.refused(bot.CodeConflict, err); !strings.Contains(text, "You have answered already: bob approved it at 03:02:01 UTC: looks right") {
		t.Errorf("bob is told %q", text)
	}
	renamed := response(true, "", bot.Identity{ID: "carl"}) // the configuration gives bob's account to carl, which makes no second person of it
	renamed.Origin.User = "bob"
	_, err = p.Respond(w.ctx, id, renamed)
	w.refused(bot.CodeConflict, err)
	if ran.Load() != 0 {
		t.Fatal("it ran before it was approved")
	}
	_, err = p.Respond(w.ctx, id, response(true, "", bot.Identity{ID: "carl"}))
	w.must(err)
	e := p.ended(id, bot.Succeeded)
	if ran.Load() != 1 || e.Attempts != 1 {
		t.Errorf("it ran %d times", ran.Load())
	}
	_, err = p.Respond(w.ctx, id, response(false, "too late", bot.Identity{ID: "carl"}))
	w.refused(bot.CodeConflict, err)
	if list, err := p.Inquiries(w.ctx, 10); err != nil || len(list) != 0 {
		t.Errorf("still open are %v, %v", list, err)
	}
}

func TestDeny(t *testing.T) {
	p, _, ran, id := asking(t, policy.Approval{Roles: []string{"boss"}, Reason: true})
	w := p.world
	boss := bot.Identity{ID: "bob", Roles: []string{"boss"}}
	_, err := p.Respond(w.ctx, id, response(false, "", boss))
	if text := w.refused(bot.CodeInvalid, err); text != "Say why: type deny "+id+" and the reason." {
		t.Errorf("bob is told %q", text)
	}
	_, err = p.Respond(w.ctx, id, response(false, "not today", boss))
	w.must(err)
	e := p.ended(id, bot.Canceled)
	if ran.Load() != 0 || e.Error.Text != "bob denied it at 03:02:01 UTC: not today. Nothing was done." {
		t.Errorf("it ran %d times and ended with %+v", ran.Load(), e.Error)
	}
}

// Time is never consent, and it passes without anybody connected.
func TestApprovalExpires(t *testing.T) {
	p, _, ran, id := asking(t, policy.Approval{TTL: time.Minute})
	w := p.world
	w.time.Advance(time.Minute)
	_, err := p.Respond(w.ctx, id, response(true, "", bob))
	if text := w.refused(bot.CodeConflict, err); !strings.Contains(text, "It expired at 03:03:01 UTC and is not run.") {
		t.Errorf("bob is told %q", text)
	}
	p.does("test.noop", bot.Succeeded) // what wakes the worker loop
	e := p.ended(id, bot.Timeout)
	if ran.Load() != 0 || e.Error.Text != "Nobody approved it within 1m0s. Nothing was done. Ask again if it is still wanted." {
		t.Errorf("it ran %d times and ended with %+v", ran.Load(), e.Error)
	}
}

// What was approved is what runs: when the plan is another one by then, it is asked again.
func TestApprovalIsVoidWhenThePlanChanges(t *testing.T) {
	p, size, ran, id := asking(t, policy.Approval{})
	w := p.world
	size.Store(30)
	_, err := p.Respond(w.ctx, id, response(true, "", bob))
	w.must(err)
	mark := ""
	for { // until it is asked about the new plan
		list, err := p.Inquiries(w.ctx, 10)
		w.must(err)
		if len(list) == 1 && len(list[0].Answers) == 0 {
			if !strings.Contains(list[0].Why, "what would be done has changed") {
				t.Errorf("it is asked because %q", list[0].Why)
			}
			mark = list[0].Mark()
			break
		}
	}
	if ran.Load() != 0 {
		t.Fatal("it ran with another plan than the one that was approved")
	}
	// The yes must be one to the new plan: whoever presses the button of the old message has not seen it.
	_, err = p.Respond(w.ctx, id, response(true, "", bob))
	if text := w.refused(bot.CodeConflict, err); !strings.Contains(text, "say yes again with plan="+mark) {
		t.Errorf("bob is told %q", text)
	}
	if r := w.reply(p.store, id); !offers(r, "approve "+id+" plan="+mark) || offers(r, "approve "+id) {
		t.Errorf("the new message is %+v", r)
	}
	again := response(true, "", bob)
	again.Mark = mark
	_, err = p.Respond(w.ctx, id, again)
	w.must(err)
	p.ended(id, bot.Succeeded)
	if whats, _ := p.audited(audit.Query{Execution: id}); !slices.Contains(whats, "void") {
		t.Errorf("on record are %v", whats)
	}
}

func TestPendingIsCanceled(t *testing.T) {
	p, _, ran, id := asking(t, policy.Approval{Channel: "approvals"})
	w := p.world
	if r := w.reply(p.store, "inquiry/"+id); !offers(r, "approve "+id) {
		t.Errorf("the channel shows %+v", r)
	}
	_, err := p.Cancel(w.ctx, id, ann)
	w.must(err)
	_, err = p.Respond(w.ctx, id, response(true, "", bob))
	w.refused(bot.CodeConflict, err)
	if r := w.reply(p.store, "inquiry/"+id); offers(r, "approve "+id) || !says(r, "It is void.") {
		t.Errorf("the channel shows %+v", r)
	}
	if ran.Load() != 0 {
		t.Error("it ran")
	}
}

// A condition that is false asks nobody; one that cannot be evaluated asks.
func TestConditions(t *testing.T) {
	for when, want := range map[string]bot.Status{"host": bot.Pending, "changes": bot.Pending, "nonsense": bot.Pending, "fixed": bot.Pending, "token": bot.Succeeded} {
		var size atomic.Int64
		size.Store(3)
		w := newWorld(t, guarded(policy.Approval{When: when}, done, &size))
		p := w.running()
		id := p.accept(command("test.it", map[string]any{"token": ""})).ID
		p.becomes(id, want)
	}
}

// Many people press at once, somebody cancels, the time runs out: it runs once or never, and everybody is told something.
func TestApprovalRaces(t *testing.T) {
	for round := range 12 {
		t.Run(fmt.Sprint(round), func(t *testing.T) { approvalRace(t, round%3) })
	}
}

// approvalRace lets four people approve twice each where two are needed, while nothing else happens (0), the asker cancels (1), or the time
// runs out (2).
func approvalRace(t *testing.T, against int) {
	t.Helper()
	p, _, ran, id := asking(t, policy.Approval{Required: 2, TTL: time.Minute})
	w := p.world
	var group errgroup.Group
	var taken atomic.Int64
	for n := range 8 {
		group.Go(func() error {
			_, err := p.Respond(w.ctx, id, response(true, "", bot.Identity{ID: string(rune('b' + n/2))}))
			switch bot.ErrorCode(err) {
			case "":
				taken.Add(1)
			case bot.CodeConflict:
				if bot.ErrorText(err) == "" {
					t.Error("a late click is told nothing")
				}
			default:
				return err
			}
			return nil
		})
	}
	group.Go(func() error {
		switch against {
		case 1:
			_, err := p.Cancel(w.ctx, id, ann)
			if code := bot.ErrorCode(err); code != "" && code != bot.CodeConflict {
				return err
			}
		case 2:
			w.time.Advance(time.Minute)
		}
		return nil
	})
	w.must(group.Wait())
	if taken.Load() < 2 { // else it is at work, and its lease must not end
		w.time.Advance(time.Minute)
		p.does("test.noop", bot.Succeeded)
	}
	e, err := p.Wait(w.ctx, id)
	w.must(err)
	if n := ran.Load(); n > 1 || n == 1 && taken.Load() != 2 || taken.Load() > 2 || n == 1 && e.Status != bot.Succeeded && against == 0 {
		t.Errorf("it ran %d times with %d answers and ended %s", n, taken.Load(), e.Status)
	}
}

// TestSelfApprovalByEmail: two accounts of nobody's with one address are one person, who neither approves what they asked for nor counts
// twice. Two people of the configuration are two, whatever their addresses.
func TestSelfApprovalByEmail(t *testing.T) {
	from := func(user, email string) bot.Origin {
		return bot.Origin{Adapter: "chat", Workspace: "T1", User: user, Email: email}
	}
	account := func(o bot.Origin) bot.Identity { return bot.Identity{ID: o.Account(), Roles: []string{"boss"}} }
	person := func(id string) bot.Identity { return bot.Identity{ID: id, Roles: []string{"boss"}} }
	const mail = "ann@example.com"
	first, second := from("U1", mail), from("U2", mail)
	for name, tt := range map[string]struct {
		asker, by  bot.Identity
		asks, from bot.Origin
		refused    bool
	}{
		"two accounts of nobody's":           {account(first), account(second), first, second, true},
		"a person, and an account":           {person("ann"), account(second), first, second, true},
		"an account, and a person":           {account(first), person("ann"), first, second, true},
		"one person by account and address":  {person("ann"), person("ann"), from("U1", ""), second, true},
		"two people with one address":        {person("ann"), person("bob"), first, second, false},
		"two accounts with two addresses":    {account(first), account(second), first, from("U2", "bob@example.com"), false},
		"two accounts without addresses":     {account(first), account(second), from("U1", ""), from("U2", ""), false},
		"an account whose address is absent": {account(first), account(second), first, from("U2", ""), false},
	} {
		t.Run(name, func(t *testing.T) {
			size := &atomic.Int64{}
			size.Store(3)
			w := newWorld(t, guarded(policy.Approval{Roles: []string{"boss"}, Required: 2}, doer(done), size))
			p := w.running()
			c := command("test.it", nil)
			c.Identity, c.Origin = tt.asker, tt.asks
			id := p.accept(c).ID
			p.becomes(id, bot.Pending)
			_, err := p.Respond(w.ctx, id, executor.Response{Yes: true, By: tt.by, Origin: tt.from})
			if tt.refused {
				if text := w.refused(bot.CodeDenied, err); !strings.Contains(text, "You asked for it yourself") {
					t.Errorf("they are told %q", text)
				}
				return
			}
			w.must(err)
			other := from("U3", tt.from.Email) // the approver's other account
			_, err = p.Respond(w.ctx, id, executor.Response{Yes: true, By: account(other), Origin: other})
			switch {
			case tt.from.Email == mail: // it is the asker's as well
				w.refused(bot.CodeDenied, err)
			case tt.from.Email != "":
				w.refused(bot.CodeConflict, err)
			default:
				w.must(err)
			}
		})
	}
}
