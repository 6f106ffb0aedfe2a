package executor

import (
	"context"

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
