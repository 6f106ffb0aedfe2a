package access_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/access"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/permission"
)

var (
	echo    = &bot.ActionSpec{Pack: "core", Name: "echo", Class: bot.Read}
	console = bot.Origin{Adapter: "console", User: "ann"}
)

// Without people there are only accounts, and whoever names a person is told which account that may be.
func TestOriginWithoutPeople(t *testing.T) {
	a := &access.Authority{}
	directory, err := identity.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := permission.New(nil, permission.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a.Set(directory, rules)
	_, err = a.Origin("bob", bot.Origin{Adapter: "console", User: "ann"})
	if got := bot.ErrorText(err); got != "No people are configured, so there are only accounts. Write one in full, such as console:bob." {
		t.Errorf("got %q", got)
	}
}

// set gives the authority people and one rule: the role may do everything.
func set(t *testing.T, a *access.Authority, role string, people ...identity.Person) {
	t.Helper()
	directory, err := identity.New(people)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := permission.New([]permission.Rule{{Roles: []string{role}, Actions: []string{"*"}, Source: role}}, permission.Options{People: true})
	if err != nil {
		t.Fatal(err)
	}
	a.Set(directory, rules)
}

func person(id string, accounts []string, roles ...string) identity.Person {
	return identity.Person{ID: id, Accounts: accounts, Roles: roles, Source: "people.yaml:1"}
}

// What counts is what the person is when the question is asked, not what they were when the command was accepted.
func TestAllowLooksAgain(t *testing.T) {
	var a access.Authority
	set(t, &a, "operator", person("ann", []string{"console:ann"}, "operator"))
	call := bot.Call{Identity: a.Identify(console), Origin: console, Action: echo}
	if d := a.Allow(call); !d.Allowed {
		t.Fatalf("got %+v", d)
	}
	forged := call
	forged.Identity.Roles = []string{"operator"}
	set(t, &a, "operator", person("ann", []string{"console:ann"}, "visitor"))
	for _, c := range []bot.Call{call, forged} {
		if d := a.Allow(c); d.Allowed {
			t.Errorf("a role that was taken away allows: %+v", d)
		}
	}
	set(t, &a, "operator", person("bob", []string{"console:ann"}, "operator"))
	d, verdicts := a.Explain(call)
	const want = "The account console:ann belonged to ann when this was asked for, and the configuration gives it to bob now. Ask for it again."
	if d.Allowed || d.Why != want || verdicts != nil || a.Allow(call).Why != want {
		t.Errorf("an account that another has now: %+v", d)
	}
}

// People and rules change together: no decision is made with the people of one configuration and the rules of another. In each of the two
// the role of ann may not do anything; mixed, it might.
func TestSetIsOneStep(t *testing.T) {
	var a access.Authority
	even := func() { set(t, &a, "white", person("ann", []string{"console:ann"}, "black")) }
	odd := func() { set(t, &a, "black", person("ann", []string{"console:ann"}, "white")) }
	even()
	var readers sync.WaitGroup
	allowed := make(chan bot.Decision, 4)
	for range 4 {
		readers.Go(func() {
			for range 2000 {
				if d := a.Allow(bot.Call{Identity: bot.Identity{ID: "ann"}, Origin: console, Action: echo}); d.Allowed {
					allowed <- d
					return
				}
			}
		})
	}
	for range 500 {
		odd()
		even()
	}
	readers.Wait()
	close(allowed)
	for d := range allowed {
		t.Errorf("it was allowed between two configurations: %+v", d)
	}
}

func TestOrigin(t *testing.T) {
	var a access.Authority
	set(
		t, &a, "operator",
		person("ann", []string{"slack:T1/U1", "discord:9/8", "console:ann"}),
		person("bob", nil),
	)
	slack := bot.Origin{Adapter: "slack", Workspace: "T1", Channel: "C1", Thread: "7", User: "U9"}
	for name, tt := range map[string]struct {
		name string
		here bot.Origin
		want string
	}{
		"a person here":                    {"ann", slack, "{slack T1 C1 7 U1 }"},
		"a person on another platform":     {"ann", bot.Origin{Adapter: "console", User: "bob"}, "{console    ann }"},
		"a person who has no account here": {"ann", bot.Origin{Adapter: "shell", User: "bob"}, "{slack T1   U1 }"},
		"a person of another workspace":    {"ann", bot.Origin{Adapter: "slack", Workspace: "T2", Channel: "C7", User: "U9"}, "{slack T1   U1 }"},
		"an account here":                  {"slack:T1/U5", slack, "{slack T1 C1 7 U5 }"},
		"an account elsewhere":             {"slack:T2/U1", slack, "{slack T2   U1 }"},
		"a person without account":         {"bob", slack, "bob has no account, so nobody writes as bob. Add one at people.yaml:1."},
		"nobody":                           {"anne", slack, `There is no person "anne"; did you mean ann? Write an id, or an account such as console:ann.`},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := a.Origin(tt.name, tt.here)
			got := strings.TrimSpace(fmt.Sprint(o))
			if err != nil {
				got = bot.ErrorText(err)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	for name, tt := range map[string]struct{ name, channel, want string }{
		"a channel":            {"ann", "slack:T1/C7", "{slack T1 C7  U1 }"},
		"no channel":           {"ann", "", "{slack T1   U1 }"},
		"of another workspace": {"ann", "slack:T2/C7", "ann has no account that could write in slack:T2/C7."},
		"no channel's name":    {"ann", "ops", `"ops" is no channel. Write adapter:workspace/channel, as in slack:T012/C345.`},
		"nobody there":         {"eve", "slack:T1/C7", `There is no person "eve". Write an id, or an account such as console:ann.`},
	} {
		t.Run("in: "+name, func(t *testing.T) {
			o, err := a.OriginIn(tt.name, tt.channel)
			got := fmt.Sprint(o)
			if err != nil {
				got = bot.ErrorText(err)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if p, ok := a.Find("discord:9/8"); !ok || p.ID != "ann" {
		t.Errorf("the account is of %q", p.ID)
	}
}

// What was accepted by an e-mail address is decided again from what is durable with the execution: the address as it was then, and the people
// as they are now.
func TestAllowByEmail(t *testing.T) {
	var a access.Authority
	set(t, &a, "operator", person("ann", []string{"email:ann@example.com"}, "operator"))
	origin := bot.Origin{Adapter: "slack", Workspace: "T1", User: "U1", Email: "ann@example.com"}
	stored, err := json.Marshal(bot.Execution{Identity: a.Identify(origin), Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	var e bot.Execution
	if err := json.Unmarshal(stored, &e); err != nil {
		t.Fatal(err)
	}
	call := bot.Call{Identity: e.Identity, Origin: e.Origin, Action: echo}
	if d := a.Allow(call); !d.Allowed {
		t.Errorf("when work starts: %+v", d)
	}
	without := call
	without.Origin.Email = ""
	if d := a.Allow(without); d.Allowed {
		t.Errorf("without the address: %+v", d)
	}
	set(t, &a, "operator", person("ann", []string{"email:ann@example.com"}, "visitor"))
	if d := a.Allow(call); d.Allowed {
		t.Errorf("a role that was taken away allows: %+v", d)
	}
	set(t, &a, "operator", person("ann", nil, "operator"), person("bob", []string{"email:ann@example.com"}, "operator"))
	if d := a.Allow(call); d.Allowed || !strings.Contains(d.Why, "belonged to ann") {
		t.Errorf("an address that another has now: %+v", d)
	}
	set(t, &a, "operator", person("ann", []string{"email:ann@example.com"}, "operator"), person("bob", []string{"slack:T1/U1"}, "operator"))
	if d := a.Allow(call); d.Allowed {
		t.Errorf("an account that was given to somebody: %+v", d)
	}
}
