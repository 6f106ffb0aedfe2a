package executor_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

const notAnyMore = "ann may not do that any more. Ask @oncall."

// TestDeniedBetweenAcceptAndStart sees no effect.
func TestDeniedBetweenAcceptAndStart(t *testing.T) {
	effects := make(chan string, 8)
	w := newWorld(t, action("set", bot.Once, planner{
		doer: func(context.Context, bot.Job, params) (bot.Result, error) {
			effects <- "do"
			return bot.Result{}, nil
		},
		plan: func(context.Context, bot.Request, params) (bot.Plan, error) {
			effects <- "plan" // a plan tells about targets
			return bot.Plan{}, nil
		},
	}))
	p := w.process(executor.Options{})
	accepted := p.accept(command("test.set", nil))
	w.gate.deny(notAnyMore)
	p.start(p.Run)
	checkDenied(w, p, accepted.ID)
	if len(effects) > 0 {
		t.Errorf("the handler was called: %s", <-effects)
	}
}

func TestDeniedDuringPlan(t *testing.T) {
	effects := make(chan string, 8)
	w := newWorld(t)
	w.catalog["test.set"] = action("set", bot.Once, planner{
		doer: func(context.Context, bot.Job, params) (bot.Result, error) {
			effects <- "do"
			return bot.Result{}, nil
		},
		plan: func(context.Context, bot.Request, params) (bot.Plan, error) {
			w.gate.deny(notAnyMore)
			return bot.Plan{}, nil
		},
	})
	p := w.running()
	checkDenied(w, p, p.accept(command("test.set", nil)).ID)
	if len(effects) > 0 {
		t.Error("the handler was called")
	}
}

func checkDenied(w *world, p *process, id string) {
	w.Helper()
	e := p.ended(id, bot.Failed)
	if diff := cmp.Diff(&bot.Fault{Code: bot.CodeDenied, Text: notAnyMore}, e.Error); diff != "" {
		w.Error(diff)
	}
	if diff := cmp.Diff([]bot.Status{bot.Requested, bot.Failed}, statuses(e)); diff != "" {
		w.Error(diff)
	}
	if r := w.reply(p.store, id); !says(r, notAnyMore) {
		w.Errorf("the reply does not say why: %+v", r)
	}
}
