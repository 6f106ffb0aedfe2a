package permission_test

import (
	"encoding/json"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/permission"
)

// What a condition on a parameter says. allow and deny are whether a rule of that effect speaks: they differ where a value cannot be
// judged, where only some of it fits, and where no values were given.
func TestParams(t *testing.T) {
	type conditions = map[string]permission.Condition
	type params = map[string]any
	within := conditions{"hosts": {Within: "@gpu"}}
	touches := conditions{"hosts": {Touches: "@production"}}
	outside := conditions{"hosts": {Outside: "@production,x1"}}
	for name, tt := range map[string]struct {
		conditions  conditions
		params      params
		allow, deny bool
	}{
		"within: all":                    {within, params{"hosts": "g[1-3]"}, true, true},
		"within: the same group":         {within, params{"hosts": "@gpu"}, true, true},
		"within: not all":                {within, params{"hosts": "g1,irene1"}, false, false},
		"within: beyond":                 {within, params{"hosts": "g5"}, false, false},
		"within: padded is another":      {within, params{"hosts": "g01"}, false, false},
		"within: nothing is left":        {within, params{"hosts": "g1!g1"}, false, false},
		"within: no node set":            {within, params{"hosts": "g[1-"}, false, true},
		"within: unknown group":          {within, params{"hosts": "@elsewhere"}, false, true},
		"within: empty":                  {within, params{"hosts": ""}, false, false},
		"within: not given":              {within, params{}, false, false},
		"within: null":                   {within, params{"hosts": nil}, false, false},
		"within: asked as such":          {within, nil, true, false},
		"within: a list, all":            {within, params{"hosts": []any{"g1", "g[2-3]"}}, true, true},
		"within: a list, one":            {within, params{"hosts": []any{"g1", "irene1"}}, false, true},
		"within: an empty list":          {within, params{"hosts": []any{}}, false, false},
		"within: an object":              {within, params{"hosts": params{"a": "g1"}}, false, true},
		"touches: one":                   {touches, params{"hosts": "g1,irene7"}, true, true},
		"touches: none":                  {touches, params{"hosts": "g1"}, false, false},
		"touches: excluded":              {touches, params{"hosts": "irene[100-101]!irene100"}, false, false},
		"outside: none":                  {outside, params{"hosts": "g[1-2]"}, true, true},
		"outside: one":                   {outside, params{"hosts": "g1,x1"}, false, false},
		"outside: cannot be read":        {outside, params{"hosts": "@x"}, false, true},
		"equal: text":                    {conditions{"status": {Equal: []string{"up", "down"}}}, params{"status": "down"}, true, true},
		"equal: other text":              {conditions{"status": {Equal: []string{"up", "down"}}}, params{"status": "downs"}, false, false},
		"equal: no glob":                 {conditions{"status": {Equal: one("*")}}, params{"status": "up"}, false, false},
		"equal: boolean":                 {conditions{"impacting": {Equal: one("true")}}, params{"impacting": true}, true, true},
		"equal: other boolean":           {conditions{"impacting": {Equal: one("true")}}, params{"impacting": false}, false, false},
		"equal: number":                  {conditions{"count": {Equal: one("10")}}, params{"count": float64(10)}, true, true},
		"equal: number as it is cast":    {conditions{"count": {Equal: one("10")}}, params{"count": int64(10)}, true, true},
		"equal: number of JSON":          {conditions{"count": {Equal: one("10")}}, params{"count": json.Number("10")}, true, true},
		"equal: other number":            {conditions{"count": {Equal: one("10")}}, params{"count": 10.5}, false, false},
		"glob: fits":                     {conditions{"status": {Glob: one("drain*")}}, params{"status": "drained"}, true, true},
		"glob: over slashes":             {conditions{"status": {Glob: one("a*z")}}, params{"status": "a/b/z"}, true, true},
		"glob: does not fit":             {conditions{"status": {Glob: one("drain*")}}, params{"status": "undrained"}, false, false},
		"several tests: all":             {conditions{"hosts": {Within: "@gpu", Glob: one("g?")}}, params{"hosts": "g1"}, true, true},
		"several tests: one":             {conditions{"hosts": {Within: "@gpu", Glob: one("h*")}}, params{"hosts": "g1"}, false, false},
		"several tests: sure and not":    {conditions{"hosts": {Within: "@gpu", Glob: one("h*")}}, params{"hosts": "@x"}, false, false},
		"several parameters: all":        {conditions{"hosts": {Within: "@gpu"}, "status": {Equal: one("up")}}, params{"hosts": "g1", "status": "up"}, true, true},
		"several parameters: one":        {conditions{"hosts": {Within: "@gpu"}, "status": {Equal: one("up")}}, params{"hosts": "g1", "status": "down"}, false, false},
		"a spelling":                     {conditions{"nodes": {Within: "@gpu"}}, params{"hosts": "g1"}, true, true},
		"a glob over names: all given":   {conditions{"*": {Glob: one("g*")}}, params{"hosts": "g1", "status": "good"}, true, true},
		"a glob over names: one given":   {conditions{"*": {Glob: one("g*")}}, params{"hosts": "g1", "status": "bad"}, false, true},
		"no such parameter":              {conditions{"host": {Within: "@gpu"}}, params{"hosts": "g1"}, false, false},
		"no such parameter, as such":     {conditions{"host": {Within: "@gpu"}}, nil, false, false},
		"a name that the action has not": {within, params{"host": "g1"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			call := bot.Call{Identity: ann, Origin: inOps, Action: set, Params: tt.params}
			rule := permission.Rule{Identity: "ann", Actions: one("*"), Params: tt.conditions}
			if got := list(t, true, rule).Allow(call).Allowed; got != tt.allow {
				t.Errorf("a rule that allows speaks: %t", got)
			}
			deny := rule
			deny.Deny = true
			all := permission.Rule{Identity: "ann", Actions: one("*")}
			if got := !list(t, true, all, deny).Allow(call).Allowed; got != tt.deny {
				t.Errorf("a rule that denies speaks: %t", got)
			}
		})
	}
}
