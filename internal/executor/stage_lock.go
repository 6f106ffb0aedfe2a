package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/store"
)

// takePlaces takes what the execution needs for itself: the locks of its targets and a place under each limit that a policy sets, all of
// them or none. It has them for as long as this claim lasts. Where they cannot be had now, its entry stands in line for them.
func (x *Executor) takePlaces(ctx context.Context, j *job) error {
	e := j.record.execution()
	names, err := x.Templates.Targets(ctx, j.action.Spec.Locks, j.params)
	if err != nil {
		return err
	}
	limits := map[string]policy.Limit{}
	places := make([]store.Place, 0, len(names)+len(j.action.Rules.Limits))
	for _, n := range names {
		places = append(places, store.Place{Name: lockName(n), Limit: 1})
	}
	for _, l := range j.action.Rules.Limits {
		name := l.Name(e.Action, j.params)
		limits[name] = l
		places = append(places, store.Place{Name: name, Limit: l.Threshold})
	}
	if len(places) == 0 {
		return nil
	}
	blockers, err := x.Store.Acquire(ctx, store.Acquire{
		Claim: j.claim, Places: places, Note: fmt.Sprintf("%s by %s", e.Action, e.Identity.ID), Wait: true,
	})
	if err != nil {
		return errors.Join(errLater, err)
	}
	if err := blocked(blockers, limits, e.Action); err != nil {
		return err
	}
	return failpoint.Hit(ctx, failpoint.LockAfter)
}

// blocked returns nil when nobody is in the way, and otherwise what that means for the execution.
func blocked(blockers []store.Blocker, limits map[string]policy.Limit, action string) error {
	const op = "executor.stage.lock"
	if len(blockers) == 0 {
		return nil
	}
	for _, b := range blockers {
		if l, ok := limits[b.Name]; ok && l.Cancel {
			return bot.E(bot.CodeCanceled, op, l.Text(action)+" Nothing was done.", errCanceled)
		}
	}
	first := blockers[0]
	if l, ok := limits[first.Name]; ok {
		return bot.E(bot.CodeConflict, op, "Waits for its turn. "+l.Text(action), errBlocked)
	}
	text := "Waits for " + holderText(first)
	if more := len(blockers) - 1; more > 0 {
		text += fmt.Sprintf(" %d more of what it needs is taken as well.", more)
	}
	return bot.E(bot.CodeConflict, op, text, errBlocked)
}

// block gives an execution back that waits for its turn: it is woken when the place is free. The delay is a net for the case that whoever has
// the place dies without a word.
func (x *Executor) block(ctx context.Context, j *job, why error) error {
	ctx = context.WithoutCancel(ctx)
	release := store.Release{Claim: j.claim, Delay: x.o.Lease}
	e := j.record.execution()
	if e.Status == bot.Delayed && e.History[len(e.History)-1].Why == bot.ErrorText(why) { // it is on record and told
		return x.Store.Commit(ctx, store.Batch{Release: []store.Release{release}})
	}
	return x.delay(ctx, j, nil, release, bot.ErrorText(why))
}

// delay writes that an execution waits, with the release of its claim. An execution that waits already changes only what for.
func (x *Executor) delay(ctx context.Context, j *job, change func(*store.Batch, *bot.Execution) error, release store.Release, why string) error {
	var moves []bot.Move
	switch j.record.execution().Status {
	case bot.Delayed:
		moves = append(moves, moveTo(bot.Requested, x.o.Owner, "its turn had come"))
	case bot.Pending:
		moves = append(moves, moveTo(bot.Requested, x.o.Owner, "it is approved"))
	}
	next, b, err := x.moved(ctx, j.record, append(moves, moveTo(bot.Delayed, x.o.Owner, why))...)
	if err != nil {
		return err
	}
	if change != nil {
		if err := change(&b, next.execution()); err != nil {
			return err
		}
		if b.Puts[0], err = x.put(next); err != nil {
			return err
		}
	}
	b.Release = []store.Release{release}
	if err := x.addReply(ctx, &b, next.execution(), liveState{}); err != nil {
		return err
	}
	return x.commit(ctx, j, next, b)
}

// retry has an execution tried again because a policy says so.
func (x *Executor) retry(ctx context.Context, j *job, ended bot.Status, fault *bot.Fault) error {
	ctx = context.WithoutCancel(ctx)
	r := j.action.Rules.Retry
	n := j.record.execution().Retries + 1
	why := fmt.Sprintf("It %s: %s Tried again %s (%d of %d, policy %s).", ended, fault.Text, after(r.Delay), n, r.Max, r.Policy)
	err := x.delay(ctx, j, func(b *store.Batch, e *bot.Execution) error {
		e.Retries = n
		line := outcome(e, x.o.Owner, j.claim.Fence)
		line.Status, line.Code, line.Why = ended, fault.Code, fault.Text
		return x.note(b, e, line)
	}, store.Release{Claim: j.claim, Delay: r.Delay}, why)
	if bot.ErrorCode(err) == bot.CodeConflict { // canceled at the same moment, the only change that others make to it
		return x.endCanceled(ctx, j, fault.Text)
	}
	return err
}

func after(d time.Duration) string {
	if d == 0 {
		return "at once"
	}
	return "in " + d.String()
}
