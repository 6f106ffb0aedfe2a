// Package render gives the templates of packs what they may use: which targets an action has, defaults of parameters, parameters that an
// alias fixes, and the answers of aliases. What comes out of a template is data from then on and is never rendered again.
package render

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/expr"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/target"
)

// Keys reads the datastore.
type Keys interface {
	Get(ctx context.Context, k datastore.Key) (datastore.Entry, error)
	Decrypt(ctx context.Context, k datastore.Key) (datastore.Entry, error)
}

// Renderer renders the templates of packs. It does not change.
type Renderer struct {
	keys   Keys
	groups map[string]string
	strict *expr.Engine
	// lenient takes what is not there for empty, as StackStorm does in answers.
	lenient *expr.Engine
}

// New returns a renderer. Groups are the node groups that a target may name as @group.
func New(keys Keys, groups map[string]string) *Renderer {
	return &Renderer{keys: keys, groups: groups, strict: expr.New(expr.Options{}), lenient: expr.New(expr.Options{AllowUndefined: true})}
}

// Targets returns the targets that the templates of an action name, given its parameters. CodeInvalid says which one names none.
func (r *Renderer) Targets(ctx context.Context, templates []string, params map[string]any) ([]string, error) {
	const op = "render.targets"
	var names []string
	seen := map[string]bool{}
	for _, t := range templates {
		compiled, err := r.lenient.Compile(t)
		if err != nil {
			return nil, err
		}
		text, err := compiled.Text(ctx, params)
		if err != nil {
			return nil, err
		}
		list, err := target.Expand(text, r.groups)
		if err != nil {
			return nil, bot.E(bot.CodeInvalid, op, bot.ErrorText(err), err)
		}
		for _, n := range list {
			if !seen[n] {
				seen[n], names = true, append(names, n)
			}
		}
	}
	return names, nil
}

// Holds reports whether a condition is true of the facts. What is not among them is an error.
func (r *Renderer) Holds(ctx context.Context, condition string, facts map[string]any) (bool, error) {
	t, err := r.strict.Expression(condition)
	if err != nil {
		return false, err
	}
	v, err := t.Value(ctx, facts)
	return err == nil && expr.Truth(v), err
}

// Defaults returns the action with the templates in its defaults rendered for whoever asks (param.Defaults).
func (r *Renderer) Defaults(ctx context.Context, spec *bot.ActionSpec, params map[string]any, who bot.Identity) (*bot.ActionSpec, error) {
	for _, p := range spec.Params {
		if err := secretOnly(p.Name, p.Default, spec); err != nil {
			return nil, err
		}
	}
	return param.Defaults(ctx, spec, params, param.Rendering{Templates: r.strict, Vars: r.vars(who)})
}

// Fixed returns the parameters that an alias fixes, rendered for whoever asks. They are values of the action's types, or texts to be cast.
func (r *Renderer) Fixed(ctx context.Context, fixed map[string]any, spec *bot.ActionSpec, who bot.Identity) (map[string]any, error) {
	const op = "render.fixed"
	out := make(map[string]any, len(fixed))
	for name, value := range fixed {
		if !param.IsTemplate(value) {
			out[name] = value
			continue
		}
		if err := secretOnly(name, value, spec); err != nil {
			return nil, err
		}
		v, err := r.strict.Render(ctx, value, r.vars(who))
		if err != nil {
			return nil, bot.E(bot.ErrorCode(err), op, strings.TrimSpace(fmt.Sprintf("What the alias fixes as %s could not be rendered. %s", name, bot.ErrorText(err))), err)
		}
		out[name] = v
	}
	return out, nil
}

// secretOnly refuses to decrypt a value for a parameter that is shown.
func secretOnly(name string, template any, spec *bot.ActionSpec) error {
	if p, ok := spec.Param(name); ok && p.Secret || !strings.Contains(fmt.Sprint(template), "decrypt_kv") {
		return nil
	}
	return bot.E(bot.CodeInvalid, "render.secret", fmt.Sprintf(
		"The pack decrypts a key for the parameter %s of %s, which is not marked secret, so it would be shown. Tell whoever keeps the pack.", name, spec.Ref()), nil)
}

// vars are what defaults and fixed parameters may use beside other parameters.
func (r *Renderer) vars(who bot.Identity) map[string]any {
	return map[string]any{
		"st2kv":          lookup{r.keys, who, true},
		"action_context": map[string]any{"user": who.ID, "api_user": who.ID},
		"config_context": map[string]any{},
	}
}

// lookup is the datastore as one person sees it.
type lookup struct {
	keys    Keys
	who     bot.Identity
	decrypt bool
}

// Get implements expr.Lookup.
func (l lookup) Get(ctx context.Context, scope, name string) (string, error) {
	e, err := l.keys.Get(ctx, datastore.KeyOf(datastore.Scope(scope), name, l.who))
	return e.Value, err
}

// Decrypt implements expr.Lookup.
func (l lookup) Decrypt(ctx context.Context, scope, name string) (string, error) {
	if !l.decrypt {
		return "", bot.E(bot.CodeDenied, "render.decrypt", "An answer is read by everybody in the channel, so nothing is decrypted for it.", nil)
	}
	e, err := l.keys.Decrypt(ctx, datastore.KeyOf(datastore.Scope(scope), name, l.who))
	return e.Value, err
}

// answerVars are what the answers of aliases may use (StackStorm's aliasexecution.py and format_execution_result.py).
func (r *Renderer) answerVars(who bot.Identity, more map[string]any) map[string]any {
	vars := map[string]any{"st2kv": lookup{r.keys, who, false}}
	maps.Copy(vars, more)
	return vars
}
