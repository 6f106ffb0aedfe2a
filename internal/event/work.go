package event

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/queue"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/store"
)

const (
	// atOnce is how many events one process works on at the same time.
	atOnce = 8
	// retryAfter is how long an event waits whose execution could not be accepted because something was out of reach.
	retryAfter = 5 * time.Second
	// maxDepth is how many executions may cause each other through rules, one after the other.
	maxDepth = 10
	// maxDeaths is how many processes an event may take with it.
	maxDeaths = 3
)

// work claims events and processes them until ctx ends.
func (x *Engine) work(ctx context.Context) error {
	w := queue.Worker{Store: x.Store, Clock: x.Clock, Log: x.Log, Queue: workQueue, Scan: scan}
	return w.Run(ctx, x.turn)
}

// turn processes what is due now and returns how many events that were.
func (x *Engine) turn(ctx context.Context) (int, error) {
	claims, err := x.Store.Claim(ctx, store.ClaimOptions{Queue: workQueue, Owner: x.o.Owner, Lease: x.o.Lease, Max: atOnce})
	if err != nil {
		return 0, err
	}
	var group errgroup.Group
	for _, c := range claims {
		group.Go(func() error {
			if err := x.process(ctx, c); err != nil && ctx.Err() == nil {
				x.Log.WarnContext(ctx, "could not process an event", "event", c.ID, "op", "event.work.process", "code", bot.ErrorCode(err), "err", err)
			}
			return nil
		})
	}
	return len(claims), group.Wait()
}

// process holds the rules against one event. What it accepted before it failed, it finds accepted when it comes again.
func (x *Engine) process(ctx context.Context, c store.Claim) error {
	got, err := x.Store.Get(ctx, store.Key{Kind: kindInstance, ID: c.ID})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return x.Store.Commit(ctx, store.Batch{Finish: []store.Claim{c}})
	}
	if err != nil {
		return err
	}
	doc, err := store.Decode[Instance](got.Data)
	if err != nil {
		return err
	}
	i := &doc.Value
	b := store.Batch{Finish: []store.Claim{c}}
	switch {
	case i.Status != Pending:
		return x.Store.Commit(ctx, b)
	case c.Deaths >= maxDeaths:
		i.Status, i.Why = Failed, fmt.Sprintf("%d processes ended while they worked on it", c.Deaths)
	case i.Cause.Depth > maxDepth:
		i.Status, i.Why = Failed, fmt.Sprintf("rules have set each other off %d times in a row, the last one %s; end the circle", i.Cause.Depth, i.Cause.Rule)
		x.Log.ErrorContext(ctx, "rules run in a circle", "event", i.ID, "op", "event.work.depth", "rule", i.Cause.Rule)
	default:
		if err := x.enforceAll(ctx, i, &b); err != nil {
			release := store.Batch{Release: []store.Release{{Claim: c, Delay: retryAfter}}}
			return errors.Join(err, x.Store.Commit(context.WithoutCancel(ctx), release))
		}
		i.Status = Processed
	}
	data, err := doc.Encode()
	if err != nil {
		return err
	}
	p, err := x.putInstance(*i, got.Version)
	if err != nil {
		return err
	}
	p.Data = data // with what a newer Petrel wrote into it
	b.Puts = append(b.Puts, p)
	if err := x.Store.Commit(ctx, b); err != nil {
		return err
	}
	if x.Watch != nil {
		x.Watch.Event(i.Source, string(i.Status))
	}
	return nil
}

// enforceAll has each rule that matches act, and puts what came of it into the batch. Backstop rules have their turn when no other matched.
func (x *Engine) enforceAll(ctx context.Context, i *Instance, b *store.Batch) error {
	rules, err := x.rules(ctx)
	if err != nil {
		return err
	}
	candidates := rules.index.Candidates(rule.Key(i.Trigger, i.With), i.Payload.Data)
	for _, kind := range []string{rule.Standard, rule.Backstop} {
		if kind == rule.Backstop && i.Rules > 0 {
			break
		}
		for _, r := range candidates {
			if r.Type != kind && (r.Type != "" || kind != rule.Standard) {
				continue
			}
			if err := x.enforce(ctx, i, r, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// enforce holds one rule against the event. Only what may go better later is an error; everything else is put on record.
func (x *Engine) enforce(ctx context.Context, i *Instance, r *rule.Rule, b *store.Batch) error {
	who := x.People.Identify(origin(r))
	verdict := x.match(ctx, r, rule.Facts{Payload: i.Payload.Data, Keys: x.Templates.Keys(who), Now: i.At})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !verdict.Match && len(verdict.Faults) == 0 {
		return nil
	}
	e := Enforcement{
		ID: i.ID + "-" + r.Ref(), Rule: r.Ref(), Instance: i.ID, Status: FailedToFire, Reason: strings.Join(verdict.Faults, "; "), At: i.At,
	}
	if verdict.Match {
		i.Rules++
		execution, err := x.fire(ctx, i, r, who)
		switch {
		case err == nil:
			e.Execution, e.Status = execution.ID, Succeeded
		case passing(err):
			return err
		default:
			if e.Reason = bot.ErrorText(err); e.Reason == "" {
				e.Reason = "Something unexpected happened; the log has the rest."
			}
			x.Log.WarnContext(ctx, "a rule could not fire", "event", i.ID, "op", "event.work.fire", "rule", r.Ref(), "code", bot.ErrorCode(err), "err", err)
		}
	}
	if x.Watch != nil {
		x.Watch.Rule(e.Rule, e.Status)
	}
	p, err := x.putEnforcement(e)
	b.Puts = append(b.Puts, p)
	return err
}

// match is Criteria.Match, but for a panic, which must not take the other rules with it.
func (x *Engine) match(ctx context.Context, r *rule.Rule, f rule.Facts) (v rule.Verdict) {
	defer func() {
		if p := recover(); p != nil {
			x.Log.ErrorContext(ctx, "a rule made the matcher panic", "op", "event.work.match", "rule", r.Ref(), "err", p)
			v = rule.Verdict{Faults: []string{"the criteria could not be decided; the log has the rest"}}
		}
	}()
	return r.Compiled.Match(ctx, f)
}

// passing reports whether a fault may be over later.
func passing(err error) bool {
	switch bot.ErrorCode(err) {
	case bot.CodeUnavailable, bot.CodeTimeout, bot.CodeCanceled, bot.CodeRateLimited, bot.CodeConflict:
		return true
	}
	return false
}

// fire has the executor accept what the rule asks for. Rule and event name the delivery, so it happens once, however often it is asked for.
func (x *Engine) fire(ctx context.Context, i *Instance, r *rule.Rule, who bot.Identity) (bot.Execution, error) {
	action, err := x.Catalog.Action(r.Action)
	if err != nil {
		return bot.Execution{}, err
	}
	params, err := x.Templates.RuleParams(ctx, r, action.Spec, i.Payload.Data, who)
	if err != nil {
		return bot.Execution{}, err
	}
	return x.Executor.Accept(ctx, executor.Command{
		Action: r.Action, Params: params, Identity: who, Origin: origin(r), Text: "rule " + r.Ref(), Trace: i.ID,
		Dedupe: "rule/" + r.Ref() + "/" + i.ID, Keep: x.o.Retention,
		Cause: bot.Cause{Rule: r.Ref(), Event: i.ID, Depth: i.Cause.Depth},
	})
}
