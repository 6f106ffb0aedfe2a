package executor_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/freeze"
	"github.com/petrelops/petrel/internal/policy"
)

// chief is who may let something through a freeze.
var chief = bot.Identity{ID: "carl", Roles: []string{"chief"}}

// freezing returns a process with an action that counts how often it ran.
func freezing(t *testing.T, o executor.Options, a ...policy.Approval) (*process, *atomic.Int64) {
	t.Helper()
	var ran atomic.Int64
	it := action("it", bot.Once, doer(func(context.Context, bot.Job, params) (bot.Result, error) {
		ran.Add(1)
		return bot.Result{Summary: "Done."}, nil
	}))
	for i := range a {
		a[i].Policy, a[i].TTL, a[i].Required = "test.ask", time.Hour, max(a[i].Required, 1)
	}
	it.Rules.Approvals = a
	told := action("told", bot.Idempotent, doer(done))
	told.Spec.Unfrozen = true
	p := newWorld(t, it, told, action("look", bot.Read, doer(done))).process(o)
	p.start(p.Run)
	return p, &ran
}

func (p *process) freeze(s freeze.Scope) freeze.Freeze {
	p.world.Helper()
	f, err := p.Freezes().Declare(p.world.ctx, freeze.Wish{
		Reason: "the release", For: time.Hour, Scope: s, By: bob, Origin: bot.Origin{Adapter: "chat", Channel: "release", User: "U2"},
	})
	p.world.must(err)
	return f
}

// written returns the lines of one kind in the audit log.
func (p *process) written(what audit.What) []audit.Line {
	p.world.Helper()
	list, err := p.Audit().Find(p.world.ctx, audit.Query{What: []audit.What{what}, Limit: 100})
	p.world.must(err)
	return list
}

func TestFreeze(t *testing.T) {
	p, ran := freezing(t, executor.Options{})
	w := p.world
	before := command("test.it", nil)
	before.Dedupe = "chat//1"
	first := p.accept(before)
	p.ended(first.ID, bot.Succeeded)
	p.freeze(freeze.Scope{Pack: "test"})

	_, err := p.Accept(w.ctx, command("test.it", nil))
	want := "bob froze pack:test until 2026-05-04 04:02:01 UTC: the release. Wait until then. Nothing was done."
	if text := w.refused(bot.CodeForbidden, err); text != want {
		t.Errorf("ann is told %q, want %q", text, want)
	}
	if lines := p.written(audit.Refused); len(lines) != 1 || lines[0].Why != want {
		t.Errorf("the audit log has %+v", lines)
	}
	wanting := command("test.it", nil)
	wanting.BreakGlass = true
	_, err = p.Accept(w.ctx, wanting)
	w.refused(bot.CodeForbidden, err) // nobody is named who could approve it
	if again := p.accept(before); again.ID != first.ID {
		t.Errorf("a delivery that came twice became %s, want %s", again.ID, first.ID)
	}
	p.does("test.look", bot.Succeeded)
	p.does("test.told", bot.Succeeded)
	w.time.Advance(time.Hour)
	p.does("test.it", bot.Succeeded)
	if ran.Load() != 2 {
		t.Errorf("it ran %d times, want 2", ran.Load())
	}
}

// What waits when a freeze is declared does not run in it, nor by itself when it is over.
func TestFreezeMeetsWhatWaits(t *testing.T) {
	p, ran := freezing(t, executor.Options{}, policy.Approval{})
	id := p.accept(command("test.it", nil)).ID
	p.becomes(id, bot.Pending)
	p.freeze(freeze.Scope{})
	_, err := p.Respond(p.world.ctx, id, response(true, "", bob))
	p.world.must(err)
	e := p.ended(id, bot.Canceled)
	if want := "bob froze everything until 2026-05-04 04:02:01 UTC: the release. Nothing was done. Ask again when the freeze is over."; e.Error.Text != want || ran.Load() != 0 {
		t.Errorf("it ran %d times and says %q", ran.Load(), e.Error.Text)
	}
}

