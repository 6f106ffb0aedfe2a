package pack_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/policy"
)

func TestPolicies(t *testing.T) {
	const head = "pack: tools\nresource_ref: tools.set\n"
	p, problems := load(pack.Options{Strict: true},
		"policies/a.yaml", "name: a\ndescription: try again\nenabled: false\n"+head+"policy_type: action.retry\nparameters: {retry_on: failure, max_retry_count: 5, delay: 1.5}\n",
		"policies/b.yaml", "name: b\n"+head+"policy_type: action.retry\nparameters: {retry_on: timeout}\n",
		"policies/c.yaml", "name: c\n"+head+"policy_type: action.concurrency\nparameters: {threshold: 3}\n",
		"policies/d.yaml", "name: d\n"+head+"policy_type: action.concurrency.attr\nparameters: {threshold: 1, action: cancel, attributes: [host, port]}\n",
		"policies/e_test.yaml", "[",
	)
	equal(t, problems, []string(nil))
	one := func(name, kind string) *policy.Policy {
		return &policy.Policy{Pack: "tools", Name: name, Enabled: true, Action: "tools.set", Type: kind, Source: "tools/policies/" + name + ".yaml:1"}
	}
	a, b, c, d := one("a", "action.retry"), one("b", "action.retry"), one("c", "action.concurrency"), one("d", "action.concurrency.attr")
	a.Enabled, a.Description = false, "try again"
	a.Retry = &policy.Retry{Policy: "tools.a", On: []bot.Status{bot.Failed}, Max: 5, Delay: 1500 * time.Millisecond}
	b.Retry = &policy.Retry{Policy: "tools.b", On: []bot.Status{bot.Timeout}, Max: 2}
	c.Limit = &policy.Limit{Policy: "tools.c", Threshold: 3}
	d.Limit = &policy.Limit{Policy: "tools.d", Threshold: 1, Cancel: true, Attributes: []string{"host", "port"}}
	equal(t, p.Policies, []*policy.Policy{a, b, c, d})
}

func TestPolicyProblems(t *testing.T) {
	const head = "name: p\nresource_ref: tools.set\npolicy_type: "
	for _, test := range []struct{ name, text, want string }{
		{"no action", "name: p\npolicy_type: action.retry\n", "1: error: The key resource_ref is missing"},
		{"unknown type", head + "action.rety\nparameters: {}\n", "3: error: There is no policy type action.rety; did you mean action.retry?"},
		{"retry on what", head + "action.retry\nparameters: {retry_on: success}\n", `4: error: The key retry_on must be failure or timeout, not "success".`},
		{"too many retries", head + "action.retry\nparameters: {retry_on: failure, max_retry_count: 6}\n", "4: error: The key max_retry_count must be a whole number from 1 to 5, not 6."},
		{"too long a delay", head + "action.retry\nparameters: {retry_on: failure, delay: 121}\n", "4: error: The delay 121 is not possible"},
		{"no threshold", head + "action.concurrency\n", "1: error: The key threshold is missing"},
		{"threshold of nothing", head + "action.concurrency\nparameters: {threshold: 0}\n", "4: error: The key threshold must be a whole number from 1"},
		{"another action", head + "action.concurrency\nparameters: {threshold: 1, action: wait}\n", `4: error: The key action must be delay or cancel, not "wait".`},
		{"no attributes", head + "action.concurrency.attr\nparameters: {threshold: 1}\n", "4: error: The list attributes is missing"},
		{"unknown key", head + "action.concurrency\nparameters: {threshold: 1, treshold: 2}\n", "4: warning: The key treshold is not known in the parameters of action.concurrency and is ignored"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := load(pack.Options{}, "policies/p.yaml", test.text)
			checkOne(t, problems, "tools/policies/p.yaml:", test.want)
		})
	}
}

func TestPoliciesOfASet(t *testing.T) {
	p, problems := load(pack.Options{Runners: []string{"noop"}},
		"actions/once.yaml", "name: once\nrunner_type: noop\nparameters: {host: {type: string}}\n",
		"policies/a.yaml", "name: a\nresource_ref: tools.onc\npolicy_type: action.concurrency\nparameters: {threshold: 1}\n",
		"policies/b.yaml", "name: b\nresource_ref: tools.once\npolicy_type: action.concurrency.attr\nparameters: {threshold: 1, attributes: [hots]}\n",
		"policies/c.yaml", "name: c\nresource_ref: tools.once\npolicy_type: action.retry\nparameters: {retry_on: timeout}\n",
	)
	equal(t, problems, []string(nil))
	set, found := pack.NewSet(p)
	equal(t, lines(found), []string{
		"tools/policies/a.yaml:1: error: The policy names the action tools.onc, which does not exist; did you mean tools.once?",
		"tools/policies/b.yaml:1: error: The policy counts by the parameter hots, which tools.once does not have.",
		"tools/policies/c.yaml:1: warning: tools.once is of class once, so it is not tried again after a timeout: nobody knows whether it had its effect. Give the action class: idempotent if it may run twice.",
	})
	var names []string
	for _, q := range set.Policies() {
		names = append(names, q.Ref())
	}
	equal(t, names, []string{"tools.c"})
}

func TestLocks(t *testing.T) {
	p, problems := load(pack.Options{Strict: true, Runners: []string{"noop"}},
		"actions/a.yaml", "name: a\nrunner_type: noop\nlocks: '{{ hosts }}'\n",
		"actions/b.yaml", "name: b\nrunner_type: noop\nlocks: ['{{ hosts }}', 'rack/{{ rack }}']\n")
	equal(t, problems, []string(nil))
	equal(t, p.Actions[1].Targets, p.Actions[1].Locks)
	equal(t, [][]string{p.Actions[0].Locks, p.Actions[1].Locks}, [][]string{{"{{ hosts }}"}, {"{{ hosts }}", "rack/{{ rack }}"}})
	_, problems = load(pack.Options{}, "actions/a.yaml", "name: a\nrunner_type: noop\nlocks: [1]\n")
	checkOne(t, problems, "tools/actions/a.yaml:", "3: error: Each of locks must be a string")
}

