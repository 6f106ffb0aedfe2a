package permission_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/permission"
)

// list returns the rules, each at a line of its own where it names none.
func list(t *testing.T, people bool, rules ...permission.Rule) *permission.List {
	t.Helper()
	l, err := permission.New(rules, permission.Options{Groups: groups, People: people})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var groups = map[string]string{"gpu": "g[1-4]", "production": "irene[1-100]"}

// Without people an account is whoever it is, and gets what the rules give it.
func TestAllowAccounts(t *testing.T) {
	l := list(
		t, false,
		permission.Rule{Identity: "console:ann", Actions: []string{"*"}, Source: "petrel.yaml:3"},
		permission.Rule{Identity: "slack:T1/*", Actions: []string{"clary.*"}, Classes: []bot.Class{bot.Read}, Source: "petrel.yaml:4"},
		permission.Rule{Identity: "shell:ops-?", Actions: []string{"clary.node.status.set"}, Source: "petrel.yaml:5"},
	)
	tests := []struct {
		name   string
		origin bot.Origin
		action string
		class  bot.Class
		rule   string // empty: denied
	}{
		{"everything", bot.Origin{Adapter: "console", User: "ann"}, "core.noop", bot.Read, "petrel.yaml:3"},
		{"a pack's reads", bot.Origin{Adapter: "slack", Workspace: "T1", User: "U9"}, "clary.node.status.get", bot.Read, "petrel.yaml:4"},
		{"class not listed", bot.Origin{Adapter: "slack", Workspace: "T1", User: "U9"}, "clary.node.status.set", bot.Idempotent, ""},
		{"another workspace", bot.Origin{Adapter: "slack", Workspace: "T2", User: "U9"}, "clary.node.status.get", bot.Read, ""},
		{"the same user on another adapter", bot.Origin{Adapter: "discord", User: "ann"}, "core.noop", bot.Read, ""},
		{"one action", bot.Origin{Adapter: "shell", User: "ops-1"}, "clary.node.status.set", bot.Idempotent, "petrel.yaml:5"},
		{"a longer name", bot.Origin{Adapter: "shell", User: "ops-12"}, "clary.node.status.set", bot.Idempotent, ""},
		{"a name that holds an allowed one", bot.Origin{Adapter: "console", User: "ann2"}, "core.noop", bot.Read, ""},
		{"nobody", bot.Origin{Adapter: "console", User: "eve"}, "core.noop", bot.Read, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pack, name, _ := strings.Cut(tt.action, ".")
			d := l.Allow(bot.Call{
				Identity: bot.Identity{ID: tt.origin.Account()},
				Origin:   tt.origin,
				Action:   &bot.ActionSpec{Pack: pack, Name: name, Class: tt.class},
			})
			if d.Allowed != (tt.rule != "") || d.Rule != tt.rule {
				t.Errorf("got %+v, want rule %q", d, tt.rule)
			}
			if d.Why == "" {
				t.Error("no reason given")
			}
		})
	}
}

var (
	ann = bot.Identity{ID: "ann", Name: "Ann", Roles: []string{"operator", "writer"}, Groups: []string{"gpu-team"}}
	set = &bot.ActionSpec{Pack: "clary", Name: "node.set", Class: bot.Idempotent, Params: []bot.Param{
		{Name: "hosts", Spellings: []string{"nodes"}}, {Name: "status"}, {Name: "count"}, {Name: "impacting"}, {Name: "token", Secret: true}, {Name: "tags"},
	}}
	inOps = bot.Origin{Adapter: "slack", Workspace: "T1", Channel: "C1", User: "U1"}
)

func one(of string) []string { return []string{of} }

