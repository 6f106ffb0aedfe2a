package event

import (
	"context"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/internal/store"
)

// ruleSet is the rules as packs wrote them and people switched them. It does not change.
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
	set := &ruleSet{of: c, at: now, list: slices.Clone(c.Rules)}
	for n, r := range set.list {
		if s, ok := switches[r.Ref()]; ok && s.Enabled != r.Enabled {
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
	all := map[string]switched{}
	if len(x.Content().Rules) == 0 {
		return all, nil
	}
	q := store.Query{Kind: kindSwitch, Index: allIndex}
	for {
		page, err := x.Store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			doc, err := store.Decode[switched](r.Data)
			if err != nil {
				return nil, err
			}
			all[doc.Value.Rule] = doc.Value
		}
		if q.After = page.Next; q.After == "" {
			return all, nil
		}
	}
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
