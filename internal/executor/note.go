package executor

import (
	"context"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/target"
)

// note adds a line about an execution to the audit log, in the batch of the step that it tells of. What the entry leaves open is taken
// from the execution.
func (x *Executor) note(b *store.Batch, e *bot.Execution, line audit.Entry) error {
	line.Execution, line.Parent, line.Action, line.Class, line.Targets = e.ID, e.Parent, e.Action, e.Class, e.Targets
	if line.Who == "" { // else somebody else did it, from elsewhere
		line.Who, line.Account, line.From = e.Identity.ID, e.Origin.Account(), audit.Place(e.Origin)
	}
	return audit.Append(b, line, target.Names(e.Targets), x.o.AuditRetention)
}

// outcome is the line about the end of an execution, or of one try of it.
func outcome(e *bot.Execution, by string, fence int64) audit.Entry {
	line := audit.Entry{What: audit.Did, Status: e.Status, Why: e.Summary, By: by, Fence: fence}
	if e.Error != nil {
		line.Code, line.Why = e.Error.Code, sentences(e.Summary, e.Error.Text)
	}
	return line
}

// Deny writes to the audit log that somebody may not do what he asked for.
func (x *Executor) Deny(ctx context.Context, c Command, why string) error {
	line := audit.Entry{
		What: audit.Refused, Action: c.Action, Parent: c.Parent, Who: c.Identity.ID, Account: c.Origin.Account(), From: audit.Place(c.Origin), Why: why,
	}
	if action, err := x.Catalog.Action(c.Action); err == nil {
		line.Class = action.Spec.Class
	}
	var b store.Batch
	if err := audit.Append(&b, line, nil, x.o.AuditRetention); err != nil {
		return err
	}
	return x.Store.Commit(ctx, b)
}

// Audit returns the reader of the audit log.
func (x *Executor) Audit() *audit.Trail { return x.trail }
