// Package policy holds what operators demand of an action beyond its permission: how many of it may run at once, and whether a failure
// is tried again. The policies are StackStorm's (st2common policies/meta/*.yaml), read from packs/*/policies/*.yaml.
package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
)

// The policy types.
const (
	TypeRetry           = "action.retry"
	TypeConcurrency     = "action.concurrency"
	TypeConcurrencyAttr = "action.concurrency.attr"
	TypeApproval        = "action.approval" // ours: StackStorm ignores it
	TypeConfirm         = "action.confirm"  // ours as well
)

// Types returns the policy types that are known, in the order of their names.
func Types() []string {
	return []string{TypeApproval, TypeConcurrency, TypeConcurrencyAttr, TypeConfirm, TypeRetry}
}

// Policy is one policy of a pack.
type Policy struct {
	Pack        string
	Name        string
	Description string
	Enabled     bool
	Action      string // the ref of the action that it is about
	Type        string
	Limit       *Limit        // of the two concurrency types
	Retry       *Retry        // of action.retry
	Approval    *Approval     // of action.approval
	Confirm     *Confirmation // of action.confirm
	Source      string        // file:line
}

// Ref returns pack.name.
func (p *Policy) Ref() string { return p.Pack + "." + p.Name }

// Limit bounds how many executions of an action are scheduled or running at once, on all machines together.
type Limit struct {
	Policy    string // the policy's ref
	Threshold int    // from 1
	// Attributes are parameters: executions with other values are counted apart. Empty counts all of the action together.
	Attributes []string
	Cancel     bool // what is over the threshold is canceled, not delayed
}

// Name returns the name of the resource that an execution with these parameters takes a place at. Values are in it as a digest only:
// they may be long, or secret.
func (l Limit) Name(action string, params map[string]any) string {
	name := "limit/" + action + "/" + l.Policy
	if len(l.Attributes) == 0 {
		return name
	}
	sum := sha256.New()
	for _, a := range l.Attributes {
		value, err := json.Marshal(params[a])
		if err != nil { // parameters came from JSON or YAML
			value = fmt.Append(nil, params[a])
		}
		fmt.Fprintf(sum, "%s\x00%s\x00", a, value)
	}
	return name + "/" + hex.EncodeToString(sum.Sum(nil)[:16])
}

// Text says for people what the limit demands.
func (l Limit) Text(action string) string {
	if len(l.Attributes) == 0 {
		return fmt.Sprintf("At most %d of %s may run at once (policy %s).", l.Threshold, action, l.Policy)
	}
	return fmt.Sprintf("At most %d of %s with the same %s may run at once (policy %s).", l.Threshold, action, strings.Join(l.Attributes, " and "), l.Policy)
}

// Retry says that an execution which failed or took too long is tried again.
type Retry struct {
	Policy string
	On     []bot.Status // failed, timeout
	Max    int          // how often at most, from 1
	Delay  time.Duration
}

// Again reports whether an execution of the class that ended so, after so many retries, is tried again. An execution of class once that
// ran out of time is not: nobody knows whether it had its effect.
func (r *Retry) Again(class bot.Class, ended bot.Status, retries int) bool {
	if r == nil || retries >= r.Max || !slices.Contains(r.On, ended) {
		return false
	}
	return class.Repeatable() || ended == bot.Failed
}

// Approval says that others must agree before an action runs.
type Approval struct {
	Policy   string
	When     string   // a condition (docs/approvals.md); empty: always
	Roles    []string // who may approve: whoever has one of the roles, or is one of the people. With neither, whoever may run core.approve
	Users    []string
	Required int           // how many different people must approve, from 1
	Self     bool          // whether whoever asks counts as one of them
	Asker    bool          // only whoever asks may answer
	TTL      time.Duration // how long is waited; after that the execution ends as timeout
	Reason   bool          // whether an answer needs a reason
	Channel  string        // where the question is posted as well; empty: only where the command was typed
	Escalate *Escalation   // who is asked as well when nobody decides; nil: nobody
}

// Escalation says who may approve as well from some time on.
type Escalation struct {
	After   time.Duration
	Roles   []string
	Users   []string
	Channel string // where they are asked; empty: where the command was typed
}

// Who names for people those who may approve from then on.
func (e Escalation) Who() string {
	if who := named(e.Roles, e.Users); who != "" {
		return who
	}
	return "whoever reads " + e.Channel
}

// Escalated returns the rule as it is once the time of its escalation has come.
func (a Approval) Escalated() Approval {
	if a.Escalate == nil || len(a.Roles)+len(a.Users) == 0 { // anybody may already
		return a
	}
	a.Roles, a.Users = slices.Concat(a.Roles, a.Escalate.Roles), slices.Concat(a.Users, a.Escalate.Users)
	return a
}

// May reports whether somebody is one of those who may approve.
func (a Approval) May(who bot.Identity) bool {
	if len(a.Roles)+len(a.Users) == 0 || slices.Contains(a.Users, who.ID) {
		return true
	}
	return slices.ContainsFunc(who.Roles, func(r string) bool { return slices.Contains(a.Roles, r) })
}

// Who names for people those who may approve.
func (a Approval) Who() string {
	if a.Asker {
		return "whoever asked for it"
	}
	if who := named(a.Roles, a.Users); who != "" {
		return who
	}
	return "anybody who may run core.approve"
}

// named names roles and people.
func named(roles, users []string) string {
	var parts []string
	for _, r := range roles {
		parts = append(parts, "role "+r)
	}
	return strings.Join(append(parts, users...), ", ")
}

// Rules are the enabled policies of one action.
type Rules struct {
	Limits        []Limit
	Retry         *Retry
	Approvals     []Approval
	Confirmations []Confirmation
}

// Of returns what the policies demand of the action. Of several retry policies the first by ref counts.
func Of(action string, policies []*Policy) Rules {
	var r Rules
	for _, p := range policies {
		switch {
		case !p.Enabled || p.Action != action:
		case p.Limit != nil:
			r.Limits = append(r.Limits, *p.Limit)
		case p.Retry != nil && r.Retry == nil:
			r.Retry = p.Retry
		case p.Approval != nil:
			r.Approvals = append(r.Approvals, *p.Approval)
		case p.Confirm != nil:
			r.Confirmations = append(r.Confirmations, *p.Confirm)
		}
	}
	return r
}
