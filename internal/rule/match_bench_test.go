package rule_test

import (
	"fmt"
	"testing"

	"github.com/petrelops/petrel/internal/rule"
)

// Rules on 20 triggers, each with an equality, a comparison and a regular expression. Ten times as many rules for other hosts cost nothing: the
// index finds those of one host.
func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("%d_rules", n), func(b *testing.B) { match(b, n) })
	}
}

func match(b *testing.B, n int) {
	b.Helper()
	var rules []*rule.Rule
	for i := range n {
		rules = append(rules, compiled(b, fmt.Sprint(i), fmt.Sprintf("p.t%d", i%20), fmt.Sprintf(
			`{"trigger.host": {"type": "eq", "pattern": "node%d"}, "trigger.level": {"type": "gt", "pattern": 3}, "trigger.text": {"type": "regex", "pattern": "fan [0-9]+"}}`, i/20)))
	}
	x := rule.NewIndex(rules)
	payload := decode(b, `{"host": "node7", "level": 5, "text": "the fan 3 is slow"}`)
	matched := 0
	for n := 0; b.Loop(); n++ {
		for _, r := range x.Candidates(fmt.Sprintf("p.t%d", n%20), payload) {
			if r.Compiled.Match(b.Context(), rule.Facts{Payload: payload}).Match {
				matched++
			}
		}
	}
	if matched < b.N {
		b.Fatalf("%d events matched %d rules", b.N, matched)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
