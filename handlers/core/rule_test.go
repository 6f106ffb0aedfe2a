package core_test

import (
	"context"
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/core"
	"github.com/petrelops/petrel/handlers/handlertest"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/rule"
)

// oneRule is the rules of a place that has tools.night.
type oneRule struct{ rule *rule.Rule }

func (o oneRule) Rules(context.Context) ([]*rule.Rule, error) { return []*rule.Rule{o.rule}, nil }

func (o oneRule) Rule(_ context.Context, ref string) (*rule.Rule, error) {
	if ref != o.rule.Ref() {
		return nil, bot.E(bot.CodeNotFound, "test.rule", "There is no rule "+ref+".", nil)
	}
	return o.rule, nil
}

func (o oneRule) Switch(ctx context.Context, ref string, on bool, _ bot.Identity) (*rule.Rule, error) {
	r, err := o.Rule(ctx, ref)
	if err == nil {
		r.Enabled = on
	}
	return r, err
}

func TestRulesAreSwitched(t *testing.T) {
	r := &rule.Rule{Pack: "tools", Name: "night", Enabled: true, Trigger: "core.st2.CronTimer", Action: "core.echo"}
	handlers := core.Handlers(clock.System(), nil, nil, oneRule{r})
	off := handlers["core.RuleDisable"]
	plan, err := off.Plan(t.Context(), request("ann"), params{"rule": "tools.night"})
	if err != nil || !strings.Contains(strings.Join(plan.Lines, "\n"), "turn off the rule tools.night, which runs core.echo") {
		t.Fatal(plan, err)
	}
	if !r.Enabled {
		t.Error("the plan switched the rule")
	}
	if _, err := off.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{Request: request("ann")}), params{"rule": "tools.night"}); err != nil || r.Enabled {
		t.Errorf("%v, the rule is on: %t", err, r.Enabled)
	}
	if _, err := off.Plan(t.Context(), request("ann"), params{"rule": "tools.day"}); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Error(err)
	}
}
