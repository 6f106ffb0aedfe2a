package permissiontest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/access"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/permission"
	"github.com/petrelops/petrel/internal/permissiontest"
)

var lab = &bot.ActionSpec{Pack: "lab", Name: "set", Class: bot.Idempotent, Params: []bot.Param{{Name: "host"}}}

// suite knows ann, who may use g1 to g4 and on Slack not g2; "set HOST" is the one text that can be typed.
func suite(t *testing.T) permissiontest.Suite {
	t.Helper()
	people, err := identity.New([]identity.Person{{ID: "ann", Accounts: []string{"console:ann", "slack:T1/U1"}, Roles: []string{"operator"}}})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := permission.New([]permission.Rule{
		{Name: "gpu", Roles: []string{"operator"}, Actions: []string{"lab.*"}, Params: map[string]permission.Condition{"host": {Within: "g[1-4]"}}, Source: "r.yaml:3"},
		{Name: "not two", Deny: true, Adapters: []string{"slack"}, Actions: []string{"*"}, Params: map[string]permission.Condition{"host": {Touches: "g2"}}, Source: "r.yaml:7"},
	}, permission.Options{People: true})
	if err != nil {
		t.Fatal(err)
	}
	var a access.Authority
	a.Set(people, rules)
	return permissiontest.Suite{
		People: &a,
		Calls: func(_ context.Context, m bot.Message) ([]bot.Call, error) {
			var calls []bot.Call
			for part := range strings.SplitSeq(m.Text, " and ") {
				host, ok := strings.CutPrefix(part, "set ")
				if !ok {
					return nil, bot.E(bot.CodeNotFound, "test", "No command fits.", nil)
				}
				calls = append(calls, bot.Call{Action: lab, Params: map[string]any{"host": host}})
			}
			return calls, nil
		},
		Call: func(action string, params map[string]any) (bot.Call, error) {
			if action != "lab.set" {
				return bot.Call{}, bot.E(bot.CodeNotFound, "test", "There is no action.", nil)
			}
			return bot.Call{Action: lab, Params: params}, nil
		},
	}
}

func TestRun(t *testing.T) {
	const nearest = " ann may not run lab.set like this: host must be within g[1-4] (here: g5). The rule is gpu (r.yaml:3). Ask an administrator for one that allows it."
	for name, tt := range map[string]struct {
		test string
		want string // empty: it holds
	}{
		"allowed":                  {"{as: ann, text: set g1, expect: allow}", ""},
		"allowed by the rule":      {"{as: ann, text: set g1, expect: allow, rule: gpu}", ""},
		"allowed by its place":     {"{as: ann, text: set g1, expect: allow, rule: 'r.yaml:3'}", ""},
		"denied":                   {"{as: ann, text: set g5, expect: deny}", ""},
		"denied in a channel":      {"{as: ann, text: set g2, channel: 'slack:T1/C1', expect: deny, rule: not two}", ""},
		"not denied elsewhere":     {"{as: ann, text: set g2, expect: allow}", ""},
		"as another account":       {"{as: 'slack:T1/U1', text: set g2, expect: deny, rule: not two}", ""},
		"a stranger":               {"{as: 'slack:T2/U1', text: set g1, expect: deny}", ""},
		"an action":                {"{as: ann, action: lab.set, params: {host: g1}, expect: allow}", ""},
		"an action as such":        {"{as: ann, action: lab.set, expect: allow}", ""},
		"several, all allowed":     {"{as: ann, text: set g1 and set g3, expect: allow}", ""},
		"several, not all allowed": {"{as: ann, text: set g1 and set g5, expect: allow}", `"set g1 and set g5" as ann must be allowed, and is denied.` + nearest},
		"must be allowed":          {"{as: ann, text: set g5, expect: allow}", `"set g5" as ann must be allowed, and is denied.` + nearest},
		"must be denied":           {"{as: ann, text: set g1, expect: deny}", `"set g1" as ann must be denied, and is allowed. ann may run lab.set by the rule gpu (r.yaml:3).`},
		"by another rule":          {"{as: ann, text: set g1, expect: allow, rule: not two}", `"set g1" as ann is allowed as it must be, and not by the rule "not two" but by gpu (r.yaml:3).`},
		"by no rule":               {"{as: ann, text: set g5, expect: deny, rule: not two}", `"set g5" as ann is denied as it must be, and not by the rule "not two" but by none: no rule allows it.`},
		"cannot be typed":          {"{as: ann, text: get g5, expect: deny}", `"get g5" could not be run: No command fits.`},
		"no such action":           {"{as: ann, action: lab.get, expect: deny}", `"lab.get" could not be run: There is no action.`},
		"no such person":           {"{as: anne, text: set g1, expect: deny}", `There is no person "anne"; did you mean ann? Write an id, or an account such as console:ann.`},
		"not in that channel":      {"{as: ann, text: set g1, channel: 'slack:T2/C1', expect: deny}", "ann has no account that could write in slack:T2/C1."},
		"nobody":                   {"{text: set g1, expect: deny}", "The test does not say as whom; add as: and a person or an account."},
		"text and action":          {"{as: ann, text: set g1, action: lab.set, expect: deny}", "The test asks for a text, or for an action with its params, and not for both."},
		"neither":                  {"{as: ann, expect: deny}", "The test asks for a text, or for an action with its params, and not for both."},
		"text with params":         {"{as: ann, text: set g1, params: {host: g2}, expect: deny}", "The test asks for a text, or for an action with its params, and not for both."},
		"no expectation":           {"{as: ann, text: set g1, expect: perhaps}", "The test must expect allow or deny."},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := permissiontest.Parse("r_test.yaml", []byte("tests:\n  - "+tt.test+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, strings.Join(suite(t).Run(t.Context(), f.Tests[0]), "\n")); diff != "" {
				t.Error(diff)
			}
			if got := f.Tests[0].Source; got != "r_test.yaml:2" {
				t.Errorf("it is at %s", got)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":        "",
		"no tests":       "tests: []",
		"unknown key":    "test: []",
		"unknown word":   "tests: [{as: ann, txt: x}]",
		"wrong type":     "tests: [{as: [ann]}]",
		"a test of text": "tests: [whoami]",
		"no YAML":        "tests: [",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := permissiontest.Parse("r_test.yaml", []byte(text)); bot.ErrorCode(err) != bot.CodeInvalid || !strings.HasPrefix(bot.ErrorText(err), "r_test.yaml: ") {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := permissiontest.Read(t.TempDir() + "/none.yaml"); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

// Whatever is in a test file, it is read or refused, and every test of it says something.
func FuzzParse(f *testing.F) {
	f.Add([]byte("tests: [{as: ann, text: whoami, expect: allow}]"))
	f.Add([]byte("tests: &a [{as: ann, action: a.b, params: {x: [1, {y: z}]}, channel: 's:T/C', expect: deny, rule: r}]"))
	f.Add([]byte("tests: [null, 1, [2]]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := permissiontest.Parse("r_test.yaml", data)
		if err == nil && len(file.Tests) == 0 {
			t.Error("a file without tests passed")
		}
	})
}
