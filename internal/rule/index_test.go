package rule_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/internal/rule"
)

func compiled(tb testing.TB, name, trigger, criteria string) *rule.Rule {
	tb.Helper()
	list, err := rule.ReadCriteria([]byte(criteria))
	if err != nil {
		tb.Fatal(err)
	}
	r := &rule.Rule{Pack: "p", Name: name, Enabled: true, Trigger: trigger, Criteria: list}
	r.Compiled, _ = compiler().Compile(list)
	return r
}

// Whatever the rules and the event: the index leaves out no rule that matches.
func TestIndexLeavesOutNoMatch(t *testing.T) {
	values := []string{`1`, `1.0`, `true`, `"1"`, `"a"`, `null`, `[1]`, `{"x": 1}`, `0`, `false`}
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.SampledFrom(values)
		key := rapid.SampledFrom([]string{"trigger.a", "trigger.b.c", "trigger", "trigger.l[0]", "trigger.a#2"})
		op := rapid.SampledFrom([]string{"eq", "equals", "neq", "exists", "EQUALS"})
		var rules []*rule.Rule
		for i := range rapid.IntRange(1, 8).Draw(t, "rules") {
			list, err := rule.ReadCriteria(fmt.Appendf(nil, `{%q: {"type": %q, "pattern": %s}, %q: {"type": %q, "pattern": %s}}`,
				key.Draw(t, "key"), op.Draw(t, "op"), one.Draw(t, "pattern"), key.Draw(t, "other")+"#9", op.Draw(t, "op"), one.Draw(t, "pattern")))
			if err != nil {
				t.Fatal(err)
			}
			r := &rule.Rule{Pack: "p", Name: fmt.Sprint(i), Enabled: i != 3, Trigger: "t"}
			r.Compiled, _ = compiler().Compile(list)
			rules = append(rules, r)
		}
		event, err := rule.Decode(fmt.Appendf(nil, `{"a": %s, "b": {"c": %s}, "l": [%s]}`, one.Draw(t, "a"), one.Draw(t, "c"), one.Draw(t, "l")))
		if err != nil {
			t.Fatal(err)
		}
		candidates := rule.NewIndex(rules).Candidates("t", event)
		for _, r := range rules {
			matches := r.Enabled && r.Compiled.Match(t.Context(), rule.Facts{Payload: event}).Match
			if matches && !slices.Contains(candidates, r) {
				t.Fatalf("rule %s matches %v and is left out", r.Name, event)
			}
			if !r.Enabled && slices.Contains(candidates, r) {
				t.Fatalf("rule %s is disabled and is looked at", r.Name)
			}
		}
	})
}

func TestIndexLooksAtFew(t *testing.T) {
	var rules []*rule.Rule
	for i := range 100 {
		rules = append(rules, compiled(t, fmt.Sprint(i), "t", fmt.Sprintf(`{"trigger.host": {"type": "eq", "pattern": "node%d"}}`, i)))
	}
	x := rule.NewIndex(rules)
	if got := x.Candidates("t", decode(t, `{"host": "node7"}`)); len(got) != 1 || got[0].Name != "7" {
		t.Errorf("%d rules are looked at, want the one of node7", len(got))
	}
	if got := x.Candidates("other", decode(t, `{"host": "node7"}`)); len(got) != 0 {
		t.Errorf("%d rules of another trigger are looked at", len(got))
	}
	if got := len(x.Of("t")); got != 100 {
		t.Errorf("%d rules wait for t, want 100", got)
	}
}
