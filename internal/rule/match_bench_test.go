package rule_test

import (
	"fmt"
	"testing"

	"github.com/petrelops/petrel/internal/rule"
)

// 1,000 rules on 20 triggers, each with an equality, a comparison and a regular expression.
func BenchmarkMatchThousandRules(b *testing.B) {
	var rules []*rule.Rule
	for i := range 1000 {
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