// A table for each kind of condition: the rule with it speaks about ann's call, or it does not. As a rule that allows and as one that
// denies it comes to the same.
func TestConditions(t *testing.T) {
	for name, tt := range map[string]struct {
		rule permission.Rule
		want bool
	}{
		"identity: id":               {permission.Rule{Identity: "ann"}, true},
		"identity: account":          {permission.Rule{Identity: "slack:T1/U1"}, true},
		"identity: glob":             {permission.Rule{Identity: "a*"}, true},
		"identity: display name":     {permission.Rule{Identity: "Ann"}, false},
		"identity: role":             {permission.Rule{Identity: "operator"}, false},
		"people: id":                 {permission.Rule{People: []string{"bob", "ann"}}, true},
		"people: not by account":     {permission.Rule{People: one("slack:T1/U1")}, false},
		"people: another":            {permission.Rule{People: one("bob")}, false},
		"accounts: this one":         {permission.Rule{Accounts: one("slack:T1/U1")}, true},
		"accounts: workspace":        {permission.Rule{Accounts: one("slack:T1/*")}, true},
		"accounts: another":          {permission.Rule{Accounts: one("slack:T2/U1")}, false},
		"accounts: not by id":        {permission.Rule{Accounts: one("ann")}, false},
		"roles: one of hers":         {permission.Rule{Roles: []string{"admin", "writer"}}, true},
		"roles: none of hers":        {permission.Rule{Roles: one("admin")}, false},
		"roles: any":                 {permission.Rule{Roles: one("*")}, true},
		"roles: her id is no role":   {permission.Rule{Roles: one("ann")}, false},
		"groups: hers":               {permission.Rule{Groups: one("gpu-*")}, true},
		"groups: a role is no group": {permission.Rule{Groups: one("operator")}, false},
		"adapters: this":             {permission.Rule{Identity: "ann", Adapters: []string{"console", "slack"}}, true},
		"adapters: another":          {permission.Rule{Identity: "ann", Adapters: one("shell")}, false},
		"channels: this":             {permission.Rule{Identity: "ann", Channels: one("slack:T1/C1")}, true},
		"channels: all of a team":    {permission.Rule{Identity: "ann", Channels: one("slack:T1/*")}, true},
		"channels: of another team":  {permission.Rule{Identity: "ann", Channels: one("slack:T2/C1")}, false},
		"channels: bare id":          {permission.Rule{Identity: "ann", Channels: one("C1")}, false},
		"actions: ref":               {permission.Rule{Identity: "ann", Actions: one("clary.node.set")}, true},
		"actions: glob over dots":    {permission.Rule{Identity: "ann", Actions: one("clary.*")}, true},
		"actions: another":           {permission.Rule{Identity: "ann", Actions: one("clary.node.get")}, false},
		"packs: this":                {permission.Rule{Identity: "ann", Packs: one("clary")}, true},
		"packs: another":             {permission.Rule{Identity: "ann", Packs: one("core")}, false},
		"classes: this":              {permission.Rule{Identity: "ann", Classes: []bot.Class{bot.Once, bot.Idempotent}}, true},
		"classes: another":           {permission.Rule{Identity: "ann", Classes: []bot.Class{bot.Read}}, false},
		"all must fit":               {permission.Rule{Identity: "ann", Roles: one("admin"), Packs: one("clary")}, false},
		"all do fit":                 {permission.Rule{Identity: "ann", Roles: one("writer"), Packs: one("clary"), Adapters: one("slack")}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if len(tt.rule.Actions)+len(tt.rule.Packs)+len(tt.rule.Classes) == 0 {
				tt.rule.Actions = one("*")
			}
			call := bot.Call{Identity: ann, Origin: inOps, Action: set, Params: map[string]any{"hosts": "g1"}}
			if got := list(t, true, tt.rule).Allow(call).Allowed; got != tt.want {
				t.Errorf("allowed: %t", got)
			}
			deny := tt.rule
			deny.Deny = true
			all := permission.Rule{Identity: "ann", Actions: one("*")}
			if got := list(t, true, all, deny).Allow(call).Allowed; got == tt.want {
				t.Errorf("allowed beside a rule that denies: %t", got)
			}
		})
	}
}

