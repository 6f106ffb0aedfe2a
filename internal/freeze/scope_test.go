package freeze_test

import (
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/freeze"
)

var groups = map[string]string{"gpu": "g[1-3]"}

func TestScope(t *testing.T) {
	set := &bot.ActionSpec{Pack: "clary", Name: "node.set"}
	tests := []struct {
		text    string
		shown   string
		action  *bot.ActionSpec
		targets []string
		covers  bool
	}{
		{"", "everything", set, nil, true},
		{" everything ", "everything", set, []string{"g1"}, true},
		{"pack:clary", "pack:clary", set, nil, true},
		{"pack:core", "pack:core", set, nil, false},
		{"action:clary.node.*", "action:clary.node.*", set, nil, true},
		{"action:clary.node", "action:clary.node", set, nil, false},
		{"nodes:@gpu", "nodes:g[1-3]", set, []string{"a1", "g3"}, true},
		{"nodes:@gpu", "nodes:g[1-3]", set, []string{"g4"}, false},
		{"nodes:@gpu", "nodes:g[1-3]", set, nil, false},
		{"nodes:g10,g9", "nodes:g[9-10]", set, []string{"g9"}, true},
		{"nodes:g1 pack:clary", "pack:clary nodes:g1", set, []string{"g1"}, true},
		{"nodes:g1 pack:core", "pack:core nodes:g1", set, []string{"g1"}, false},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			s, err := freeze.ParseScope(test.text, groups)
			if err != nil {
				t.Fatal(err)
			}
			if s.String() != test.shown {
				t.Errorf("it is shown as %q, want %q", s, test.shown)
			}
			if got := s.Covers(test.action, test.targets); got != test.covers {
				t.Errorf("covers is %t, want %t", got, test.covers)
			}
		})
	}
}

func TestWrongScopes(t *testing.T) {
	for _, text := range []string{"clary", "pack:", "pack:a pack:b", "everything pack:a", "action:[", "nodes:@nobody", "nodes:g1!g1", "until:noon"} {
		t.Run(text, func(t *testing.T) {
			s, err := freeze.ParseScope(text, groups)
			if bot.ErrorCode(err) != bot.CodeInvalid || bot.ErrorText(err) == "" {
				t.Errorf("got %v, %v", s, err)
			}
		})
	}
}
