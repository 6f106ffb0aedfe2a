package permission

import (
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/target"
)

// Options are what rules are read against.
type Options struct {
	// Groups are the node groups that a node set may name as @group.
	Groups map[string]string
	// People says that there are people. An account that belongs to none of them may then only do what is public.
	People bool
}

// List is an immutable list of rules. What no rule allows is denied.
type List struct {
	rules   []*rule
	options Options
}

// New checks the rules and returns the list. CodeInvalid tells every fault at once, a line for each.
func New(rules []Rule, o Options) (*List, error) {
	l := &List{options: o}
	c := compiler{options: o}
	for _, r := range rules {
		l.rules = append(l.rules, c.rule(r))
	}
	if len(c.faults) > 0 {
		return nil, bot.E(bot.CodeInvalid, "permission.list.new", strings.Join(c.faults, "\n"), nil)
	}
	return l, nil
}

// question is a call while it is judged.
type question struct {
	bot.Call
	groups map[string]string
	sets   map[string]nodeSet // what was read already, by text
}

type nodeSet struct {
	nodes []string
	err   error
}

func (l *List) question(call bot.Call) *question {
	return &question{Call: call, groups: l.options.Groups}
}

// stranger reports whether the account belongs to nobody: it is its own identity then.
func (q *question) stranger() bool { return q.Identity.ID == q.Origin.Account() }

// automatic reports whether a rule asks, which belongs to nobody either.
func (q *question) automatic() bool { return strings.HasPrefix(q.Origin.Account(), automatic) }

// nodes reads a node set as the executor reads what an action is about.
func (q *question) nodes(text string) ([]string, error) {
	s, ok := q.sets[text]
	if !ok {
		s.nodes, s.err = target.Expand(text, q.groups)
		if q.sets == nil {
			q.sets = map[string]nodeSet{}
		}
		q.sets[text] = s
	}
	return s.nodes, s.err
}

// Allow decides about a call.
func (l *List) Allow(call bot.Call) bot.Decision {
	q := l.question(call)
	var allows *rule
	for _, r := range l.rules {
		if (r.Deny || allows == nil) && r.speaks(q) {
			if r.Deny {
				return bot.Decision{Rule: r.Source, Why: denied(q, r)}
			}
			allows = r
		}
	}
	if allows != nil {
		return bot.Decision{Allowed: true, Rule: allows.Source, Why: fmt.Sprintf("%s may run %s by the rule %s.", q.Identity.ID, q.Action.Ref(), allows)}
	}
	return bot.Decision{Why: l.unallowed(q)}
}

// denied is what a person is told whom a rule denies something.
func denied(q *question, r *rule) string {
	text := fmt.Sprintf("%s may not run %s (class %s). ", q.Identity.ID, q.Action.Ref(), q.Action.Class)
	for _, c := range r.checks {
		if c.kind == with {
			text += fmt.Sprintf("The rule %s denies it for %s %s: %s. ", r, c.name, c.want, c.has(q))
		}
	}
	switch {
	case r.Reason != "":
		return text + r.Reason
	case len(r.Params) > 0:
		return text + "Leave that out, or ask an administrator."
	}
	return text + fmt.Sprintf("The rule %s denies it. Ask an administrator if that should change.", r)
}

// unallowed is what a person is told whom no rule allows it.
func (l *List) unallowed(q *question) string {
	if l.options.People && q.stranger() && !q.automatic() {
		return fmt.Sprintf("%s is not known here. Ask an administrator to add the account to a person; until then it may only do what is public.", q.Identity.ID)
	}
	known := false
	for _, r := range l.rules {
		if r.Deny {
			continue
		}
		misses, fits := r.misses(q)
		known = known || fits[who]
		if fits[who] && fits[what] {
			return fmt.Sprintf("%s may not run %s like this: %s. The rule is %s. Ask an administrator for one that allows it.",
				q.Identity.ID, q.Action.Ref(), strings.Join(misses, "; "), r)
		}
	}
	if !known {
		return fmt.Sprintf("%s is not known here. Ask an administrator to add the account to the permissions.", q.Identity.ID)
	}
	return fmt.Sprintf("%s may not run %s (class %s). Ask an administrator for a rule that allows it.", q.Identity.ID, q.Action.Ref(), q.Action.Class)
}
