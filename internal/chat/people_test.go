package chat_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/permission"
)

// Allow asks the gate that counts at the moment.
func (w *world) Allow(call bot.Call) bot.Decision { return w.gate.Allow(call) }

// templates renders the one template that the tests have.
type templates struct{}

func (templates) Defaults(_ context.Context, spec *bot.ActionSpec, _ map[string]any, _ bot.Identity) (*bot.ActionSpec, error) {
	return spec, nil
}

func (templates) Fixed(_ context.Context, values map[string]any, _ *bot.ActionSpec, who bot.Identity) (map[string]any, error) {
	out := map[string]any{}
	for name, value := range values {
		switch value {
		case "{{ user }}":
			value = who.ID
		case "{{ nobody }}":
			return nil, bot.E(bot.CodeInvalid, "test", "There is no nobody.", nil)
		}
		out[name] = value
	}
	return out, nil
}

// know says who people are. Without any each account is a person of its own.
func (w *world) know(t *testing.T, people ...identity.Person) {
	t.Helper()
	directory, err := identity.New(people)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := permission.New([]permission.Rule{
		{Name: "gpu", Roles: []string{"operator"}, Actions: []string{"lab.set"}, Params: map[string]permission.Condition{"host": {Within: "g[1-4]"}}, Source: "rules.yaml:3"},
		{Deny: true, Actions: []string{"*"}, Channels: []string{"slack:T1/C9"}, Source: "rules.yaml:9"},
	}, permission.Options{People: len(people) > 0})
	if err != nil {
		t.Fatal(err)
	}
	w.people.Set(directory, rules)
}

// lab knows ann by two accounts, and bob. The ids of the accounts are those that the gate of the tests knows.
func lab(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.know(
		t,
		identity.Person{ID: "ann", Name: "Ann Example", Accounts: []string{"console:a1", "slack:T1/U1"}, Roles: []string{"operator"}, Groups: []string{"gpu"}, Source: "people.yaml:2"},
		identity.Person{ID: "carl", Source: "people.yaml:5"},
	)
	return w
}

func TestWho(t *testing.T) {
	const card = "ann\naccounts: console:a1, slack:T1/U1\nname: Ann Example\nroles: operator\ngroups: gpu\n"
	w := lab(t)
	for line, want := range map[string]string{
		"who ann":         card,
		"who slack:T1/U1": card,
		"who @a1":         card,
		"who @U1":         "The account console:U1 belongs to no person of the configuration.\n",
		"who carl":        "carl\naccounts: \n",
		"who me":          "The account console:ann belongs to no person of the configuration.\n",
		"who slack:T2/U1": "The account slack:T2/U1 belongs to no person of the configuration.\n",
		"who Ann":         "There is no person \"Ann\"; did you mean ann? Write an id, or an account such as console:ann.\n",
	} {
		if diff := cmp.Diff(want, words(w.says(t, "ann", line))); diff != "" {
			t.Errorf("%s:\n%s", line, diff)
		}
	}
}

