package permission_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/permission"
)

// What a rule names and there is not is told; what a glob covers is there.
func TestLint(t *testing.T) {
	some := map[string]permission.Condition{"hosts": {Equal: one("x")}, "nodes": {Equal: one("x")}, "host": {Equal: one("x")}}
	l := list(
		t, true,
		permission.Rule{People: []string{"ann", "an*", "eve"}, Actions: one("*"), Source: "r:1"},
		permission.Rule{Roles: []string{"operater", "oper*"}, Groups: one("gpu"), Actions: one("clary.*"), Source: "r:2"},
		permission.Rule{Deny: true, Actions: one("clery.*"), Source: "r:3"},
		permission.Rule{Deny: true, Packs: one("clary"), Classes: []bot.Class{bot.Read}, Source: "r:4"},
		permission.Rule{Deny: true, Packs: one("clary"), Params: some, Source: "r:5"},
		permission.Rule{Identity: "nobody:here", Actions: one("clary.node.set"), Source: "r:6"},
	)
	got := l.Lint(permission.Known{People: []string{"ann"}, Roles: []string{"operator"}, Groups: one("gpu-team"), Actions: []*bot.ActionSpec{set}})
	want := []string{
		`r:1: there is no person "eve"`,
		`r:2: nobody has the role "operater"`,
		`r:2: nobody is in the group "gpu"`,
		`r:3: no action of the packs fits the rule`,
		`r:4: no action of the packs fits the rule`,
		`r:5: no action that the rule is about has a parameter "host"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
