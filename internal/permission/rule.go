package permission

import (
	"fmt"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Rule allows or denies what all of its conditions fit. Of a list one entry must fit; an empty one asks for nothing. The entries are
// globs, in which * stands for any text.
type Rule struct {
	Name   string // for tests and explanations
	Deny   bool
	Reason string // what a person is told whom the rule denies something

	Identity string   // a person's id or an account
	Public   bool     // everybody, also accounts that belong to nobody
	People   []string // ids
	Accounts []string
	Roles    []string
	Groups   []string

	Adapters []string
	Channels []string // adapter:workspace/channel

	Actions []string // refs
	Packs   []string
	Classes []bot.Class
	Params  map[string]Condition // by a glob over the parameter's names

	Source string // file:line, named in the decision
}

// String names the rule for people.
func (r Rule) String() string {
	if r.Name != "" {
		return r.Name + " (" + r.Source + ")"
	}
	return r.Source
}

// Effect returns allow or deny.
func (r Rule) Effect() string {
	if r.Deny {
		return "deny"
	}
	return "allow"
}

// rule is a rule that was checked.
type rule struct {
	Rule
	checks []check
}

// kind says what a condition is about.
type kind int

const (
	who kind = iota
	what
	where
	with
)

// check is one condition of a rule.
type check struct {
	kind kind
	name string // what must be like that
	want string // what it asks for, for people
	is   func(*question) answer
	has  func(*question) string // what there is, for people
}

// answer is what a condition says of a question.
type answer int

const (
	no     answer = iota
	yes           // it fits
	open          // it depends on values that were not given
	broken        // it cannot be judged
)

func answerOf(fits bool) answer {
	if fits {
		return yes
	}
	return no
}

// fits reports whether a condition with this answer lets the rule speak. An allow rule wants to be sure, a deny rule wants no hole: what
// cannot be judged is allowed by nothing and denied by what may fit. Help asks without values, and shows what some of them would allow.
func (r *rule) fits(a answer) bool {
	if r.Deny {
		return a == yes || a == broken
	}
	return a == yes || a == open
}

// speaks reports whether the rule says something about the question.
func (r *rule) speaks(q *question) bool {
	for _, c := range r.checks {
		if !r.fits(c.is(q)) {
			return false
		}
	}
	return true
}

// compiler makes a rule out of what was written, and notes every fault.
type compiler struct {
	options Options
	source  string
	faults  []string
}

func (c *compiler) fault(format string, args ...any) {
	c.faults = append(c.faults, c.source+": "+fmt.Sprintf(format, args...))
}

func (c *compiler) rule(written Rule) *rule {
	c.source = written.Source
	r := &rule{Rule: written}
	c.sense(r)
	c.who(r)
	c.where(r)
	c.what(r)
	for _, name := range sorted(r.Params) {
		c.param(r, name, r.Params[name])
	}
	return r
}

// sense refuses rules that nobody can have meant.
func (c *compiler) sense(r *rule) {
	named := r.Identity != "" || len(r.People)+len(r.Accounts)+len(r.Roles)+len(r.Groups) > 0
	switch {
	case !r.Deny && !named && !r.Public:
		c.fault("the rule allows and names nobody; add identity, people, accounts, roles or groups, or public: true for everybody")
	case r.Deny && r.Public:
		c.fault("a rule that denies holds for everybody that it names; leave public out")
	case r.Public && len(r.People)+len(r.Roles)+len(r.Groups) > 0:
		c.fault("a public rule is for accounts that belong to nobody, which have no role; leave out people, roles and groups, or public")
	}
	if len(r.Actions)+len(r.Packs)+len(r.Classes) == 0 {
		c.fault(`the rule names no action; add action: "*" if it is about all`)
	}
	if r.Reason != "" && !r.Deny {
		c.fault("only a rule that denies has a reason; leave it out")
	}
}

// names adds a condition: one of the globs must cover one of what the question has.
func (c *compiler) names(r *rule, k check, list []string, has func(*question) []string) {
	if len(list) == 0 {
		return
	}
	compiled := make(globs, len(list))
	for i, text := range list {
		g, ok := newGlob(text)
		if !ok {
			c.fault("%s: %q is not a pattern. Write a name, where * stands for any text.", k.name, text)
		}
		compiled[i] = g
	}
	k.want = strings.Join(list, ", ")
	k.is = func(q *question) answer { return answerOf(compiled.some(has(q))) }
	k.has = func(q *question) string { return strings.Join(has(q), ", ") }
	r.checks = append(r.checks, k)
}

func (c *compiler) who(r *rule) {
	account := func(q *question) []string { return []string{q.Origin.Account()} }
	id := func(q *question) []string { return []string{q.Identity.ID} }
	if c.options.People && !r.Deny && !r.Public {
		r.checks = append(r.checks, check{
			kind: who, name: "account", want: "a person's, because the rule is not public",
			is:  func(q *question) answer { return answerOf(!q.stranger() || q.automatic() && namesAutomatic(r)) },
			has: func(q *question) string { return q.Origin.Account() + " belongs to nobody" },
		})
	}
	var identity []string
	if r.Identity != "" {
		identity = []string{r.Identity}
	}
	c.names(r, check{kind: who, name: "identity"}, identity, func(q *question) []string { return slices.Compact(append(id(q), account(q)...)) })
	c.names(r, check{kind: who, name: "person"}, r.People, id)
	c.names(r, check{kind: who, name: "account"}, r.Accounts, account)
	c.names(r, check{kind: who, name: "role"}, r.Roles, func(q *question) []string { return q.Identity.Roles })
	c.names(r, check{kind: who, name: "group"}, r.Groups, func(q *question) []string { return q.Identity.Groups })
}

// automatic is what the accounts of rules begin with. Nobody can write as one.
const automatic = "rule:"

// namesAutomatic reports whether a permission is written for rules: one for everybody is not.
func namesAutomatic(r *rule) bool {
	return strings.HasPrefix(r.Identity, automatic) || slices.ContainsFunc(r.Accounts, func(a string) bool { return strings.HasPrefix(a, automatic) })
}

func (c *compiler) where(r *rule) {
	c.names(r, check{kind: where, name: "adapter"}, r.Adapters, func(q *question) []string { return []string{q.Origin.Adapter} })
	c.names(r, check{kind: where, name: "channel"}, r.Channels, func(q *question) []string { return []string{Channel(q.Origin)} })
}

// Channel returns the channel of an origin as rules name it: adapter:workspace/channel, without the workspace where there is none. It is
// empty where there are no channels.
func Channel(o bot.Origin) string {
	if o.Channel == "" {
		return ""
	}
	o.User = o.Channel
	return o.Account()
}

func (c *compiler) what(r *rule) {
	c.names(r, check{kind: what, name: "action"}, r.Actions, func(q *question) []string { return []string{q.Action.Ref()} })
	c.names(r, check{kind: what, name: "pack"}, r.Packs, func(q *question) []string { return []string{q.Action.Pack} })
	var classes []string
	for _, class := range r.Classes {
		if !class.Valid() {
			c.fault("%q is not a class. The classes are read, idempotent and once.", class)
		}
		classes = append(classes, string(class))
	}
	c.names(r, check{kind: what, name: "class"}, classes, func(q *question) []string { return []string{string(q.Action.Class)} })
}

func sorted(m map[string]Condition) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