func TestApprovalPolicies(t *testing.T) {
	const head = "resource_ref: tools.set\npolicy_type: action.approval\n"
	p, problems := load(pack.Options{Strict: true},
		"policies/a.yaml", "name: a\n"+head+"parameters: {when: 'impacting and target_count > 10', roles: [oncall], users: [bob], required: 2, self: true, ttl: 60, reason: required, channel: approvals}\n",
		"policies/b.yaml", "name: b\n"+head)
	equal(t, problems, []string(nil))
	equal(t, []*policy.Approval{p.Policies[0].Approval, p.Policies[1].Approval}, []*policy.Approval{
		{
			Policy: "tools.a", When: "impacting and target_count > 10", Roles: []string{"oncall"}, Users: []string{"bob"}, Required: 2, Self: true,
			TTL: time.Minute, Reason: true, Channel: "approvals",
		},
		{Policy: "tools.b", Required: 1, TTL: time.Hour},
	})
	for text, want := range map[string]string{
		"parameters: {required: 0}\n":   "4: error: The key required must be a whole number from 1 to 20, not 0.",
		"parameters: {reason: maybe}\n": `4: error: The key reason must be required or optional, not "maybe".`,
		"parameters: {roles: oncall}\n": "4: error: The key roles must be a list",
		"parameters: {roles: [1]}\n":    "4: error: Each of roles must be a name.",

		"parameters: {escalate: {after: 30m}}\n":                 "4: error: The key escalate names nobody; write roles, users or a channel.",
		"parameters: {escalate: {users: [lead]}}\n":              "4: error: The key after is missing; write after how long others are asked, such as 30m.",
		"parameters: {escalate: {after: 60m, users: [lead]}}\n":  "4: error: The key after must be a time such as 30m, shorter than the ttl of 1h0m0s, not 60m.",
		"parameters: {escalate: {after: soon, users: [lead]}}\n": "4: error: The key after must be a time such as 30m, shorter than the ttl of 1h0m0s, not soon.",
	} {
		_, problems := load(pack.Options{}, "policies/p.yaml", "name: p\n"+head+text)
		checkOne(t, problems, "tools/policies/p.yaml:", want)
	}
}

func TestConfirmPolicies(t *testing.T) {
	const head = "resource_ref: tools.set\npolicy_type: action.confirm\n"
	p, problems := load(pack.Options{Strict: true},
		"policies/a.yaml", "name: a\n"+head+"parameters: {when: target_count > 10, ttl: 60}\n",
		"policies/b.yaml", "name: b\n"+head)
	equal(t, problems, []string(nil))
	equal(t, []*policy.Confirmation{p.Policies[0].Confirm, p.Policies[1].Confirm}, []*policy.Confirmation{
		{Policy: "tools.a", When: "target_count > 10", TTL: time.Minute}, {Policy: "tools.b", TTL: 15 * time.Minute},
	})
	_, problems = load(pack.Options{Strict: true}, "policies/p.yaml", "name: p\n"+head+"parameters: {ttl: 0}\n")
	checkOne(t, problems, "tools/policies/p.yaml:", "4: error: The key ttl must be a whole number from 1 to 2678400, not 0.")
	_, problems = load(pack.Options{Strict: true}, "policies/p.yaml", "name: p\n"+head+"parameters: {roles: [oncall]}\n")
	checkOne(t, problems, "tools/policies/p.yaml:", "4: error: The key roles is not known in the parameters of action.confirm and is ignored.")
}

func TestEscalation(t *testing.T) {
	const head = "name: a\nresource_ref: tools.set\npolicy_type: action.approval\n"
	for after, want := range map[string]time.Duration{"30m": 30 * time.Minute, "90": 90 * time.Second} {
		p, problems := load(pack.Options{Strict: true}, "policies/a.yaml", head+"parameters: {escalate: {after: "+after+", roles: [lead], users: [carl], channel: leads}}\n")
		equal(t, problems, []string(nil))
		equal(t, p.Policies[0].Approval.Escalate, &policy.Escalation{After: want, Roles: []string{"lead"}, Users: []string{"carl"}, Channel: "leads"})
	}
}

// An action may say for itself that it needs an approval, and does not load without the approval that cannot be read.
func TestApprovalOfAnAction(t *testing.T) {
	const head = "name: set\nrunner_type: noop\n"
	o := pack.Options{Runners: []string{"noop"}}
	p, problems := load(o, "actions/set.yaml", head+"approval: {roles: [oncall], required: 2}\n")
	equal(t, problems, []string(nil))
	set, _ := pack.NewSet(p)
	rules := policy.Of("tools.set", set.Policies())
	equal(t, rules.Approvals, []policy.Approval{{Policy: "tools.set.approval", Roles: []string{"oncall"}, Required: 2, TTL: time.Hour}})

	for text, want := range map[string]string{
		"approval: {required: 0}\n": "3: error: The key required must be a whole number from 1 to 20, not 0.",
		"approval: yes\n":           "3: error: The key approval must be a mapping",
	} {
		p, problems := load(o, "actions/set.yaml", head+text)
		checkOne(t, problems, "tools/actions/set.yaml:", want)
		if len(p.Actions) != 0 {
			t.Errorf("%q: it may run without its approval", text)
		}
	}
}
