package render

import (
	"context"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/rule"
)

// Keys returns the datastore as the patterns of criteria may read it. Nothing is decrypted for them.
func (r *Renderer) Keys(who bot.Identity) expr.Lookup { return lookup{r.keys, who, false} }

// RuleParams returns the parameters of the action that a rule runs for an event, as the action takes them.
func (r *Renderer) RuleParams(ctx context.Context, a *rule.Rule, spec *bot.ActionSpec, payload any, who bot.Identity) (map[string]any, error) {
	for name, value := range a.Params {
		if err := secretOnly(name, value, spec); err != nil {
			return nil, err
		}
	}
	values, err := a.Render(ctx, r.strict, rule.Facts{Payload: payload, Keys: lookup{r.keys, who, true}})
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for name, value := range values {
		if text, ok := value.(string); ok { // cast like what a person types, as StackStorm does
			texts[name] = text
		}
	}
	cast, err := param.Cast(spec, texts)
	if err != nil {
		return nil, err
	}
	for name, value := range cast {
		values[name] = value
	}
	return values, nil
}
