package permission_test

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/permission"
)

var names = []string{"ann", "bob", "operator", "gpu-team", "console:ann", "slack:T1/U1", "*", "a*", "clary.*", "core.echo", "clary", "slack", "console"}

func drawSome(t *rapid.T, label string) []string {
	return rapid.SliceOfN(rapid.SampledFrom(names), 0, 2).Draw(t, label)
}

func drawRule(t *rapid.T, line int) permission.Rule {
	r := permission.Rule{
		Deny: rapid.IntRange(0, 3).Draw(t, "deny") == 0, Actions: one("*"), People: drawSome(t, "people"), Accounts: drawSome(t, "accounts"),
		Roles: drawSome(t, "roles"), Adapters: drawSome(t, "adapters"), Packs: drawSome(t, "packs"), Source: fmt.Sprintf("r:%d", line),
	}
	if rapid.Bool().Draw(t, "identity") {
		r.Identity = rapid.SampledFrom(names).Draw(t, "who")
	}
	if rapid.Bool().Draw(t, "params") {
		r.Params = map[string]permission.Condition{"hosts": rapid.SampledFrom([]permission.Condition{
			{Within: "@gpu"}, {Touches: "@production"}, {Outside: "@gpu"}, {Equal: one("g1")}, {Glob: one("*[0-9]")},
		}).Draw(t, "condition")}
	}
	if named := r.Identity != "" || len(r.People)+len(r.Accounts)+len(r.Roles) > 0; !named && !r.Deny {
		r.Public = true
	}
	r.Public = r.Public && len(r.People)+len(r.Roles) == 0
	return r
}

func drawCall(t *rapid.T) bot.Call {
	origin := rapid.SampledFrom([]bot.Origin{{Adapter: "console", User: "ann"}, inOps, {Adapter: "shell", User: "eve"}}).Draw(t, "origin")
	call := bot.Call{Origin: origin, Action: rapid.SampledFrom([]*bot.ActionSpec{set, {Pack: "core", Name: "echo", Class: bot.Read}}).Draw(t, "action")}
	call.Identity = rapid.SampledFrom([]bot.Identity{ann, {ID: "bob"}, {ID: origin.Account()}}).Draw(t, "identity")
	if rapid.Bool().Draw(t, "values") {
		call.Params = map[string]any{"hosts": rapid.SampledFrom([]any{"g1", "g[1-9]", "irene3", "@x", nil, 7.0}).Draw(t, "hosts")}
	}
	return call
}

// What is decided does not depend on the order of the rules; a rule that denies and speaks wins; nothing is allowed that no rule allows;
// what Explain tells is what Allow decides by.
func TestDenyWinsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := make([]permission.Rule, rapid.IntRange(0, 8).Draw(t, "rules"))
		for i := range rules {
			rules[i] = drawRule(t, i)
		}
		o := permission.Options{Groups: groups, People: rapid.Bool().Draw(t, "people")}
		call := drawCall(t)
		l, err := permission.New(rules, o)
		if err != nil {
			t.Fatal(err)
		}
		d, verdicts := l.Explain(call)
		var allows, denies []string
		for i, r := range rules {
			alone, err := permission.New(rules[i:i+1], o)
			if err != nil {
				t.Fatal(err)
			}
			_, own := alone.Explain(call)
			if own[0].Speaks != verdicts[i].Speaks {
				t.Errorf("rule %d says something else among others", i)
			}
			if !own[0].Speaks {
				continue
			}
			if r.Deny {
				denies = append(denies, r.Source)
			} else {
				allows = append(allows, r.Source)
			}
		}
		if want := len(denies) == 0 && len(allows) > 0; d.Allowed != want {
			t.Errorf("allowed: %t; %v allow, %v deny", d.Allowed, allows, denies)
		}
		if d.Rule != "" && !slices.Contains(allows, d.Rule) && !slices.Contains(denies, d.Rule) || d.Allowed && d.Rule == "" || d.Why == "" {
			t.Errorf("it names a rule that does not speak: %+v", d)
		}
		shuffled, err := permission.New(rapid.Permutation(rules).Draw(t, "order"), o)
		if err != nil {
			t.Fatal(err)
		}
		if again := shuffled.Allow(call); again.Allowed != d.Allowed {
			t.Errorf("in another order: %+v, %+v", d, again)
		}
	})
}

// Where help shows an action because some values would be allowed, some value is; and where some value is allowed, help shows it.
func TestHelpHidesNothingThatMayBeRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := make([]permission.Rule, rapid.IntRange(1, 6).Draw(t, "rules"))
		for i := range rules {
			rules[i] = drawRule(t, i)
		}
		l, err := permission.New(rules, permission.Options{Groups: groups, People: true})
		if err != nil {
			t.Fatal(err)
		}
		call := drawCall(t)
		allowed := l.Allow(call).Allowed
		call.Params = nil
		if allowed && !l.Allow(call).Allowed {
			t.Error("it is allowed with these values, and hidden from help")
		}
	})
}

// A secret value is never told, whatever the rule asks of it.
func TestSecretsAreNotTold(t *testing.T) {
	for i := range 1 << 4 {
		r := permission.Rule{Identity: "ann", Actions: one("*"), Deny: i&8 != 0, Params: map[string]permission.Condition{"token": {}}}
		c := permission.Condition{}
		if i&1 != 0 {
			c.Equal = one("hunter2")
		}
		if i&2 != 0 {
			c.Within = "g[1-2]"
		}
		if i&4 != 0 {
			c.Outside = "g[1-2]"
		}
		if bits.OnesCount(uint(i&7)) == 0 {
			c.Glob = one("[a-z]*")
		}
		r.Params["token"] = c
		for _, secret := range []any{"s3cret", "s3cret,g1", "s3cret[1-", map[string]any{"sealed": "s3cret"}, []any{"s3cret"}} {
			d, verdicts := list(t, true, r).Explain(bot.Call{Identity: ann, Origin: inOps, Action: set, Params: map[string]any{"token": secret}})
			for _, v := range verdicts {
				if text := d.Why + strings.Join(v.Why, " "); strings.Contains(text, "s3cret") {
					t.Errorf("%+v: %s", c, text)
				}
			}
		}
	}
}
