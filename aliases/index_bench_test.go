package aliases_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/petrelops/petrel/aliases"
)

// shapes are the formats of a large installation: of each hundred, thirty share their first two words and two start with a
// parameter.
func shapes(n int) []*aliases.Alias {
	list := make([]*aliases.Alias, n)
	for i := range list {
		list[i] = &aliases.Alias{
			Pack: "bench", Name: fmt.Sprintf("a%05d", i), Action: "bench.run", Enabled: true,
			Formats: []aliases.Format{{Representations: []string{shape(i)}}},
		}
	}
	return list
}

func shape(i int) string {
	switch {
	case i%100 < 30:
		return fmt.Sprintf("cluster node set%d {{state}} on {{node}} {{reason=none}}", i)
	case i%100 < 32:
		return fmt.Sprintf("{{who}} asks%d for {{what}}", i)
	case i%100 < 60:
		return fmt.Sprintf("(run|execute) job%d {{cmd}}( on {{hosts=localhost}})?", i)
	}
	return fmt.Sprintf("svc%d restart {{service}} in {{region=eu}}", i)
}

// lines are one text for each alias.
func lines(n int) []string {
	out := make([]string, n)
	for i := range out {
		switch {
		case i%100 < 30:
			out[i] = fmt.Sprintf("cluster node set%d drained on web-%d because=disk", i, i)
		case i%100 < 32:
			out[i] = fmt.Sprintf("ann asks%d for more space", i)
		case i%100 < 60:
			out[i] = fmt.Sprintf("execute job%d uptime on web-%d", i, i)
		default:
			out[i] = fmt.Sprintf("svc%d restart billing-api in us", i)
		}
	}
	return out
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		index, problems := aliases.Compile(shapes(n), aliases.Options{})
		if len(problems) > 0 {
			b.Fatal(problems)
		}
		texts := lines(n)
		b.Run(fmt.Sprintf("aliases=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if out := index.Match(texts[i%n]); len(out.Matches) != 1 {
					b.Fatalf("%q: %+v", texts[i%n], out)
				}
				i += 7919
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	list := shapes(10000)
	b.ReportAllocs()
	for b.Loop() {
		aliases.Compile(list, aliases.Options{})
	}
}

var _ = slices.Sort[[]int]
var _ = regexp.MustCompile
var _ = strings.Cut