// Whoever writes is known by all that is configured, and what is done from another account is theirs as well.
func TestOnePersonWithTwoAccounts(t *testing.T) {
	w := lab(t)
	w.gate = everybody{}
	want := "You are ann.\naccount: console:a1\nname: Ann Example\nroles: operator\ngroups: gpu\n"
	if diff := cmp.Diff(want, words(w.says(t, "a1", "whoami"))); diff != "" {
		t.Error(diff)
	}
	w.says(t, "a1", "lab get irene1")
	m := bot.Message{Origin: bot.Origin{Adapter: "slack", Workspace: "T1", User: "U1"}, Delivery: "d2", Text: "lab get irene1"}
	if _, err := w.desk.Receive(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	ann := bot.Identity{ID: "ann", Name: "Ann Example", Roles: []string{"operator"}, Groups: []string{"gpu"}}
	if diff := cmp.Diff([]bot.Identity{ann, ann}, []bot.Identity{w.accepted[0].Identity, w.accepted[1].Identity}); diff != "" {
		t.Error(diff)
	}
	w.says(t, "a1", "executions who=me")
	if got := w.filters[0].Identity; got != "ann" {
		t.Errorf("me is %q", got)
	}
}

// The explanation is about the line as it was typed, and about the person who is named and not about whoever asks.
func TestMay(t *testing.T) {
	const (
		card  = "who: ann\naccount: console:a1\nname: Ann Example\nroles: operator\ngroups: gpu\naction: lab.set (class idempotent)\n"
		fits  = "gpu (rules.yaml:3) | allow | account is a person's, because the rule is not public; role is operator; action is lab.set; host is within g[1-4]\n"
		quiet = "rules.yaml:9 | silent | channel must be slack:T1/C9 (here: none)\n"
		table = "rule | says | because\n"
	)
	w := lab(t)
	for line, want := range map[string]string{
		"may ann run lab set g2 draining": "Yes. ann may run lab.set by the rule gpu (rules.yaml:3).\n" +
			card + `parameters: {"host":"g2","status":"draining"}` + "\n" + table + fits + quiet,
		`may  console:a1  run lab set g2 "a b" token=hunter2 count=2`: "Yes. ann may run lab.set by the rule gpu (rules.yaml:3).\n" +
			card + `parameters: {"count":2,"host":"g2","status":"a b","token":"********"}` + "\n" + table + fits + quiet,
		"may ann run lab set g[4-5] draining": "No. ann may not run lab.set like this: host must be within g[1-4] (here: g5). The rule is gpu (rules.yaml:3). Ask an administrator for one that allows it.\n" +
			card + `parameters: {"host":"g[4-5]","status":"draining"}` + "\n" + table + "gpu (rules.yaml:3) | silent | host must be within g[1-4] (here: g5)\n" + quiet,
		"may ann run lab set g2 draining count=many": "Yes. ann may run lab.set by the rule gpu (rules.yaml:3).\n" +
			"The line cannot be run as it is, so this is about the action as such. The parameter count cannot be \"many\": it takes an integer.\n" +
			card + table + "gpu (rules.yaml:3) | allow | account is a person's, because the rule is not public; role is operator; action is lab.set; host is within g[1-4]: it depends on the value\n" + quiet,
		"may me run lab set g2 draining": "No. console:ann is not known here. Ask an administrator to add the account to a person; until then it may only do what is public.\n" +
			"who: console:ann\naccount: console:ann\naction: lab.set (class idempotent)\n" + `parameters: {"host":"g2","status":"draining"}` + "\n" + table +
			"gpu (rules.yaml:3) | silent | account must be a person's, because the rule is not public (here: console:ann belongs to nobody); role must be operator (here: none)\n" + quiet,
		"may ann run make coffee": "No command fits \"make coffee\". Write it as it would be typed.\n",
		"may ann run lab twin g1": "Several commands fit \"lab twin g1\" equally well: lab.twin_a, lab.twin_b. It would not be run.\n",
		"may eve run whoami":      "There is no person \"eve\". Write an id, or an account such as console:ann.\n",
		"may carl run whoami":     "carl has no account, so nobody writes as carl. Add one at people.yaml:5.\n",
	} {
		if diff := cmp.Diff(want, words(w.says(t, "ann", line))); diff != "" {
			t.Errorf("%s:\n%s", line, diff)
		}
	}
	if len(w.accepted) > 0 {
		t.Errorf("a question ran something: %+v", w.accepted)
	}
}

// An execution whose parameters are gone is asked about without values, and not as such.
func TestCancelWithoutParameters(t *testing.T) {
	w := busy(t)
	gate := &askedGate{}
	w.gate = gate
	w.list[1].Params = nil
	w.says(t, "ann", "cancel "+runningID)
	last := gate.calls[len(gate.calls)-1]
	if last.Action.Ref() != "lab.set" || last.Params == nil {
		t.Errorf("asked about %s with %v", last.Action.Ref(), last.Params)
	}
}

type everybody struct{}

func (everybody) Allow(bot.Call) bot.Decision { return bot.Decision{Allowed: true} }

type askedGate struct{ calls []bot.Call }

func (g *askedGate) Allow(c bot.Call) bot.Decision {
	g.calls = append(g.calls, c)
	return bot.Decision{Allowed: true}
}

// TestWhoamiByEmail: whoever is known by an address sees it, and where account and address point to two people that is said and logged.
func TestWhoamiByEmail(t *testing.T) {
	w := newWorld(t)
	w.gate = everybody{}
	w.know(t, identity.Person{ID: "ann", Accounts: []string{"email:ann@example.com"}, Source: "people.yaml:2"},
		identity.Person{ID: "bob", Accounts: []string{"slack:T1/U2"}, Source: "people.yaml:3"})
	for user, want := range map[string]string{
		"U1": "You are ann.\naccount: slack:T1/U1\ne-mail: ann@example.com\n",
		"U2": "You are bob.\naccount: slack:T1/U2\ne-mail: ann@example.com\n" +
			"The account slack:T1/U2 belongs to bob, and its e-mail address to ann. The account counts. Correct the one that is wrong at people.yaml:3 or people.yaml:2.\n",
	} {
		m := bot.Message{Origin: bot.Origin{Adapter: "slack", Workspace: "T1", User: user, Email: "ann@example.com"}, Delivery: user, Text: "whoami"}
		answer, err := w.desk.Receive(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, words(answer)); diff != "" {
			t.Errorf("%s:\n%s", user, diff)
		}
	}
}
