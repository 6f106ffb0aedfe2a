package event

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/internal/store"
)

// ruleSet is the rules as packs and people wrote them and people switched them. It does not change.
type ruleSet struct {
	of    *Content
	at    time.Time
	list  []*rule.Rule
	index *rule.Index
}

const (
	// freshFor is how long a look at the switches counts where no notice came.
	freshFor = 10 * time.Second
	// switchLife is how long a switch is remembered.
	switchLife = 10 * 365 * 24 * time.Hour
)

// rules returns the rules as they count now.
func (x *Engine) rules(ctx context.Context) (*ruleSet, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	c, now := x.Content(), x.Clock.Now()
	if x.current != nil && x.current.of == c && now.Sub(x.current.at) < freshFor {
		return x.current, nil
	}
	switches, err := x.switches(ctx)
	if err != nil {
		return nil, err
	}
	stored, err := x.stored(ctx)
	if err != nil {
		return nil, err
	}
	set := &ruleSet{of: c, at: now, list: slices.Concat(c.Rules, stored)}
	for n, r := range set.list {
		if s, ok := switches[r.Ref()]; ok && s.Enabled != r.Enabled && r.Fault == "" {
			other := *r
			other.Enabled = s.Enabled
			set.list[n] = &other
		}
	}
	set.index = rule.NewIndex(set.list)
	x.current = set
	return set, nil
}

func (x *Engine) switches(ctx context.Context) (map[string]switched, error) {
	list, err := everything[switched](ctx, x.Store, kindSwitch)
	if err != nil {
		return nil, err
	}
	all := make(map[string]switched, len(list))
	for _, s := range list {
		all[s.Rule] = s
	}
	return all, nil
}

// forget has the next look at the rules read the switches again.
func (x *Engine) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.current = nil
}

// watchSwitches looks at the switches again when somebody changed one.
func (x *Engine) watchSwitches(ctx context.Context) error {
	notices, err := x.Store.Subscribe(ctx, switchTopic)
	if err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end of ctx is how this ends
		}
		return err
	}
	for range notices {
		x.forget()
	}
	return nil
}

// Rules returns all rules with their switches, by ref.
func (x *Engine) Rules(ctx context.Context) ([]*rule.Rule, error) {
	set, err := x.rules(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(set.list), nil
}

// Rule returns one rule. CodeNotFound has suggestions.
func (x *Engine) Rule(ctx context.Context, ref string) (*rule.Rule, error) {
	list, err := x.Rules(ctx)
	if err != nil {
		return nil, err
	}
	known := make([]string, 0, len(list))
	for _, r := range list {
		if r.Ref() == ref {
			return r, nil
		}
		known = append(known, r.Ref())
	}
	return nil, bot.E(bot.CodeNotFound, "event.rule.get", "There is no rule "+ref+spell.Hint(ref, known), nil)
}

// Switch turns a rule on or off for all processes on the store, whatever its pack says. A timer that is turned on begins anew.
func (x *Engine) Switch(ctx context.Context, ref string, on bool, by bot.Identity) (*rule.Rule, error) {
	r, err := x.Rule(ctx, ref)
	if err != nil {
		return nil, err
	}
	if r.Fault != "" {
		return nil, bot.E(bot.CodeInvalid, "event.rule.switch", fmt.Sprintf("The rule %s cannot be used: %s Update it first.", ref, r.Fault), nil)
	}
	now, err := x.Store.Now(ctx)
	if err != nil {
		return nil, err
	}
	p, err := put(store.Key{Kind: kindSwitch, ID: ref}, switched{Rule: ref, Enabled: on, By: by.ID, At: now}, store.Anything, switchLife)
	if err != nil {
		return nil, err
	}
	b := store.Batch{Puts: []store.Put{p}, Notify: []store.Notice{{Topic: switchTopic, Payload: ""}}}
	if on && !r.Enabled {
		b.Deletes = []store.Delete{{Key: timerKey(r), If: store.Anything}}
	}
	if err := x.Store.Commit(ctx, b); err != nil {
		return nil, err
	}
	x.forget()
	x.Log.InfoContext(ctx, "switched a rule", "op", "event.rule.switch", "rule", ref, "enabled", on, "identity", by.ID)
	changed := *r
	changed.Enabled = on
	return &changed, nil
}

// Refused returns why a rule may not run its action as things are now; empty when it may. A permission that depends on parameters counts as one.
func (x *Engine) Refused(r *rule.Rule) string {
	action, err := x.Catalog.Action(r.Action)
	if err != nil {
		return bot.ErrorText(err)
	}
	o := origin(r)
	d := x.Gate.Allow(bot.Call{Identity: x.People.Identify(o), Origin: o, Action: action.Spec})
	if d.Allowed {
		return ""
	}
	return d.Why
}
