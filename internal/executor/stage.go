package executor

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/redact"
)

// stage is one step on the way of a claimed execution. An error ends the way: record then writes what it means.
type stage func(ctx context.Context, j *job) error

// stages returns the way of every execution. Permission is asked before the plan, which tells about targets, and after it, because
// planning takes time in which a permission can be taken away. The places are taken before the plan, so that what was planned is still
// so when the work begins.
func (x *Executor) stages() []stage {
	return []stage{x.prepare, x.permit, x.takePlaces, x.makePlan, x.approve, x.permit, x.question, x.begin, x.do}
}

// run takes one claim from load to its last write.
func (x *Executor) run(ctx context.Context, h hold) {
	j := &job{x: x, claim: h.Claim, trusted: h.until, done: map[string]bot.Checkpoint{}, progress: newReporter()}
	ctx, j.stop = context.WithCancelCause(ctx)
	defer j.stop(nil)
	x.enter(j)
	defer x.leave(j)

	log := x.Log.With("execution", h.ID, "fence", h.Fence)
	goOn, err := false, failpoint.Hit(ctx, failpoint.ClaimAfter)
	if err == nil {
		goOn, err = x.resume(ctx, j)
	}
	if goOn && err == nil {
		err = x.finish(ctx, j, x.pass(ctx, j))
	}
	switch code := bot.ErrorCode(err); code {
	case "":
	case bot.CodeFenced, bot.CodeConflict:
		log.InfoContext(ctx, "left the execution to its new owner", "op", "executor.worker.run", "code", code)
	default:
		log.WarnContext(ctx, "could not carry the execution on; its lease will run out", "op", "executor.worker.run", "code", code, "err", err)
	}
}

// pass takes the job through the stages until one of them ends the way.
func (x *Executor) pass(ctx context.Context, j *job) error {
	for _, s := range x.stages() {
		if err := s(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// prepare finds the action's code and opens the parameters.
func (x *Executor) prepare(_ context.Context, j *job) error {
	e := j.record.execution()
	action, err := x.Catalog.Action(e.Action)
	if err != nil {
		return err
	}
	if err := runnable(action.Spec); err != nil {
		return err
	}
	j.action = action
	j.params, err = x.openParams(action.Spec, e.Params)
	j.redact = redact.New(secrets(action.Spec, j.params)...)
	return err
}

// secrets returns the values of an action's secret parameters.
func secrets(spec *bot.ActionSpec, params map[string]any) []any {
	var list []any
	for name, value := range params {
		if p, ok := spec.Param(name); ok && p.Secret && value != nil {
			list = append(list, value)
		}
	}
	return list
}

// permit asks the permission point again: what was allowed at accept may not be any more.
func (x *Executor) permit(_ context.Context, j *job) error {
	e := j.record.execution()
	d := x.Gate.Allow(bot.Call{Identity: e.Identity, Origin: e.Origin, Action: j.action.Spec, Params: j.params})
	if !d.Allowed {
		return bot.E(bot.CodeDenied, "executor.stage.permit", d.Why, nil)
	}
	return nil
}

// makePlan asks a mutating action what it would do.
func (x *Executor) makePlan(ctx context.Context, j *job) error {
	if j.action.Handler.Plan == nil {
		return nil
	}
	return j.guarded(ctx, x.timeout(j.action.Spec), func(ctx context.Context) error {
		plan, err := j.action.Handler.Plan(ctx, j.Request(), j.params)
		if err != nil {
			return err
		}
		j.plan = &plan
		j.record.execution().Plan = j.redact.Texts(plan.Lines)
		if plan.Blocked != "" {
			return bot.E(bot.CodeForbidden, "executor.stage.plan", plan.Blocked, nil)
		}
		return nil
	})
}

// begin writes that every gate is passed and that the work starts, before it does. Where that cannot be written nothing was done
// yet: the execution is left as it is, canceled by somebody or waiting for the store to come back.
func (x *Executor) begin(ctx context.Context, j *job) error {
	e := j.record.execution()
	moves := []bot.Move{moveTo(bot.Scheduled, x.o.Owner, ""), moveTo(bot.Running, x.o.Owner, "")}
	switch e.Status {
	case bot.Delayed:
		moves = slices.Insert(moves, 0, moveTo(bot.Requested, x.o.Owner, "its turn has come"))
	case bot.Pending:
		moves = slices.Insert(moves, 0, moveTo(bot.Requested, x.o.Owner, "it is approved"))
	}
	var line *audit.Entry
	if e.Class.Mutates() {
		line = &audit.Entry{What: audit.Will, Plan: e.Plan, By: x.o.Owner, Fence: j.claim.Fence}
	}
	if err := x.move(ctx, j, line, moves...); err != nil {
		return errors.Join(errLater, err)
	}
	return failpoint.Hit(ctx, failpoint.BeginAfter)
}

// do runs the handler and shows its progress meanwhile.
func (x *Executor) do(ctx context.Context, j *job) error {
	stopShowing := x.showProgress(ctx, j)
	defer stopShowing()
	return j.guarded(ctx, x.timeout(j.action.Spec), func(ctx context.Context) error {
		err := failpoint.Hit(ctx, failpoint.EffectBefore)
		if err == nil {
			var said bot.Result
			said, err = j.action.Handler.Do(ctx, j, j.params)
			j.returned(said)
			_ = failpoint.Hit(ctx, failpoint.EffectAfter) // what was done cannot fail any more
		}
		return err
	})
}

func (x *Executor) timeout(spec *bot.ActionSpec) time.Duration {
	if spec.Timeout > 0 {
		return spec.Timeout
	}
	return x.o.Timeout
}

// guarded calls code of a handler with a deadline and survives its panics. Where the handler was stopped, the error wraps the reason,
// by which finish knows it: a handler may return any code by itself. The handler's own sentence is kept.
func (j *job) guarded(ctx context.Context, limit time.Duration, call func(context.Context) error) (err error) {
	const op = "executor.stage.guarded"
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errTimedOut)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = bot.E(bot.CodeInternal, op, "", fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	if ctx.Err() == nil { // or it was stopped between two stages
		err = call(ctx)
		if err == nil || ctx.Err() == nil {
			return err
		}
	}
	text, cause := bot.ErrorText(err), context.Cause(ctx)
	err = errors.Join(cause, err)
	switch {
	case errors.Is(cause, errTimedOut):
		took := fmt.Sprintf("It took longer than the %s that %s may take.", limit, j.action.Spec.Ref())
		return bot.E(bot.CodeTimeout, op, sentences(took, text), err)
	case errors.Is(cause, errCanceled):
		return bot.E(bot.CodeCanceled, op, text, err)
	case errors.Is(cause, errFenced):
		return bot.E(bot.CodeFenced, op, "", err)
	}
	return err
}

func sentences(list ...string) string {
	return strings.TrimSpace(strings.Join(list, " "))
}
