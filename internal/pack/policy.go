package pack

import (
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/pack/pyyaml"
	"github.com/petrelops/petrel/internal/policy"
)

var (
	policyForm = form{
		"name": {pyyaml.String}, "pack": {pyyaml.String}, "description": {pyyaml.String}, "enabled": {pyyaml.Bool},
		"resource_ref": {pyyaml.String}, "policy_type": {pyyaml.String}, "parameters": {pyyaml.Mapping},
		"id": {}, "ref": {}, "uid": {}, "metadata_file": {},
	}
	retryForm    = form{"retry_on": {pyyaml.String}, "max_retry_count": {pyyaml.Int}, "delay": {pyyaml.Int, pyyaml.Float}}
	limitForm    = form{"threshold": {pyyaml.Int}, "action": {pyyaml.String}}
	approvalForm = form{
		"when": {pyyaml.String, pyyaml.Bool}, "roles": {pyyaml.List}, "users": {pyyaml.List}, "required": {pyyaml.Int}, "self": {pyyaml.Bool},
		"ttl": {pyyaml.Int}, "reason": {pyyaml.String}, "channel": {pyyaml.String}, "escalate": {pyyaml.Mapping},
	}
	confirmForm  = form{"when": {pyyaml.String, pyyaml.Bool}, "ttl": {pyyaml.Int}}
	escalateForm = form{"after": {pyyaml.String, pyyaml.Int}, "roles": {pyyaml.List}, "users": {pyyaml.List}, "channel": {pyyaml.String}}
	attrForm     = form{"threshold": {pyyaml.Int}, "action": {pyyaml.String}, "attributes": {pyyaml.List}}
)

// What StackStorm allows of action.retry (st2common policies/meta/retry.yaml), and its default.
const (
	maxRetries     = 5
	defaultRetries = 2
	maxRetryDelay  = 120 // seconds
)

// policy reads a policy file (StackStorm's PolicyAPI), or returns nil.
func (f *file) policy(root *pyyaml.Node, pack string) *policy.Policy {
	o := f.object(root, "in a policy", policyForm)
	if !f.need(o, "name", "resource_ref", "policy_type") {
		return nil
	}
	f.named(o, pack)
	p := &policy.Policy{
		Pack: pack, Name: o.text("name"), Description: o.text("description"), Enabled: o.truth("enabled", true),
		Action: o.text("resource_ref"), Type: o.text("policy_type"), Source: f.source(o.line),
	}
	parameters := o.values["parameters"]
	if parameters == nil {
		parameters = &pyyaml.Node{Kind: pyyaml.Mapping, Line: o.line}
	}
	switch p.Type {
	case policy.TypeRetry:
		p.Retry = f.retry(parameters, p.Ref())
	case policy.TypeConcurrency:
		p.Limit = f.limit(f.object(parameters, "in the parameters of "+p.Type, limitForm), p.Ref())
	case policy.TypeConcurrencyAttr:
		ao := f.object(parameters, "in the parameters of "+p.Type, attrForm)
		p.Limit = f.limit(ao, p.Ref())
		p.Limit.Attributes = f.attributes(ao)
	case policy.TypeApproval:
		p.Approval = f.approval(f.object(parameters, "in the parameters of "+p.Type, approvalForm), p.Ref())
	case policy.TypeConfirm:
		p.Confirm = f.confirmation(f.object(parameters, "in the parameters of "+p.Type, confirmForm), p.Ref())
	default:
		f.errorf(o.lineOf("policy_type"), "There is no policy type %s%s", p.Type, closest(p.Type, policy.Types()))
	}
	if f.failed {
		return nil
	}
	return p
}

func (f *file) retry(n *pyyaml.Node, ref string) *policy.Retry {
	o := f.object(n, "in the parameters of "+policy.TypeRetry, retryForm)
	r := &policy.Retry{Policy: ref, Max: f.whole(o, "max_retry_count", defaultRetries, maxRetries)}
	switch on := o.text("retry_on"); on {
	case "failure":
		r.On = []bot.Status{bot.Failed}
	case "timeout":
		r.On = []bot.Status{bot.Timeout}
	default:
		f.errorf(o.lineOf("retry_on"), "The key retry_on must be failure or timeout, not %q.", on)
	}
	if d := o.values["delay"]; d != nil {
		seconds, ok := d.Any().(float64)
		if n, whole := d.Any().(int64); whole {
			seconds, ok = float64(n), true
		}
		if !ok || seconds < 0 || seconds > maxRetryDelay {
			f.errorf(d.Line, "The delay %s is not possible; write 0 to %d seconds.", d.Text, maxRetryDelay)
		}
		r.Delay = time.Duration(seconds * float64(time.Second))
	}
	return r
}

