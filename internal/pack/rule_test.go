package pack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/pack"
)

func TestRules(t *testing.T) {
	p, problems := load(pack.Options{Strict: true},
		"rules/b.yaml", "name: b\ndescription: B\nenabled: true\ntype: {ref: backstop}\ntrigger: {type: tools.t, parameters: {url: x}}\n"+
			"criteria:\n  trigger.z: {type: eq, pattern: 1}\n  trigger.a: {type: search, condition: any, pattern: {item.b: {type: exists, pattern: true}}}\n"+
			"action: {ref: tools.set, parameters: {host: '{{ trigger.host }}'}}\ntags: [{name: a, value: b}, c]\ncontext: {}\n",
		"rules/a.yaml", "name: a\ntrigger: {type: tools.t}\naction: {ref: tools.set}\n",
		"rules/a_test.yaml", "[",
		"triggers/t.yaml", "name: t\npayload_schema: {type: object, properties: {host: {type: string, required: true}}}\n",
		"sensors/s.yaml", "class_name: S\nentry_point: s.py\npoll_interval: 5\ntrigger_types:\n- {name: u, description: U}\n",
	)
	equal(t, problems, []string(nil))
	if len(p.Rules) != 2 || len(p.Triggers) != 2 {
		t.Fatalf("%d rules and %d triggers", len(p.Rules), len(p.Triggers))
	}
	a, b := p.Rules[0], p.Rules[1]
	equal(t, []any{a.Ref(), a.Enabled, a.Type}, []any{"tools.a", false, "standard"})
	equal(t, []any{b.Enabled, b.Type, b.Trigger, b.Action, b.Source}, []any{true, "backstop", "tools.t", "tools.set", "tools/rules/b.yaml:1"})
	equal(t, []any{b.Criteria[0].Key, b.Criteria[1].Key, b.Criteria[1].Condition}, []any{"trigger.z", "trigger.a", "any"})
	equal(t, b.Tags, []string{"a:b", "c"})
	equal(t, b.With, map[string]any{"url": "x"})
	s := p.Sensors[0]
	equal(t, []any{len(p.Sensors), s.Ref(), s.Enabled, s.Every, s.Source}, []any{1, "tools.S", true, 5 * time.Second, "tools/sensors/s.yaml:1"})
	equal(t, p.Triggers[0].CheckPayload(map[string]any{}), []string{"it needs the key host"})
}

// However a rule writes the address of a webhook, it is one address.
func TestAddressOfAWebhook(t *testing.T) {
	for _, url := range []string{"ci/build", "/ci/build", "ci/build/"} {
		r, problems := pack.ReadRule("r.yaml", "tools", []byte("name: r\ntrigger: {type: core.st2.webhook, parameters: {url: "+url+"}}\naction: {ref: a.b}\n"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		equal(t, r.With, map[string]any{"url": "ci/build"})
	}
}

func TestRuleProblems(t *testing.T) {
	const head = "name: r\nenabled: true\n"
	for _, test := range []struct{ name, text, want string }{
		{"no trigger", head + "action: {ref: tools.set}\n", "1: error: The key trigger is missing; add it with its type."},
		{"no action ref", head + "trigger: {type: t}\naction: {}\n", "4: error: The key ref is missing"},
		{"operator", head + "trigger: {type: t}\naction: {ref: a.b}\ncriteria:\n  trigger.x: {type: equls, pattern: 1}\n", "6: error: The criterion trigger.x: there is no operator equls; did you mean equals?"},
		{"no mapping", head + "trigger: {type: t}\naction: {ref: a.b}\ncriteria: {trigger.x: 1}\n", "5: error: The criterion trigger.x must be a mapping"},
		{"kind", head + "trigger: {type: t}\naction: {ref: a.b}\ntype: {ref: other}\n", `5: error: The type of a rule is standard or backstop, not "other".`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := load(pack.Options{}, "rules/r.yaml", test.text)
			checkOne(t, problems, "tools/rules/r.yaml:", test.want)
		})
	}
}

func TestRulesOfASet(t *testing.T) {
	const action = "name: set\nrunner_type: noop\nparameters: {host: {type: string}}\n"
	p, problems := load(pack.Options{Runners: []string{"noop"}}, "actions/set.yaml", action,
		"triggers/t.yaml", "name: t\nparameters_schema: {type: object, properties: {url: {type: string, required: true}}}\n",
		"rules/a.yaml", "name: a\ntrigger: {type: tools.t, parameters: {url: x}}\naction: {ref: tools.set, parameters: {hots: x}}\n",
		"rules/b.yaml", "name: b\ntrigger: {type: tools.t}\naction: {ref: tools.set}\n",
		"rules/c.yaml", "name: c\ntrigger: {type: tools.u}\naction: {ref: tools.set}\n",
		"rules/d.yaml", "name: d\ntrigger: {type: tools.t, parameters: {url: x}}\naction: {ref: tools.sets}\n",
	)
	equal(t, problems, []string(nil))
	set, found := pack.NewSet(p)
	got := strings.Join(lines(found), "\n")
	for _, want := range []string{
		"a.yaml:1: warning: The rule sets the parameter hots, which tools.set does not have; did you mean host?",
		"b.yaml:1: error: The parameters of the trigger tools.t are wrong: it needs the key url.",
		"c.yaml:1: warning: The rule waits for the trigger tools.u, which no pack describes; did you mean tools.t?",
		"d.yaml:1: error: The rule names the action tools.sets, which does not exist; did you mean tools.set?",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not among\n%s", want, got)
		}
	}
	// A rule that comes with no pack is checked in the same way, and takes the name of no pack.
	for text, want := range map[string]string{
		"action: {ref: tools.set}\n":                   "",
		"action: {ref: tools.sets}\n":                  "rule:1: error: The rule names the action tools.sets, which does not exist; did you mean tools.set?",
		"action: {ref: tools.set}\npack: tools\n":      "rule:1: error: The pack tools is installed",
		"action: {ref: tools.set}\npack: untaken\n":    "",
		"action: {ref: tools.set}\ncriteria: [a, b]\n": "rule:",
	} {
		r, problems := set.ReadRule([]byte("name: e\ntrigger: {type: tools.t, parameters: {url: x}}\n" + text))
		got := strings.Join(lines(problems), "\n")
		if (want == "") != (got == "") || !strings.HasPrefix(got, want) || want == "" && r == nil {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if rules := set.Rules(); len(rules) != 2 || rules[0].Name != "a" || rules[1].Name != "c" {
		t.Errorf("%d rules are left", len(rules))
	}
}
