package permission_test

import (
	"fmt"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/permission"
)

// One decision among a hundred rules: as help asks for each alias, and as a command with a thousand nodes does.
func BenchmarkAllow(b *testing.B) {
	var rules []permission.Rule
	for i := range 100 {
		rules = append(rules, permission.Rule{
			Deny: i%4 == 0, Roles: []string{fmt.Sprintf("role-%d", i)}, Actions: []string{"clary.*", "core.key.*"},
			Params: map[string]permission.Condition{"hosts": {Within: "@gpu"}}, Source: fmt.Sprintf("r:%d", i),
		})
	}
	rules = append(rules, permission.Rule{Roles: one("operator"), Packs: one("clary"), Params: map[string]permission.Condition{"hosts": {Outside: "@gpu"}}})
	l, err := permission.New(rules, permission.Options{Groups: groups, People: true})
	if err != nil {
		b.Fatal(err)
	}
	for name, params := range map[string]map[string]any{"as such": nil, "1000 nodes": {"hosts": "irene[1-1000]"}} {
		b.Run(name, func(b *testing.B) {
			call := bot.Call{Identity: ann, Origin: inOps, Action: set, Params: params}
			b.ReportAllocs()
			for b.Loop() {
				if !l.Allow(call).Allowed {
					b.Fatal("denied")
				}
			}
		})
	}
}