func (f *file) limit(o object, ref string) *policy.Limit {
	l := &policy.Limit{Policy: ref}
	if o.values["threshold"] == nil {
		f.errorf(o.line, "The key threshold is missing; write how many may run at once.")
	} else {
		l.Threshold = f.whole(o, "threshold", 0, 1<<20)
	}
	switch action := o.text("action"); action {
	case "", "delay":
	case "cancel":
		l.Cancel = true
	default:
		f.errorf(o.lineOf("action"), "The key action must be delay or cancel, not %q.", action)
	}
	return l
}

func (f *file) attributes(o object) []string {
	if n := o.values["attributes"]; n == nil || len(n.Items) == 0 {
		f.errorf(o.line, "The list attributes is missing; name the parameters whose values are counted apart.")
	}
	return f.names(o, "attributes")
}

// names reads a list of words.
func (f *file) names(o object, key string) []string {
	n := o.values[key]
	if n == nil {
		return nil
	}
	var list []string
	for _, item := range n.Items {
		if item.Kind != pyyaml.String || strings.TrimSpace(item.Text) == "" {
			f.errorf(item.Line, "Each of %s must be a name.", key)
			continue
		}
		list = append(list, item.Text)
	}
	return list
}

// How long an approval is waited for, in seconds: at most a month.
const (
	defaultApproval = 3600
	maxApproval     = 31 * 24 * 3600
)

func (f *file) approval(o object, ref string) *policy.Approval {
	a := &policy.Approval{
		Policy: ref, Roles: f.names(o, "roles"), Users: f.names(o, "users"), Required: f.whole(o, "required", 1, 20),
		Self: o.truth("self", false), Channel: o.text("channel"),
		TTL: time.Duration(f.whole(o, "ttl", defaultApproval, maxApproval)) * time.Second,
	}
	a.When = f.condition(o)
	switch reason := o.text("reason"); reason {
	case "", "optional":
	case "required":
		a.Reason = true
	default:
		f.errorf(o.lineOf("reason"), "The key reason must be required or optional, not %q.", reason)
	}
	if n := o.values["escalate"]; n != nil {
		a.Escalate = f.escalation(f.object(n, "in escalate", escalateForm), a.TTL)
	}
	return a
}

// condition reads when a policy asks; empty is always.
func (f *file) condition(o object) string {
	if when := o.values["when"]; when != nil {
		return when.Text
	}
	return ""
}

func (f *file) confirmation(o object, ref string) *policy.Confirmation {
	ttl := f.whole(o, "ttl", int64(policy.ConfirmTTL/time.Second), maxApproval)
	return &policy.Confirmation{Policy: ref, When: f.condition(o), TTL: time.Duration(ttl) * time.Second}
}

// escalation reads who is asked as well when nobody decides.
func (f *file) escalation(o object, ttl time.Duration) *policy.Escalation {
	e := &policy.Escalation{Roles: f.names(o, "roles"), Users: f.names(o, "users"), Channel: o.text("channel")}
	if len(e.Roles)+len(e.Users) == 0 && e.Channel == "" {
		f.errorf(o.line, "The key escalate names nobody; write roles, users or a channel.")
	}
	n := o.values["after"]
	if n == nil {
		f.errorf(o.line, "The key after is missing; write after how long others are asked, such as 30m.")
		return e
	}
	after, err := time.ParseDuration(n.Text)
	if seconds, whole := n.Any().(int64); whole {
		after, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || after < time.Second || after >= ttl {
		f.errorf(n.Line, "The key after must be a time such as 30m, shorter than the ttl of %s, not %s.", ttl, n.Text)
	}
	e.After = after
	return e
}

// whole returns a whole number from 1 to most.
func (f *file) whole(o object, key string, fallback, most int64) int {
	n := o.values[key]
	if n == nil {
		return int(fallback)
	}
	v, ok := n.Any().(int64)
	if !ok || v < 1 || v > most {
		f.errorf(n.Line, "The key %s must be a whole number from 1 to %d, not %s.", key, most, n.Text)
	}
	return int(v)
}

// checkPolicy checks what a policy refers to.
func (s *Set) checkPolicy(p *policy.Policy) []Problem {
	action, ok := s.actions[p.Action]
	if !ok {
		return []Problem{{Source: p.Source, Severity: Error, Text: "The policy names the action " + p.Action + s.unknownAction(p.Action)}}
	}
	var faults []Problem
	if p.Limit != nil && action.NotRunnable == "" {
		for _, name := range p.Limit.Attributes {
			if _, ok := action.Param(name); !ok {
				faults = append(faults, Problem{Source: p.Source, Severity: Error, Text: "The policy counts by the parameter " + name + ", which " + p.Action + " does not have."})
			}
		}
	}
	if p.Retry != nil && action.Class == bot.Once && slices.Contains(p.Retry.On, bot.Timeout) {
		faults = append(faults, Problem{Source: p.Source, Severity: Warning, Text: p.Action + " is of class once, so it is not tried again after a timeout: nobody knows whether it had its effect. Give the action class: idempotent if it may run twice."})
	}
	return faults
}
