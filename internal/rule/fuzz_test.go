package rule_test

import (
	"testing"

	"github.com/petrelops/petrel/internal/rule"
)

// FuzzCriteria holds that any criteria can be compiled and held against any payload, without a panic and within bounds.
func FuzzCriteria(f *testing.F) {
	for _, op := range rule.Operators() {
		f.Add(`{"trigger.a": {"type": "`+op+`", "pattern": "[a-z]*"}}`, `{"a": "abc"}`)
	}
	f.Add(`{"trigger.a[0:2:-1]..b['c']#1": {"type": "search", "condition": "all2any", "pattern": {"item": {"type": "eq", "pattern": "{{ item }}"}}}}`, payload)
	f.Add(`{"$.trigger..*": {"type": "matchwildcard", "pattern": "[!]-a][z-a][[\\]"}}`, payload)
	k := compiler()
	f.Fuzz(func(t *testing.T, criteria, payload string) {
		list, err := rule.ReadCriteria([]byte(criteria))
		if err != nil {
			return
		}
		value, err := rule.Decode([]byte(payload))
		if err != nil {
			return
		}
		compiled, _ := k.Compile(list)
		got := compiled.Match(t.Context(), rule.Facts{Payload: value, Keys: keys(), Now: now()})
		if got.Match && len(got.Steps) != len(list) && len(list) > 0 {
			t.Errorf("it matches after %d of %d criteria", len(got.Steps), len(list))
		}
	})
}
