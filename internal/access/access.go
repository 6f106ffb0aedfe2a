// Package access puts people and rules together: who wrote from an account, and what may they do. Both are exchanged in one step while
// Petrel runs, so that no decision is made with the people of one configuration and the rules of another.
package access

import (
	"fmt"
	"sync/atomic"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/permission"
	"github.com/petrelops/petrel/internal/spell"
)

// Authority tells who somebody is and what they may do. It is the permission point of the executor and of every front end.
type Authority struct{ current atomic.Pointer[state] }

// state does not change.
type state struct {
	people *identity.Directory
	rules  *permission.List
}

// Set makes people and rules those that count from now on.
func (a *Authority) Set(people *identity.Directory, rules *permission.List) {
	a.current.Store(&state{people, rules})
}

// Identify returns who wrote from the origin.
func (a *Authority) Identify(o bot.Origin) bot.Identity { return a.current.Load().people.Identify(o) }

// Doubt returns a sentence where what is known of the origin points to two people.
func (a *Authority) Doubt(o bot.Origin) string { return a.current.Load().people.Doubt(o) }

// Find returns a person by id or account.
func (a *Authority) Find(name string) (identity.Person, bool) {
	return a.current.Load().people.Find(name)
}

// Allow decides about a call. The person is looked up anew by the account: roles that were taken away since the call was made count no more.
func (a *Authority) Allow(call bot.Call) bot.Decision {
	s := a.current.Load()
	if moved := s.renew(&call); moved != "" {
		return bot.Decision{Why: moved}
	}
	return s.rules.Allow(call)
}

// Explain decides like Allow and tells what each rule says.
func (a *Authority) Explain(call bot.Call) (bot.Decision, []permission.Verdict) {
	s := a.current.Load()
	if moved := s.renew(&call); moved != "" {
		return bot.Decision{Why: moved}, nil
	}
	return s.rules.Explain(call)
}

// Lint returns what the rules name and there is not, a sentence each.
func (a *Authority) Lint(actions []*bot.ActionSpec) []string {
	s := a.current.Load()
	return s.rules.Lint(permission.Known{People: s.people.IDs(), Roles: s.people.Roles(), Groups: s.people.Groups(), Actions: actions})
}

// renew brings the identity of a call up to date. An account that belongs to somebody else by now may do nothing for whoever had it
// before; why is empty where nothing is wrong.
func (s *state) renew(call *bot.Call) (why string) {
	now := s.people.Identify(call.Origin)
	if now.ID != call.Identity.ID {
		return fmt.Sprintf("The account %s belonged to %s when this was asked for, and the configuration gives it to %s now. Ask for it again.",
			call.Origin.Account(), call.Identity.ID, now.ID)
	}
	call.Identity = now
	return ""
}

// Origin returns where somebody would write from who is told by id or account: from here where they have an account here, else from the
// first of their accounts. CodeNotFound says what to write for a name that is not known.
func (a *Authority) Origin(name string, here bot.Origin) (bot.Origin, error) {
	const op = "access.origin.find"
	people := a.current.Load().people
	p, known := people.Find(name)
	o, err := identity.ParseAccount(name)
	switch {
	case err == nil:
		return there(o, here), nil
	case !known && len(people.IDs()) == 0 && here.Adapter != "":
		here.User = name
		return bot.Origin{}, bot.E(bot.CodeNotFound, op, fmt.Sprintf("No people are configured, so there are only accounts. Write one in full, such as %s.", here.Account()), nil)
	case !known:
		return bot.Origin{}, bot.E(bot.CodeNotFound, op, fmt.Sprintf("There is no person %q%s Write an id, or an account such as console:ann.", name, spell.Hint(name, people.IDs())), nil)
	case len(p.Accounts) == 0:
		return bot.Origin{}, bot.E(bot.CodeNotFound, op, fmt.Sprintf("%s has no account, so nobody writes as %s. Add one at %s.", p.ID, p.ID, p.Source), nil)
	}
	for _, account := range p.Accounts {
		o, err := identity.ParseAccount(account)
		if err == nil && o.Adapter == here.Adapter && o.Workspace == here.Workspace {
			return there(o, here), nil
		}
	}
	return identity.ParseAccount(p.Accounts[0])
}

// OriginIn returns where somebody would write from in a channel that is told as rules write it, adapter:workspace/channel; an empty one is
// no channel. CodeNotFound when they have no account there.
func (a *Authority) OriginIn(name, channel string) (bot.Origin, error) {
	const op = "access.origin.in"
	if channel == "" {
		return a.Origin(name, bot.Origin{})
	}
	here, err := identity.ParseAccount(channel)
	if err != nil {
		return here, bot.E(bot.CodeInvalid, op, fmt.Sprintf("%q is no channel. Write adapter:workspace/channel, as in slack:T012/C345.", channel), err)
	}
	here.Channel = here.User
	o, err := a.Origin(name, here)
	if err == nil && permission.Channel(o) != channel {
		err = bot.E(bot.CodeNotFound, op, fmt.Sprintf("%s has no account that could write in %s.", name, channel), nil)
	}
	return o, err
}

// there puts the account into the channel where the question was asked, when it could write there.
func there(o, here bot.Origin) bot.Origin {
	if o.Adapter == here.Adapter && o.Workspace == here.Workspace {
		o.Channel, o.Thread = here.Channel, here.Thread
	}
	return o
}