func TestBreakGlass(t *testing.T) {
	tests := []struct {
		name   string
		others []policy.Approval
		people []bot.Identity
	}{
		{"alone", nil, []bot.Identity{chief}},
		{"with no fewer people than a policy wants", []policy.Approval{{Required: 2, Users: []string{"bob"}}}, []bot.Identity{chief, {ID: "dora", Roles: []string{"chief"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			glass := &policy.Approval{Policy: policy.BreakGlass, Roles: []string{"chief"}, Required: 1, TTL: time.Hour}
			p, ran := freezing(t, executor.Options{BreakGlass: glass}, test.others...)
			w := p.world
			f := p.freeze(freeze.Scope{})
			_, err := p.Accept(w.ctx, command("test.it", nil))
			if text := w.refused(bot.CodeForbidden, err); !strings.Contains(text, "put break-glass in front of the line: it then needs an approval by role chief") {
				t.Errorf("ann is told %q", text)
			}
			c := command("test.it", nil)
			c.BreakGlass = true
			id := p.accept(c).ID
			p.becomes(id, bot.Pending)
			if r := w.reply(p.store, id); !says(r, "ann asks for test.it. It breaks the glass: bob froze everything until 2026-05-04 04:02:01 UTC: the release.") {
				t.Errorf("the question is %+v", r)
			}
			_, err = p.Respond(w.ctx, id, response(true, "", bob))
			w.refused(bot.CodeDenied, err)
			for _, who := range test.people {
				if ran.Load() != 0 {
					t.Fatal("it ran before all had agreed")
				}
				_, err = p.Respond(w.ctx, id, response(true, "fire", who))
				w.must(err)
			}
			p.ended(id, bot.Succeeded)
			loud := w.reply(p.store, "glass/"+id+"/"+f.ID)
			if !strings.Contains(loud.Title, "ann breaks the glass: test.it") || !strings.Contains(loud.Title, "carl approved it at 03:02:01 UTC: fire") {
				t.Errorf("the channel of the freeze is told %q", loud.Title)
			}
			if lines := p.written(audit.Glass); len(lines) != 1 || lines[0].Execution != id || lines[0].Why != loud.Title {
				t.Errorf("the audit log has %+v", lines)
			}
		})
	}
}

// An approval is for the freezes that there were. One that came later is asked about again, or stops it where nothing can be asked any more.
func TestBreakGlassIsBoundToTheFreezes(t *testing.T) {
	glass := &policy.Approval{Policy: policy.BreakGlass, Roles: []string{"chief"}, Required: 1, TTL: time.Hour}
	p, ran := freezing(t, executor.Options{BreakGlass: glass})
	p.freeze(freeze.Scope{})
	c := command("test.it", nil)
	c.BreakGlass = true
	id := p.accept(c).ID
	p.becomes(id, bot.Pending)
	p.freeze(freeze.Scope{Pack: "test"})
	news, err := p.store.Subscribe(p.world.ctx, "queue/outbox/chat")
	p.world.must(err)
	_, err = p.Respond(p.world.ctx, id, response(true, "", chief))
	p.world.must(err)
	for {
		q, err := p.Inquiries(p.world.ctx, 1)
		p.world.must(err)
		if len(q) == 1 && len(q[0].Answers) == 0 && strings.Contains(q[0].Why, "It is asked again") && strings.Count(q[0].Why, "bob froze") == 2 {
			break
		}
		receive(p.world, news)
	}
	if ran.Load() != 0 {
		t.Error("it ran through a freeze that nobody approved of")
	}
}

func TestDryRun(t *testing.T) {
	var size, ran atomic.Int64
	size.Store(3)
	it := guarded(policy.Approval{Users: []string{"bob"}}, func(context.Context, bot.Job, params) (bot.Result, error) {
		ran.Add(1)
		return bot.Result{}, nil
	}, &size)
	p := newWorld(t, it).running()
	w := p.world
	p.freeze(freeze.Scope{})
	c := command("test.it", nil)
	c.DryRun = true
	e := p.ended(p.accept(c).ID, bot.Succeeded)
	r := w.reply(p.store, e.ID)
	if e.Class != bot.Read || e.Summary != "This was a dry run: nothing was done." ||
		!says(r, "It would be refused now. bob froze everything until 2026-05-04 04:02:01 UTC: the release.") || !says(r, "Without dry-run it waits for 1 approval (policy test.ask): bob.") {
		t.Errorf("it is %+v and says %+v", e, r)
	}
	w.gate.deny("Not you.")
	_, err := p.Accept(w.ctx, c)
	w.refused(bot.CodeDenied, err)
	w.gate.set(nil)
	again, err := p.Rerun(w.ctx, e, command("", nil))
	w.must(err)
	p.ended(again.ID, bot.Succeeded)
	if ran.Load() != 0 || len(p.written(audit.Will)) != 0 {
		t.Errorf("a dry run ran %d times", ran.Load())
	}
}
