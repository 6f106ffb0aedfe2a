package pack_test

import (
	"fmt"
	"testing"

	"github.com/petrelops/petrel/internal/pack"
)

// BenchmarkLoad500 reads 500 aliases with 100 actions of six parameters: the start has 150 ms for everything.
func BenchmarkLoad500(b *testing.B) {
	var files []string
	for i := range 500 {
		files = append(files, fmt.Sprintf("aliases/a%d.yaml", i), fmt.Sprintf(
			"name: a%d\naction_ref: tools.list%d\ndescription: Lists things\nformats:\n  - \"list %d {{a}} with {{b=1}}\"\n  - display: show\n    representation: [\"show {{a}}\"]\nack: {enabled: false}\n", i, i%100, i))
	}
	for i := range 100 {
		text := fmt.Sprintf("name: list%d\nrunner_type: noop\nparameters:\n", i)
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			text += "  " + name + ": {type: integer, minimum: 1, default: 4, description: A number of things}\n"
		}
		files = append(files, fmt.Sprintf("actions/l%d.yaml", i), text)
	}
	fsys := folder(files...)
	for b.Loop() {
		p, problems := pack.Load(fsys, "tools", pack.Options{Runners: []string{"noop"}})
		if len(problems) > 0 || len(p.Aliases) != 500 || len(p.Actions) != 100 {
			b.Fatal(problems)
		}
	}
}
