package permission_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/permission"
)

// Each rule says whether it speaks, and why or why not.
func TestExplain(t *testing.T) {
	l := list(
		t, true,
		permission.Rule{Roles: one("operator"), Packs: one("clary"), Params: map[string]permission.Condition{"hosts": {Within: "@gpu"}}},
		permission.Rule{Roles: one("admin"), Actions: one("core.*")},
		permission.Rule{Public: true, Actions: one("*"), Classes: []bot.Class{bot.Read}},
		permission.Rule{Deny: true, Actions: one("*"), Channels: one("slack:T1/C9"), Params: map[string]permission.Condition{"hosts": {Touches: "@production"}}},
		permission.Rule{Deny: true, Actions: one("*"), Params: map[string]permission.Condition{"hosts": {Touches: "g[2-9]"}}},
	)
	for name, tt := range map[string]struct {
		who    bot.Identity
		params map[string]any
		want   []string
	}{
		"values": {ann, map[string]any{"hosts": "g[1-3]"}, []string{
			"true: account is a person's, because the rule is not public; role is operator; pack is clary; hosts is within @gpu",
			"false: role must be admin (here: operator, writer); action must be core.* (here: clary.node.set)",
			"false: class must be read (here: idempotent)",
			"false: channel must be slack:T1/C9 (here: slack:T1/C1); hosts must be touching @production (here: nothing like that)",
			"true: action is *; hosts is touching g[2-9]: g[2-3]",
		}},
		"no values": {ann, map[string]any{}, []string{
			"false: hosts must be within @gpu (here: no value was given)",
			"false: role must be admin (here: operator, writer); action must be core.* (here: clary.node.set)",
			"false: class must be read (here: idempotent)",
			"false: channel must be slack:T1/C9 (here: slack:T1/C1); hosts must be touching @production (here: no value was given)",
			"false: hosts must be touching g[2-9] (here: no value was given)",
		}},
		"as such": {bot.Identity{ID: "slack:T1/U1"}, nil, []string{
			"false: account must be a person's, because the rule is not public (here: slack:T1/U1 belongs to nobody); role must be operator (here: none)",
			"false: account must be a person's, because the rule is not public (here: slack:T1/U1 belongs to nobody); role must be admin (here: none); action must be core.* (here: clary.node.set)",
			"false: class must be read (here: idempotent)",
			"false: channel must be slack:T1/C9 (here: slack:T1/C1); hosts must be touching @production (here: it depends on the value)",
			"false: hosts must be touching g[2-9] (here: it depends on the value)",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, verdicts := l.Explain(bot.Call{Identity: tt.who, Origin: inOps, Action: set, Params: tt.params})
			var got []string
			for _, v := range verdicts {
				word := "false: "
				if v.Speaks {
					word = "true: "
				}
				got = append(got, word+strings.Join(v.Why, "; "))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
