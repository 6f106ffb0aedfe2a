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

func (o oneRule) Refused(*rule.Rule) string { return "rule:tools.night is not known here." }

// CreateRule and the rest take the name of the rule for its text.
func (o oneRule) CreateRule(_ context.Context, text string, _ bot.Identity) (*rule.Rule, error) {
	if text == o.rule.Ref() {
		return nil, bot.E(bot.CodeConflict, "test.rule", "There is a rule "+text+" already.", nil)
	}
	return o.rule, nil
}

func (o oneRule) UpdateRule(ctx context.Context, text string, _ bot.Identity) (*rule.Rule, error) {
	return o.Rule(ctx, text)
}

func (o oneRule) DeleteRule(ctx context.Context, ref string) error {
	_, err := o.Rule(ctx, ref)
	return err
}

func TestRulesAreStored(t *testing.T) {
	r := &rule.Rule{Pack: "tools", Name: "night", Enabled: true, Trigger: "core.st2.CronTimer", Action: "core.echo"}
	handlers := core.Handlers(clock.System(), nil, nil, oneRule{r})
	first := request("ann")
	for _, test := range []struct {
		action  string
		params  params
		attempt int
		want    string
		code    bot.Code
	}{
		{"core.RuleCreate", params{"text": "x"}, 1, `The rule tools.night is stored, and on. But it will be refused each time: rule:tools.night is not known here. To let it, add to the permissions: {identity: "rule:tools.night", action: core.echo}`, ""},
		{"core.RuleCreate", params{"text": "tools.night"}, 1, "", bot.CodeConflict},
		{"core.RuleUpdate", params{"text": "tools.night"}, 1, "The rule tools.night is updated, and on.", ""},
		{"core.RuleUpdate", params{"text": "tools.day"}, 1, "", bot.CodeNotFound},
		{"core.RuleEnable", params{"rule": "tools.night"}, 1, "The rule tools.night is on. But it will be refused each time", ""},
		{"core.RuleDisable", params{"rule": "tools.night"}, 1, "The rule tools.night is off.", ""},
		{"core.RuleDelete", params{"rule": "tools.night"}, 1, "The rule tools.night is deleted.", ""},
		{"core.RuleDelete", params{"rule": "tools.day"}, 1, "", bot.CodeNotFound},
		{"core.RuleDelete", params{"rule": "tools.day"}, 2, "The rule tools.day is deleted.", ""},
	} {
		first.Attempt = test.attempt
		h := handlers[test.action]
		_, err := h.Plan(t.Context(), first, test.params)
		var result bot.Result
		if err == nil {
			result, err = h.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{Request: first}), test.params)
		}
		if bot.ErrorCode(err) != test.code || !strings.HasPrefix(result.Summary, test.want) {
			t.Errorf("%s %v: %q %v, want %q %s", test.action, test.params, result.Summary, err, test.want, test.code)
		}
	}
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
