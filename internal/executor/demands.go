package executor

import (
	"context"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/policy"
)

// demanded returns the approval that this execution needs, or nil: what goes through a freeze needs the one of the configuration, else a
// policy may want one, and where none does, whoever asks may have to confirm it.
func (x *Executor) demanded(ctx context.Context, j *job) (*policy.Approval, string) {
	rule, why := x.wanted(ctx, j)
	if glass, reason := x.glass(j, rule); glass != nil {
		return glass, reason
	}
	if rule == nil && j.action.Spec.Confirm {
		return policy.Confirmation(), "It is to be confirmed."
	}
	return rule, why
}

// approvals returns every approval that may be asked for about the action.
func (x *Executor) approvals(action Action) []policy.Approval {
	list := append([]policy.Approval{*policy.Confirmation()}, action.Rules.Approvals...)
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
		return append(blocks, bot.TextBlock(fmt.Sprintf("It is %s.", q.Decision)))
	}
	confirm := "confirm " + q.ID
	if mark := q.Mark(); mark != "" {
		confirm += " plan=" + mark
	}
	return append(blocks,
		bot.TextBlock(fmt.Sprintf("Nothing is done unless %s confirms it by %s.", q.Asker.ID, q.Expires.UTC().Format("2006-01-02 15:04:05 MST"))),
		buttons(bot.Button{Label: "Run", Command: confirm}))
}
