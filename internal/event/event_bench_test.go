package event_test

import (
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/rule"
)

// benchRules are n rules on 20 triggers, each for one host.
func benchRules(b *testing.B, n int) []*rule.Rule {
	b.Helper()
	rules := make([]*rule.Rule, n)
	for i := range rules {
		text := fmt.Sprintf("name: r%d\nenabled: true\ntrigger: {type: test.t%d}\ncriteria:\n  trigger.host: {type: eq, pattern: node%d}\n  trigger.level: {type: gt, pattern: 3}\n"+note, i, i%20, i/20)
		r, problems := pack.ReadRule("r.yaml", "test", []byte(text))
		if len(problems) > 0 {
			b.Fatal(problems)
		}
		rules[i] = r
	}
	return rules
}

// Events go through the durable store: each is on the disk before it is accepted, and what became of it is on the disk in the end. Where a rule
// matches, the execution is accepted as well.
func BenchmarkEvents(b *testing.B) {
	for _, test := range []struct {
		name, host string
		fired      int
	}{{"none_of_1000_rules_matches", "nowhere", 0}, {"one_of_1000_rules_matches", "node7", 1}} {
		b.Run(test.name, func(b *testing.B) {
			w := newWorld(b)
			w.content.Rules = benchRules(b, 1000)
			for i := range 20 {
				w.content.Triggers[fmt.Sprintf("test.t%d", i)] = w.content.Triggers["test.happened"]
			}
			p := w.process()
			b.ResetTimer()
			var group errgroup.Group
			group.SetLimit(64) // as many senders
			for n := range b.N {
				group.Go(func() error {
					payload := map[string]any{"host": test.host, "level": int64(5), "who": "Ann", "n": int64(7)}
					_, err := p.Emit(b.Context(), event.Event{Trigger: fmt.Sprintf("test.t%d", n%20), Payload: payload})
					return err
				})
			}
			w.must(group.Wait())
			p.settle()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			if got := len(p.fired()); got != min(b.N*test.fired, 10_000) {
				b.Fatalf("%d executions of %d events", got, b.N)
			}
		})
	}
}

// However many events are kept, one is found as fast as among a few, and so are the newest of a trigger.
func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprintf("among_%d", n), func(b *testing.B) {
			p := newWorld(b).process()
			ids, err := p.Fill(b.Context(), n)
			if err != nil {
				b.Fatal(err)
			}
			b.Run("one", func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					if _, err := p.Instance(b.Context(), ids[i%len(ids)]); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("newest_20_of_a_trigger", func(b *testing.B) {
				for b.Loop() {
					list, err := p.Instances(b.Context(), event.Filter{Trigger: "test.t7", Limit: 20})
					if err != nil || len(list) != 20 {
						b.Fatal(len(list), err)
					}
				}
			})
		})
	}
}
