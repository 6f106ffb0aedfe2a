package rule

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
)

// Types of rules.
const (
	Standard = "standard"
	// Backstop rules are asked only about events that no standard rule of their trigger matched.
	Backstop = "backstop"
)

// Rule turns an event into an action.
type Rule struct {
	Pack        string
	Name        string
	Description string
	Enabled     bool
	Type        string // Standard or Backstop
	Tags        []string
	Trigger     string         // a trigger type's ref
	With        map[string]any // what the trigger is asked for: the address of a webhook, the times of a timer
	Criteria    []Criterion
	Action      string
	Params      map[string]any // templates over trigger and the datastore
	Source      string         // file:line, or who stored it
	Stored      bool           // it is kept in the store, not in a pack
	Fault       string         // why a stored rule cannot be used by now; empty where it can

	// Compiled are the criteria, ready for use.
	Compiled *Criteria
}

// Ref returns pack.name.
func (r *Rule) Ref() string { return r.Pack + "." + r.Name }

// Key names what the rule waits for: its trigger, and what it asks of that.
func (r *Rule) Key() string { return Key(r.Trigger, r.With) }

// Key names a trigger with what was asked of it. Rules that ask the same of one trigger wait for the same events.
func Key(trigger string, with map[string]any) string {
	if len(with) == 0 {
		return trigger
	}
	data, err := json.Marshal(with) // in the order of the names
	if err != nil {                 // what YAML and JSON hold can always be written
		return trigger + "?" + fmt.Sprint(with)
	}
	return trigger + "?" + string(data)
}

// Render returns the parameters of the rule's action for an event. Where a whole value is one expression, it keeps its type.
func (r *Rule) Render(ctx context.Context, engine *expr.Engine, f Facts) (map[string]any, error) {
	vars := map[string]any{
		"trigger": f.Payload, "rule": map[string]any{"name": r.Name, "pack": r.Pack, "ref": r.Ref()},
		"action_context": map[string]any{}, "config_context": map[string]any{},
	}
	if f.Keys != nil {
		vars["st2kv"] = f.Keys
	}
	out := make(map[string]any, len(r.Params))
	for name, value := range r.Params {
		v, err := engine.Render(ctx, value, vars)
		if err != nil {
			return nil, bot.E(bot.ErrorCode(err), "rule.render", strings.TrimSpace(fmt.Sprintf(
				"The parameter %s of the rule %s could not be rendered. %s", name, r.Ref(), bot.ErrorText(err))), err)
		}
		out[name] = v
	}
	return out, nil
}