// An account that belongs to nobody may do what is public and nothing else, whatever it is called and whatever other rules name.
func TestPublic(t *testing.T) {
	l := list(
		t, true,
		permission.Rule{Identity: "*", Actions: one("*"), Source: "r:1"},
		permission.Rule{Accounts: one("console:*"), Actions: one("*"), Source: "r:2"},
		permission.Rule{Public: true, Actions: one("core.help"), Source: "r:3"},
		permission.Rule{Public: true, Accounts: one("slack:T9/*"), Actions: one("core.echo"), Source: "r:4"},
		permission.Rule{Deny: true, Accounts: one("console:mallory"), Actions: one("*"), Source: "r:5"},
		permission.Rule{Identity: "rule:clary.*", Actions: one("core.noop"), Source: "r:6"},
		permission.Rule{Accounts: one("rule:lab.*"), Actions: one("core.noop"), Source: "r:7"},
	)
	for name, tt := range map[string]struct {
		origin bot.Origin
		id     string
		action string
		rule   string
	}{
		"a person, any rule":                {bot.Origin{Adapter: "console", User: "ann"}, "ann", "noop", "r:1"},
		"a person, public":                  {bot.Origin{Adapter: "console", User: "ann"}, "ann", "help", "r:1"},
		"a stranger, public":                {bot.Origin{Adapter: "console", User: "eve"}, "console:eve", "help", "r:3"},
		"a stranger, not public":            {bot.Origin{Adapter: "console", User: "eve"}, "console:eve", "noop", ""},
		"a stranger like a person":          {bot.Origin{Adapter: "discord", User: "ann"}, "discord:ann", "noop", ""},
		"public for some, not these":        {bot.Origin{Adapter: "console", User: "eve"}, "console:eve", "echo", ""},
		"public for some":                   {bot.Origin{Adapter: "slack", Workspace: "T9", User: "U1"}, "slack:T9/U1", "echo", "r:4"},
		"a rule that is named":              {bot.Origin{Adapter: "rule", User: "clary.told"}, "rule:clary.told", "noop", "r:6"},
		"a rule whose account is named":     {bot.Origin{Adapter: "rule", User: "lab.told"}, "rule:lab.told", "noop", "r:7"},
		"a rule, what everybody may":        {bot.Origin{Adapter: "rule", User: "clary.told"}, "rule:clary.told", "key.set", ""},
		"a rule that nothing names":         {bot.Origin{Adapter: "rule", User: "other.told"}, "rule:other.told", "noop", ""},
		"somebody who calls himself a rule": {bot.Origin{Adapter: "relay", User: "rule:clary.told"}, "relay:rule:clary.told", "noop", ""},
		"public and denied":                 {bot.Origin{Adapter: "console", User: "mallory"}, "console:mallory", "help", "r:5"},
	} {
		t.Run(name, func(t *testing.T) {
			d := l.Allow(bot.Call{Identity: bot.Identity{ID: tt.id}, Origin: tt.origin, Action: &bot.ActionSpec{Pack: "core", Name: tt.action, Class: bot.Read}})
			if d.Rule != tt.rule || d.Allowed != (tt.rule != "" && tt.rule != "r:5") {
				t.Errorf("got %+v, want %q", d, tt.rule)
			}
		})
	}
}

