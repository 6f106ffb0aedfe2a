// Package permission decides who may run what. It is asked when a message arrives and again before the work starts, by every
// front end alike.
package permission

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Rule allows what it matches. An empty list of classes matches every class.
type Rule struct {
	Identity string // glob over the identity's id and over its account
	Action   string // glob over the action ref
	Classes  []bot.Class
	Source   string // file:line, named in the decision
}

// List is an immutable list of rules. What no rule allows is denied.
type List struct{ rules []Rule }

// New checks the rules and returns the list.
func New(rules []Rule) (*List, error) {
	for _, r := range rules {
		for _, glob := range []string{r.Identity, r.Action} {
			if _, err := path.Match(glob, ""); err != nil || glob == "" {
				return nil, bot.E(bot.CodeInvalid, "permission.list.new", fmt.Sprintf("%s: %q is not a pattern. Write a name, where * stands for any text.", r.Source, glob), err)
			}
		}
		for _, c := range r.Classes {
			if !c.Valid() {
				return nil, bot.E(bot.CodeInvalid, "permission.list.new", fmt.Sprintf("%s: %q is not a class. The classes are read, idempotent and once.", r.Source, c), nil)
			}
		}
	}
	return &List{slices.Clone(rules)}, nil
}

// Allow decides about a call. The first rule that matches allows it.
func (l *List) Allow(call bot.Call) bot.Decision {
	known := false
	for _, r := range l.rules {
		if !match(r.Identity, call.Identity.ID) && !match(r.Identity, call.Origin.Account()) {
			continue
		}
		known = true
		if match(r.Action, call.Action.Ref()) && (len(r.Classes) == 0 || slices.Contains(r.Classes, call.Action.Class)) {
			return bot.Decision{Allowed: true, Rule: r.Source, Why: fmt.Sprintf("%s may run %s.", r.Identity, r.Action)}
		}
	}
	if !known {
		return bot.Decision{Why: fmt.Sprintf("%s is not known here. Ask an administrator to add the account to the permissions.", call.Identity.ID)}
	}
	return bot.Decision{Why: fmt.Sprintf("%s may not run %s (class %s). Ask an administrator for a rule that allows it.", call.Identity.ID, call.Action.Ref(), call.Action.Class)}
}

// match reports whether the glob covers the whole name. An account holds a slash, which path.Match would not let * cross.
func match(glob, name string) bool {
	const slash, plain = "/", "\x1f"
	ok, err := path.Match(strings.ReplaceAll(glob, slash, plain), strings.ReplaceAll(name, slash, plain))
	return err == nil && ok
}
