package executor

import (
	"context"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/store"
)

// Resolve writes what a person says of an abandoned execution. The status stays as it is. CodeConflict when there is no question, or it
// has been answered.
func (x *Executor) Resolve(ctx context.Context, id string, finding bot.Finding, by bot.Identity) (bot.Execution, error) {
	r, err := x.unresolved(ctx, id)
	if err != nil {
		return bot.Execution{}, err
	}
	now, err := x.Store.Now(ctx)
	if err != nil {
		return bot.Execution{}, err
	}
	var b store.Batch
	if err := x.addResolution(ctx, &b, r, bot.Resolution{Finding: finding, By: by.ID, At: now}); err != nil {
		return bot.Execution{}, err
	}
	if err := x.Store.Commit(ctx, b); err != nil {
		return bot.Execution{}, err
	}
	return x.Execution(ctx, id)
}

// unresolved returns an execution that waits for somebody to say what became of it.
func (x *Executor) unresolved(ctx context.Context, id string) (*record, error) {
	const op = "executor.resolve.load"
	r, err := x.load(ctx, id)
	if err != nil {
		return nil, err
	}
	e := r.execution()
	switch {
	case e.Status != bot.Abandoned:
		return nil, bot.E(bot.CodeConflict, op, fmt.Sprintf("%s is %s: there is nothing to resolve.", e.ID, e.Status), nil)
	case e.Resolution != nil:
		return nil, bot.E(bot.CodeConflict, op, fmt.Sprintf("%s has said already: %s.", e.Resolution.By, findingText(e.Resolution.Finding)), nil)
	}
	return r, nil
}

// addResolution adds to the batch what became of an abandoned execution, and the reply that shows it.
func (x *Executor) addResolution(ctx context.Context, b *store.Batch, r *record, found bot.Resolution) error {
	next := r.clone()
	e := next.execution()
	e.Resolution = &found
	put, err := x.put(next)
	if err != nil {
		return err
	}
	b.Puts = append(b.Puts, put)
	line := audit.Entry{What: audit.Resolved, Who: found.By, Status: e.Status, Why: findingText(found.Finding)}
	if err := x.note(b, e, line); err != nil {
		return err
	}
	result, err := x.Result(ctx, *e)
	if err != nil {
		return err
	}
	return x.addReply(ctx, b, e, liveState{result: result})
}

func findingText(f bot.Finding) string {
	switch f {
	case bot.Happened:
		return "it had its effect"
	case bot.NotHappened:
		return "it had no effect"
	case bot.Left:
		return "it is left as it is"
	}
	return "it is not known whether it had its effect"
}