// What a person reads says what the matter is and what to do next.
func TestWhy(t *testing.T) {
	within := map[string]permission.Condition{"hosts": {Within: "@gpu"}}
	stranger := bot.Identity{ID: "slack:T1/U1"}
	for name, tt := range map[string]struct {
		people bool
		rules  []permission.Rule
		who    bot.Identity
		hosts  string
		want   string
	}{
		"no rule at all": {false, nil, stranger, "g1", "slack:T1/U1 is not known here. Ask an administrator to add the account to the permissions."},
		"no person": {
			true,
			[]permission.Rule{{Identity: "*", Actions: one("*")}},
			stranger, "g1",
			"slack:T1/U1 is not known here. Ask an administrator to add the account to a person; until then it may only do what is public.",
		},
		"another action": {
			true,
			[]permission.Rule{{Identity: "ann", Actions: one("core.*")}},
			ann, "g1",
			"ann may not run clary.node.set (class idempotent). Ask an administrator for a rule that allows it.",
		},
		"other values": {
			true,
			[]permission.Rule{{Roles: one("operator"), Actions: one("clary.*"), Params: within, Source: "r.yaml:7"}},
			ann, "g[1-2],irene[1-3]",
			"ann may not run clary.node.set like this: hosts must be within @gpu (here: irene[1-3]). The rule is r.yaml:7. Ask an administrator for one that allows it.",
		},
		"another place": {
			true,
			[]permission.Rule{{Name: "ops", Roles: one("operator"), Packs: one("clary"), Adapters: one("shell"), Source: "r.yaml:7"}},
			ann, "g1",
			"ann may not run clary.node.set like this: adapter must be shell (here: slack). The rule is ops (r.yaml:7). Ask an administrator for one that allows it.",
		},
		"denied": {
			true,
			[]permission.Rule{{Identity: "ann", Actions: one("*")}, {Deny: true, Roles: one("writer"), Actions: one("*"), Source: "r.yaml:9"}},
			ann, "g1",
			"ann may not run clary.node.set (class idempotent). The rule r.yaml:9 denies it. Ask an administrator if that should change.",
		},
		"denied with a reason": {
			true,
			[]permission.Rule{{Deny: true, Actions: one("*"), Reason: "It is Christmas. Ask @oncall.", Source: "r.yaml:9"}},
			ann, "g1",
			"ann may not run clary.node.set (class idempotent). It is Christmas. Ask @oncall.",
		},
		"denied for some nodes": {
			true,
			[]permission.Rule{{Deny: true, Actions: one("*"), Params: map[string]permission.Condition{"hosts": {Touches: "@production"}}, Source: "r.yaml:9"}},
			ann, "g1,irene[7-8]",
			"ann may not run clary.node.set (class idempotent). The rule r.yaml:9 denies it for hosts touching @production: irene[7-8]. Leave that out, or ask an administrator.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := list(t, tt.people, tt.rules...).Allow(bot.Call{Identity: tt.who, Origin: inOps, Action: set, Params: map[string]any{"hosts": tt.hosts}})
			if diff := cmp.Diff(tt.want, d.Why); diff != "" || d.Allowed {
				t.Errorf("allowed: %t\n%s", d.Allowed, diff)
			}
		})
	}
}

// Every fault of the rules is told at once.
func TestNewRefuses(t *testing.T) {
	_, err := permission.New([]permission.Rule{
		{Actions: one("*"), Source: "r:1"},
		{Identity: "*", Source: "r:2"},
		{Identity: "console:[", Actions: []string{"*", ""}, Source: "r:3"},
		{Identity: "*", Actions: one("*"), Classes: []bot.Class{"write"}, Source: "r:4"},
		{Identity: "*", Actions: one("*"), Source: "r:5", Params: map[string]permission.Condition{"a": {}, "[": {Equal: one("x")}, "b": {Within: "@nobody"}, "c": {Glob: one("[")}}},
		{Deny: true, Public: true, Actions: one("*"), Source: "r:6"},
		{Public: true, Roles: one("admin"), Actions: one("*"), Source: "r:7"},
		{Identity: "*", Actions: one("*"), Reason: "because", Source: "r:8"},
	}, permission.Options{Groups: groups})
	if bot.ErrorCode(err) != bot.CodeInvalid {
		t.Fatalf("got %v", err)
	}
	want := `r:1: the rule allows and names nobody; add identity, people, accounts, roles or groups, or public: true for everybody
r:2: the rule names no action; add action: "*" if it is about all
r:3: identity: "console:[" is not a pattern. Write a name, where * stands for any text.
r:3: action: "" is not a pattern. Write a name, where * stands for any text.
r:4: "write" is not a class. The classes are read, idempotent and once.
r:5: params: "[" is not a pattern. Write a parameter's name, where * stands for any text.
r:5: params: a asks for nothing; write for example a: {within: "@gpu"} or {equal: [true]}
r:5: params: b: within: `
	rest := `
r:5: params: c: "[" is not a pattern. Write a text, where * stands for any text.
r:6: a rule that denies holds for everybody that it names; leave public out
r:7: a public rule is for accounts that belong to nobody, which have no role; leave out people, roles and groups, or public
r:8: only a rule that denies has a reason; leave it out`
	got := bot.ErrorText(err)
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, rest) {
		t.Errorf("got\n%s", got)
	}
}
