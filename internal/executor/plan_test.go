package executor_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
)

func TestPlanIsShownBeforeDo(t *testing.T) {
	plan := bot.Plan{
		Lines:   []string{"irene1: service -> maintenance"},
		Changes: []bot.Change{{Targets: []string{"irene1"}, From: "service", Path: []string{"maintenance"}}},
	}
	it := newWork()
	w := newWorld(t, action("set", bot.Idempotent, planner{
		doer: it.Do,
		plan: func(_ context.Context, r bot.Request, p params) (bot.Plan, error) {
			if r.Action != "test.set" || r.Attempt != 1 || p.Host != "irene1" {
				t.Errorf("Plan was told %+v, %+v", r, p)
			}
			return plan, nil
		},
	}))
	p := w.running()
	id := p.accept(command("test.set", nil)).ID

	job := receive(w, it.began)
	if diff := cmp.Diff(&plan, job.Plan()); diff != "" {
		t.Errorf("Do sees another plan:\n%s", diff)
	}
	if diff := cmp.Diff(plan.Lines, p.look(id).Plan); diff != "" {
		t.Errorf("the execution has another plan:\n%s", diff)
	}
	reply := w.reply(p.store, id)
	shown := slices.ContainsFunc(reply.Blocks, func(b bot.Block) bool { return b.Code == plan.Lines[0] })
	if reply.Status != bot.Running || !shown || !offers(reply, "cancel "+id) {
		t.Errorf("the reply while it runs is %+v", reply)
	}
	it.end <- nil
	if diff := cmp.Diff(plan.Lines, p.ended(id, bot.Succeeded).Plan); diff != "" {
		t.Errorf("at the end the execution has another plan:\n%s", diff)
	}
}

func TestPlanThatEndsTheWay(t *testing.T) {
	for _, c := range []struct {
		name   string
		plan   func(context.Context, bot.Request, params) (bot.Plan, error)
		status bot.Status
		fault  bot.Fault
		lines  []string
	}{
		{
			name: "error",
			plan: func(context.Context, bot.Request, params) (bot.Plan, error) {
				return bot.Plan{}, bot.E(bot.CodeUnavailable, "test.plan", "Clary is down. Try again later.", nil)
			},
			status: bot.Failed, fault: bot.Fault{Code: bot.CodeUnavailable, Text: "Clary is down. Try again later."},
		},
		{
			name: "blocked",
			plan: func(context.Context, bot.Request, params) (bot.Plan, error) {
				return bot.Plan{Lines: []string{"irene1: no way"}, Blocked: "There is no way to maintenance."}, nil
			},
			status: bot.Failed, fault: bot.Fault{Code: bot.CodeForbidden, Text: "There is no way to maintenance."}, lines: []string{"irene1: no way"},
		},
		{
			name: "timeout",
			plan: func(ctx context.Context, _ bot.Request, _ params) (bot.Plan, error) {
				<-ctx.Done()
				return bot.Plan{}, ctx.Err()
			},
			status: bot.Timeout, fault: bot.Fault{Code: bot.CodeTimeout, Text: "It took longer than the 10ms that test.set may take."},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := newWork()
			a := action("set", bot.Idempotent, planner{doer: it.Do, plan: c.plan})
			a.Spec.Timeout = 10 * time.Millisecond
			w := newWorld(t, a)
			p := w.running()
			e := p.does("test.set", c.status)
			if diff := cmp.Diff(&c.fault, e.Error); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.lines, e.Plan); diff != "" {
				t.Error(diff)
			}
			if e.Attempts != 0 || len(it.began) > 0 {
				t.Error("Do was called")
			}
			if r := w.reply(p.store, e.ID); !says(r, c.fault.Text) {
				t.Errorf("the reply is %+v", r)
			}
		})
	}
}
