package event

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/store"
)

// ruleLife is how long a stored rule is kept.
const ruleLife = 10 * 365 * 24 * time.Hour

// readRule is what was made of a stored rule.
type readRule struct {
	from storedRule
	of   *Content
	rule *rule.Rule
}

// stored returns the rules of the store. One that cannot be used any more, because packs have changed since, is off and says why. The caller
// holds mu.
func (x *Engine) stored(ctx context.Context) ([]*rule.Rule, error) {
	list, err := everything[storedRule](ctx, x.Store, kindRule)
	if err != nil {
		return nil, err
	}
	c, read := x.Content(), make(map[string]readRule, len(list))
	rules := make([]*rule.Rule, len(list))
	for i, s := range list {
		known, ok := x.read[s.Rule]
		if !ok || known.from != s || known.of != c {
			known = readRule{s, c, x.readStored(ctx, s)}
		}
		read[s.Rule], rules[i] = known, known.rule
	}
	x.read = read
	return rules, nil
}

func (x *Engine) readStored(ctx context.Context, s storedRule) *rule.Rule {
	r, err := x.Read(s.Text)
	if err != nil {
		x.Log.WarnContext(ctx, "a stored rule cannot be used", "op", "event.rule.read", "rule", s.Rule, "code", bot.ErrorCode(err), "err", err)
		r = &rule.Rule{Fault: bot.ErrorText(err)}
		r.Pack, r.Name, _ = strings.Cut(s.Rule, ".")
	}
	r.Stored, r.Source = true, "store, by "+s.By
	return r
}

// CreateRule stores a rule for all processes on the store, at once. The same text again changes nothing. CodeInvalid tells what is wrong with it;
// CodeConflict: there is a rule of that name.
func (x *Engine) CreateRule(ctx context.Context, text string, by bot.Identity) (*rule.Rule, error) {
	r, err := x.Read(text)
	if err != nil {
		return nil, err
	}
	if err := x.own(r.Ref()); err != nil {
		return nil, err
	}
	before, err := x.Store.Get(ctx, store.Key{Kind: kindRule, ID: r.Ref()})
	switch {
	case err == nil:
		doc, err := store.Decode[storedRule](before.Data)
		if err == nil && doc.Value.Text == text {
			return r, nil
		}
		return nil, bot.E(bot.CodeConflict, "event.rule.create", fmt.Sprintf("There is a rule %s already. Update it, or give this one another name.", r.Ref()), err)
	case bot.ErrorCode(err) != bot.CodeNotFound:
		return nil, err
	}
	return r, x.keep(ctx, r, storedRule{Rule: r.Ref(), Text: text, By: by.ID}, store.Absent)
}

// UpdateRule puts another text into the place of a stored rule, as CreateRule does. What was turned on or off is as the text says again.
// CodeForbidden: the rule comes with a pack; CodeNotFound: there is none.
func (x *Engine) UpdateRule(ctx context.Context, text string, by bot.Identity) (*rule.Rule, error) {
	r, err := x.Read(text)
	if err != nil {
		return nil, err
	}
	before, err := x.mine(ctx, r.Ref())
	if err != nil {
		return nil, err
	}
	return r, x.keep(ctx, r, storedRule{Rule: r.Ref(), Text: text, By: by.ID}, before)
}

// DeleteRule removes a stored rule from all processes on the store. CodeForbidden: it comes with a pack; CodeNotFound: there is none.
func (x *Engine) DeleteRule(ctx context.Context, ref string) error {
	if _, err := x.mine(ctx, ref); err != nil {
		return err
	}
	b := store.Batch{
		Deletes: []store.Delete{
			{Key: store.Key{Kind: kindRule, ID: ref}, If: store.Anything}, {Key: store.Key{Kind: kindSwitch, ID: ref}, If: store.Anything},
		},
		Notify: []store.Notice{{Topic: switchTopic}},
	}
	return x.changeRules(ctx, b)
}

// own says that the name of a rule is not one of a pack.
func (x *Engine) own(ref string) error {
	if !slices.ContainsFunc(x.Content().Rules, func(r *rule.Rule) bool { return r.Ref() == ref }) {
		return nil
	}
	pack, _, _ := strings.Cut(ref, ".")
	return bot.E(bot.CodeForbidden, "event.rule.own", fmt.Sprintf(
		"The rule %s comes with the pack %s and is changed there. It can be turned on and off here.", ref, pack), nil)
}

// mine returns the version of a stored rule.
func (x *Engine) mine(ctx context.Context, ref string) (store.Version, error) {
	if err := x.own(ref); err != nil {
		return 0, err
	}
	got, err := x.Store.Get(ctx, store.Key{Kind: kindRule, ID: ref})
	if bot.ErrorCode(err) != bot.CodeNotFound {
		return got.Version, err
	}
	if _, err := x.Rule(ctx, ref); err != nil { // it has suggestions
		return 0, err
	}
	return 0, bot.E(bot.CodeConflict, "event.rule.mine", "The rule "+ref+" was deleted at this moment. Look again.", err)
}

// keep writes a stored rule. Its timer begins anew.
func (x *Engine) keep(ctx context.Context, r *rule.Rule, s storedRule, want store.Version) error {
	var err error
	if s.At, err = x.Store.Now(ctx); err != nil {
		return err
	}
	p, err := put(store.Key{Kind: kindRule, ID: s.Rule}, s, want, ruleLife)
	if err != nil {
		return err
	}
	b := store.Batch{
		Puts:    []store.Put{p},
		Deletes: []store.Delete{{Key: store.Key{Kind: kindSwitch, ID: s.Rule}, If: store.Anything}, {Key: timerKey(r), If: store.Anything}},
		Notify:  []store.Notice{{Topic: switchTopic}},
	}
	return x.changeRules(ctx, b)
}

func (x *Engine) changeRules(ctx context.Context, b store.Batch) error {
	err := x.Store.Commit(ctx, b)
	x.forget()
	return err
}
