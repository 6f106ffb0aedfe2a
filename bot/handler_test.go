package bot_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/petrelops/petrel/bot"
)

type greetParams struct {
	Name  string `json:"name"`
	Times int    `json:"times"`
}

// plain can only do.
type plain struct{}

func (plain) Do(_ context.Context, _ bot.Job, p greetParams) (bot.Result, error) {
	return bot.Result{Summary: p.Name, Data: p.Times}, nil
}

// able has every ability.
type able struct{ plain }

func (able) Plan(_ context.Context, _ bot.Request, p greetParams) (bot.Plan, error) {
	return bot.Plan{Lines: []string{"greet " + p.Name}}, nil
}

func (able) Verify(_ context.Context, _ bot.Job, p greetParams) (bot.Finding, bot.Result, error) {
	return bot.Happened, bot.Result{Summary: p.Name}, nil
}

func (able) Completes() []string { return []string{"name"} }

func (able) Complete(_ context.Context, _, prefix string, _ int) ([]string, error) {
	return []string{prefix + "n"}, nil
}

func TestBind(t *testing.T) {
	params := map[string]any{"name": "ann", "times": 3}
	h := bot.Bind[greetParams](plain{})
	if h.Plan != nil || h.Verify != nil || h.Complete != nil {
		t.Error("an ability was found that is not there")
	}
	if h.Params != reflect.TypeFor[greetParams]() {
		t.Errorf("params %v", h.Params)
	}
	result, err := h.Do(t.Context(), nil, params)
	if err != nil || result.Summary != "ann" || result.Data != 3 {
		t.Errorf("%+v, %v", result, err)
	}

	h = bot.Bind[greetParams](able{})
	if plan, err := h.Plan(t.Context(), bot.Request{}, params); err != nil || plan.Lines[0] != "greet ann" {
		t.Errorf("%+v, %v", plan, err)
	}
	if finding, result, err := h.Verify(t.Context(), nil, params); err != nil || finding != bot.Happened || result.Summary != "ann" {
		t.Errorf("%v, %+v, %v", finding, result, err)
	}
	if values, err := h.Complete(t.Context(), "name", "an", 1); err != nil || values[0] != "ann" || !slices.Equal(h.Completes, []string{"name"}) {
		t.Errorf("%v, %v for %v", values, err, h.Completes)
	}
}

// Parameters are checked against the schema before; what still does not fit is a fault of ours.
func TestBindRefusesWhatTheStructDoesNotHave(t *testing.T) {
	for name, params := range map[string]map[string]any{
		"unknown name":   {"nam": "ann"},
		"wrong type":     {"name": 3},
		"no JSON at all": {"name": func() {}},
	} {
		t.Run(name, func(t *testing.T) {
			h := bot.Bind[greetParams](able{})
			_, doErr := h.Do(t.Context(), nil, params)
			_, planErr := h.Plan(t.Context(), bot.Request{}, params)
			_, _, verifyErr := h.Verify(t.Context(), nil, params)
			for _, err := range []error{doErr, planErr, verifyErr} {
				if bot.ErrorCode(err) != bot.CodeInternal {
					t.Errorf("got %v", err)
				}
			}
		})
	}
}
