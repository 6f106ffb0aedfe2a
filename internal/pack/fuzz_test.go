package pack_test

import (
	"testing"

	"github.com/petrelops/petrel/internal/pack"
)

// FuzzLoad feeds any bytes as each kind of file: loading must not panic, and what is set aside must be told about.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(packYAML), []byte(goodAction+"parameters:\n  a: {type: object, properties: {b: {required: yes}}, default: {}, position: 1}\n"), []byte("name: a\naction_ref: tools.list\nformats: [x, {display: y, representation: [z]}]\nack: {enabled: no}\n"))
	f.Add([]byte("name: [\n"), []byte("name: &a {<<: *a}\n"), []byte("- 1\n"))
	f.Fuzz(func(t *testing.T, packFile, action, alias []byte) {
		p, problems := load(pack.Options{Runners: []string{"local-shell-cmd"}},
			"pack.yaml", string(packFile), "actions/a.yaml", string(action), "aliases/a.yaml", string(alias))
		if p == nil {
			if len(problems) == 0 {
				t.Error("no pack and no problem")
			}
			return
		}
		if missing := 2 - len(p.Actions) - len(p.Aliases); len(problems) < missing {
			t.Errorf("%d files were set aside with %d problems", missing, len(problems))
		}
	})
}
