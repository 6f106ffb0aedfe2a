package policy_test

import (
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/policy"
)

func TestLimitName(t *testing.T) {
	all := policy.Limit{Policy: "p.all", Threshold: 2}
	by := policy.Limit{Policy: "p.by", Threshold: 1, Attributes: []string{"host", "port"}}
	a := map[string]any{"host": "a", "port": 1, "note": "x"}
	if all.Name("p.a", a) != all.Name("p.a", nil) {
		t.Error("a limit without attributes looks at parameters")
	}
	if by.Name("p.a", a) != by.Name("p.a", map[string]any{"host": "a", "port": 1, "note": "y"}) {
		t.Error("a parameter that is no attribute counts")
	}
	seen := map[string]bool{}
	for _, params := range []map[string]any{a, {"host": "a", "port": 2}, {"host": "b", "port": 1}, {"host": "a", "port": "1"}, {"host": "a"}, nil} {
		seen[by.Name("p.a", params)] = true
	}
	if len(seen) != 6 {
		t.Errorf("six different values have %d names", len(seen))
	}
	if name := by.Name("p.a", map[string]any{"host": "hunter2"}); strings.Contains(name, "hunter2") {
		t.Errorf("a value shows in %s", name)
	}
}

func TestAgain(t *testing.T) {
	r := &policy.Retry{On: []bot.Status{bot.Failed, bot.Timeout}, Max: 2}
	for _, tt := range []struct {
		name    string
		retry   *policy.Retry
		class   bot.Class
		ended   bot.Status
		retries int
		want    bool
	}{
		{"no policy", nil, bot.Read, bot.Failed, 0, false},
		{"failed", r, bot.Idempotent, bot.Failed, 0, true},
		{"last time", r, bot.Idempotent, bot.Failed, 1, true},
		{"often enough", r, bot.Idempotent, bot.Failed, 2, false},
		{"good", r, bot.Idempotent, bot.Succeeded, 0, false},
		{"canceled", r, bot.Idempotent, bot.Canceled, 0, false},
		{"timeout", r, bot.Read, bot.Timeout, 0, true},
		{"once says that it failed", r, bot.Once, bot.Failed, 0, true},
		{"once ran out of time", r, bot.Once, bot.Timeout, 0, false},
		{"once died", r, bot.Once, bot.Abandoned, 0, false},
	} {
		if got := tt.retry.Again(tt.class, tt.ended, tt.retries); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}

func TestOf(t *testing.T) {
	limit := func(ref string) *policy.Limit { return &policy.Limit{Policy: ref, Threshold: 1} }
	list := []*policy.Policy{
		{Enabled: true, Action: "p.a", Limit: limit("1")},
		{Enabled: true, Action: "p.b", Limit: limit("2")},
		{Action: "p.a", Limit: limit("3")},
		{Enabled: true, Action: "p.a", Limit: limit("4")},
		{Enabled: true, Action: "p.a", Retry: &policy.Retry{Policy: "5"}},
		{Enabled: true, Action: "p.a", Retry: &policy.Retry{Policy: "6"}},
	}
	r := policy.Of("p.a", list)
	if len(r.Limits) != 2 || r.Limits[0].Policy != "1" || r.Limits[1].Policy != "4" || r.Retry.Policy != "5" {
		t.Errorf("%+v", r)
	}
	if r := policy.Of("p.c", list); len(r.Limits) != 0 || r.Retry != nil {
		t.Errorf("%+v", r)
	}
}

func TestMay(t *testing.T) {
	anybody := policy.Approval{}
	some := policy.Approval{Roles: []string{"oncall"}, Users: []string{"bob"}}
	for _, tt := range []struct {
		name string
		rule policy.Approval
		who  bot.Identity
		want bool
	}{
		{"anybody", anybody, bot.Identity{ID: "eve"}, true},
		{"by name", some, bot.Identity{ID: "bob"}, true},
		{"by role", some, bot.Identity{ID: "carl", Roles: []string{"dev", "oncall"}}, true},
		{"neither", some, bot.Identity{ID: "eve", Roles: []string{"dev"}}, false},
		{"called like a role", some, bot.Identity{ID: "oncall", Name: "oncall"}, false},
		{"called like a person", some, bot.Identity{ID: "slack:T1/U9", Name: "bob"}, false},
	} {
		if tt.rule.May(tt.who) != tt.want {
			t.Errorf("%s: %t", tt.name, !tt.want)
		}
	}
	if got := some.Who() + "; " + anybody.Who(); got != "role oncall, bob; anybody who may run core.approve" {
		t.Errorf("got %q", got)
	}
}
