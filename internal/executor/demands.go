package executor

import (
	"context"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/policy"
)

// demand is an approval that an execution needs, and why.
type demand struct {
	rule *policy.Approval
	why  string
}

// met reports whether the last question about what would be done now says yes to the demand.
func (d demand) met(i bot.Inquiry) bool {
	if d.rule.Asker && i.Confirmed != nil {
		return true
	}
	return i.Decision == bot.Approved && i.Policy == d.rule.Policy && i.Required >= d.rule.Required
}

// demanded returns the approvals that this execution needs, in the order in which they are asked for. Whoever asks confirms first: nobody
// else is disturbed for a plan that he does not want himself. What goes through a freeze needs the one of the configuration and nothing else.
func (x *Executor) demanded(ctx context.Context, j *job) []demand {
	rule, why := x.wanted(ctx, j)
	if glass, reason := x.glass(j, rule); glass != nil {
		return []demand{{glass, reason}}
	}
	var list []demand
	if confirmation, reason := x.confirmation(ctx, j); confirmation != nil {
		list = append(list, demand{confirmation, reason})
	}
	if rule != nil {
		list = append(list, demand{rule, why})
	}
	return list
}

// wanted returns the approval that policies want of others, of several the one that wants most people, or nil.
func (x *Executor) wanted(ctx context.Context, j *job) (*policy.Approval, string) {
	var most *policy.Approval
	var why string
	for _, rule := range j.action.Rules.Approvals {
		if holds, reason := x.holds(ctx, j, rule.When); holds && (most == nil || rule.Required > most.Required) {
			most, why = &rule, reason
		}
	}
	return most, why
}

// confirmation returns the approval that only whoever asks can give, where the action's own file or a policy wants it, or nil.
func (x *Executor) confirmation(ctx context.Context, j *job) (*policy.Approval, string) {
	if j.action.Spec.Confirm {
		return policy.Confirmation{}.Approval(), "It is to be confirmed."
	}
	for _, c := range j.action.Rules.Confirmations {
		if holds, reason := x.holds(ctx, j, c.When); holds {
			return c.Approval(), sentences(fmt.Sprintf("It is to be confirmed (policy %s).", c.Policy), reason)
		}
	}
	return nil, ""
}

// holds reports whether the condition of a policy holds, and says so for people. One that cannot be evaluated counts as true: what is not
// understood is asked about.
func (x *Executor) holds(ctx context.Context, j *job, when string) (bool, string) {
	if when == "" {
		return true, ""
	}
	holds, err := x.Templates.Holds(ctx, when, j.facts())
	if err != nil {
		return true, fmt.Sprintf("The condition %q cannot be evaluated, so it is asked. %s", when, bot.ErrorText(err))
	}
	return holds, "Because " + when + "."
}

// approvals returns every approval that may be asked for about the action.
func (x *Executor) approvals(action Action) []policy.Approval {
	list := append([]policy.Approval{*policy.Confirmation{}.Approval()}, action.Rules.Approvals...)
	if x.o.BreakGlass != nil {
		list = append(list, *x.o.BreakGlass)
	}
	return list
}

// waitsFor says whom an execution waits for.
func waitsFor(rule *policy.Approval) string {
	if rule.Asker {
		return "waits until whoever asked confirms it"
	}
	return fmt.Sprintf("waits for %s (policy %s): %s", people(rule.Required, "approval"), rule.Policy, rule.Who())
}

// confirmBlocks ask whoever wants an execution whether it is to be done like this.
func confirmBlocks(q bot.Inquiry) []bot.Block {
	var blocks []bot.Block
	if q.Why != "" {
		blocks = append(blocks, bot.TextBlock(fmt.Sprintf("%s asks for %s. %s", q.Asker.ID, q.Action, q.Why)))
	}
	if q.Decision != "" {
		return append(blocks, bot.TextBlock(fmt.Sprintf("It is %s.", verdictText(q))))
	}
	confirm := "confirm " + q.ID
	if mark := q.Mark(); mark != "" {
		confirm += " plan=" + mark
	}
	return append(blocks,
		bot.TextBlock(fmt.Sprintf("Nothing is done unless %s confirms it by %s.", q.Asker.ID, q.Expires.UTC().Format("2006-01-02 15:04:05 MST"))),
		buttons(bot.Button{Label: "Run", Command: confirm}))
}
