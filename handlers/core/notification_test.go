package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/core"
	"github.com/petrelops/petrel/handlers/handlertest"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/rule"
)

// notes remembers what was to be told.
type notes []notice.Note

func (n *notes) Notify(_ context.Context, note notice.Note) error {
	*n = append(*n, note)
	return nil
}

func TestNotification(t *testing.T) {
	var told notes
	r := &rule.Rule{Pack: "lab", Name: "told", Trigger: "lab.happened"}
	h := core.Notification(&told, oneRule{r})["core.Notify"]
	request := bot.Request{
		Execution: "6a0c4f3e1b2d5f6071829304", Origin: bot.Origin{Adapter: "rule", User: "lab.told"}, Cause: bot.Cause{Rule: "lab.told", Event: "6a0c4f3e1b2d5f6071829300"},
	}
	p := params{
		"channel": "slack:T1/C1", "message": "it happened", "about": "irene1 ", "severity": "low", "quiet": "22:00-07:00 UTC",
		"group":   params{"by": 7, "window": "1m", "above": 3, "per": "channel"},
		"buttons": []any{"acknowledge", params{"label": "Look", "line": []any{"look", "at it"}}},
	}
	if plan, err := h.Plan(t.Context(), request, p); err != nil || plan.Lines[0] != "tell #slack:T1/C1: it happened" || len(told) > 0 {
		t.Errorf("the plan is %+v, %v", plan, err)
	}
	if _, err := h.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{Request: request}), p); err != nil {
		t.Fatal(err)
	}
	want := notice.Note{
		ID: request.Execution, Rule: "lab.told", Trigger: "lab.happened", Event: request.Cause.Event, Origin: bot.Origin{Adapter: "slack", Workspace: "T1", Channel: "C1"},
		Text: "it happened", About: "irene1", Kind: "7", Severity: "low", Quiet: "22:00-07:00 UTC", Group: notice.Group{Window: time.Minute, Above: 3, Channel: true},
		Buttons: []notice.Button{{Label: "Acknowledge", Word: "acknowledge"}, {Label: "Look", Line: `look "at it"`}},
	}
	if diff := cmp.Diff(notes{want}, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// What a person tells is counted with what else he tells.
	request.Cause = bot.Cause{}
	request.Origin = bot.Origin{Adapter: "slack", Workspace: "T1", User: "U1"}
	if _, err := h.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{Request: request}), params{"channel": "C1", "message": "hello"}); err != nil {
		t.Fatal(err)
	}
	if got := told[1]; got.Rule != "slack:T1/U1" || got.Trigger != "" || got.Origin.Workspace != "T1" {
		t.Errorf("a person tells %+v", got)
	}
}

func TestWrongNotifications(t *testing.T) {
	var told notes
	h := core.Notification(&told, oneRule{&rule.Rule{}})["core.Notify"]
	for name, p := range map[string]params{
		"window":      {"group": params{"window": "often"}},
		"up to 1h":    {"group": params{"window": "24h"}},
		"above":       {"group": params{"above": 1000}},
		"per is":      {"group": params{"per": "person"}},
		"quiet hours": {"quiet": "at night"},
		"button":      {"buttons": []any{"explode"}},
	} {
		p["channel"], p["message"] = "console:ops", "hello"
		_, planErr := h.Plan(t.Context(), bot.Request{}, p)
		_, err := h.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{}), p)
		for _, err := range []error{planErr, err} {
			if bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), name) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if len(told) > 0 {
		t.Errorf("told %+v", told)
	}
}
