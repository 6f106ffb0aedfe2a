package app

import (
	"errors"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/access"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/permission"
)

// SetAccess makes the people and the permissions of a configuration those that count. CodeInvalid tells every fault at once; nothing has
// changed then. groups are the node groups that rules may name.
func SetAccess(a *access.Authority, c config.Access, groups map[string]string) error {
	people, peopleErr := identity.New(persons(c.People))
	rules, rulesErr := permission.New(rulesOf(c.Permissions), permission.Options{Groups: groups, People: len(c.People) > 0})
	if err := errors.Join(peopleErr, rulesErr); err != nil {
		text := strings.Trim(bot.ErrorText(peopleErr)+"\n"+bot.ErrorText(rulesErr), "\n")
		return bot.E(bot.CodeInvalid, "app.access.set", text, err)
	}
	a.Set(people, rules)
	return nil
}

func persons(list []config.Person) []identity.Person {
	people := make([]identity.Person, len(list))
	for i, p := range list {
		people[i] = identity.Person(p)
	}
	return people
}

func rulesOf(list []config.Permission) []permission.Rule {
	rules := make([]permission.Rule, len(list))
	for i, p := range list {
		r := permission.Rule{
			Name: p.Name, Deny: p.Effect == "deny", Reason: p.Reason, Identity: p.Identity, Public: p.Public, People: p.People, Accounts: p.Accounts,
			Roles: p.Roles, Groups: p.Groups, Adapters: p.Adapters, Channels: p.Channels, Actions: slices.Clone(p.Actions), Packs: p.Packs, Classes: p.Classes, Source: p.Source,
		}
		if p.Action != "" {
			r.Actions = append(r.Actions, p.Action)
		}
		if len(p.Params) > 0 {
			r.Params = make(map[string]permission.Condition, len(p.Params))
		}
		for name, c := range p.Params {
			r.Params[name] = permission.Condition{Equal: c.Equal, Glob: c.Glob, Within: c.Within, Outside: c.Outside, Touches: c.Touches}
		}
		rules[i] = r
	}
	return rules
}

// Reload makes the people and the permissions of a configuration those that count, for what runs already as well. Where they are faulty
// everything stays as it is, and the error says what is wrong. Node groups and everything else stay what they were at the start: a node
// set means one thing to the rules and to the work.
func (a *App) Reload(c config.Access) error {
	if err := SetAccess(a.authority, c, a.groups); err != nil {
		return err
	}
	a.lintAccess()
	return nil
}

// lintAccess logs what the rules name and there is not.
func (a *App) lintAccess() {
	for _, note := range a.authority.Lint(a.Content().Specs) {
		a.log.Warn("a permission names what there is not", "op", "app.access.lint", "why", note)
	}
}

// Identify returns who wrote from the origin.
func (a *App) Identify(o bot.Origin) bot.Identity { return a.authority.Identify(o) }
