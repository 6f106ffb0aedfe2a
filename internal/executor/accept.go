package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/target"
)

// Command is a wish to run an action.
type Command struct {
	Action   string
	Params   map[string]any // of the action's types, not yet checked against its schema
	Identity bot.Identity
	Origin   bot.Origin
	Text     string // what was typed, for the record
	Dedupe   string // names the delivery; the same one twice is one execution. Empty: never the same
	Parent   string // the execution that this one runs again
	Trace    string // a tag for what belongs together; empty: none
	Alias    string // the ref of the alias that was matched; empty: none
	Silence  bot.Silence
	Cause    bot.Cause     // the event that wishes it; zero for a person
	Keep     time.Duration // how long the delivery is remembered; zero is a day
	// BreakGlass asks for it in spite of freezes.
	BreakGlass bool
	// DryRun wants no more than to be told what it would do.
	DryRun bool
}

// secondLook is how long is looked for what became of a write without an answer. With the 2 s of that write a person hears within 2.5 s.
const secondLook = 300 * time.Millisecond

// accepted is the record behind a dedupe key.
type accepted struct {
	Execution string `json:"execution"`
}

// Accept checks the command and makes it durable in one atomic step: dedupe key, execution, queue entry and first reply. When it
// returns without error the command cannot be lost. A delivery that was accepted before returns the execution that it became.
// CodeNotFound, CodeUnsupported, CodeInvalid and CodeDenied carry a text for the person; CodeUnavailable means not accepted.
func (x *Executor) Accept(ctx context.Context, c Command) (bot.Execution, error) {
	return x.acceptAnswering(ctx, c, nil)
}

// acceptAnswering is Accept; answered, when there is one, is the abandoned execution whose question the command answers in the same step.
func (x *Executor) acceptAnswering(ctx context.Context, c Command, answered *record) (bot.Execution, error) {
	e, err := x.accept(ctx, c, answered)
	if err == nil {
		return e, nil
	}
	if c.Dedupe != "" {
		if bot.ErrorCode(err) == bot.CodeUnavailable { // it took its time already, and somebody waits for the answer
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, secondLook)
			defer cancel()
		}
		// What allowed it the first time may have changed since, or the write was made and its answer got lost: the first time counts.
		e, lookErr := x.earlier(ctx, c.Dedupe)
		switch {
		case lookErr == nil:
			return e, nil
		case bot.ErrorCode(err) == bot.CodeConflict && answered == nil && !isRepeated(err):
			return bot.Execution{}, lookErr
		}
	}
	if bot.ErrorCode(err) == bot.CodeDenied || errors.Is(err, errFrozen) {
		err = errors.Join(err, x.Deny(ctx, c, bot.ErrorText(err)))
	}
	return bot.Execution{}, err
}

func (x *Executor) accept(ctx context.Context, c Command, answered *record) (_ bot.Execution, err error) {
	var t slot
	if answered == nil { // an answer is never too much
		var give func()
		if t, give, err = x.rates.take(c.Identity.ID, x.Clock.Now()); err != nil {
			return bot.Execution{}, err
		}
		t.shared = t.who != "" && !unread(c.Origin)
		defer func() {
			if err != nil { // it was not accepted, or had been before
				give()
			}
		}()
	}
	r, spec, err := x.admit(ctx, c)
	if err == nil {
		err = failpoint.Hit(ctx, failpoint.Receive)
	}
	if err != nil {
		return bot.Execution{}, err
	}
	e := r.execution()
	batch, err := x.acceptBatch(ctx, r, c)
	if err != nil {
		return bot.Execution{}, err
	}
	if err := x.note(&batch, e, audit.Entry{What: audit.Asked, Params: param.Mask(spec, e.Params), Why: wordFor(e)}); err != nil {
		return bot.Execution{}, err
	}
	if answered != nil {
		found := bot.Resolution{Finding: bot.NotHappened, By: c.Identity.ID, At: e.Created}
		if err := x.addResolution(ctx, &batch, answered, found); err != nil {
			return bot.Execution{}, err
		}
	}
	if err := x.once(ctx, &batch, e, spec); err != nil {
		return bot.Execution{}, err
	}
	if err := x.commitSlot(ctx, batch, t, e.Created); err != nil {
		if bot.ErrorCode(err) == bot.CodeConflict { // perhaps the same was accepted at the same moment
			err = errors.Join(x.once(ctx, &store.Batch{}, e, spec), err)
		}
		return bot.Execution{}, err
	}
	return *e, failpoint.Hit(ctx, failpoint.AcceptAfter)
}

// admit runs the checks and returns the execution to be, with the spec of its action.
func (x *Executor) admit(ctx context.Context, c Command) (*record, *bot.ActionSpec, error) {
	action, err := x.Catalog.Action(c.Action)
	if err != nil {
		return nil, nil, err
	}
	spec := action.Spec
	params, err := x.allowed(ctx, spec, c)
	if err != nil {
		return nil, nil, err
	}
	names, err := x.Templates.Targets(ctx, spec.Targets, params)
	if err != nil {
		return nil, nil, err
	}
	if err := x.thawed(ctx, spec, names, c); err != nil {
		return nil, nil, err
	}
	sealed, err := x.sealParams(spec, params)
	if err != nil {
		return nil, nil, err
	}
	now, err := x.Store.Now(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &record{version: store.Absent, doc: document(bot.Execution{
		ID:         bot.NewID(now, x.Random.Uint64()),
		Action:     spec.Ref(),
		Class:      classFor(spec, c),
		Params:     sealed,
		Text:       keptText(spec, params, c.Text),
		Identity:   c.Identity,
		Origin:     c.Origin,
		Parent:     c.Parent,
		Trace:      c.Trace,
		Alias:      c.Alias,
		Targets:    target.Fold(names),
		Silence:    c.Silence,
		Cause:      c.Cause,
		BreakGlass: c.BreakGlass && !c.DryRun,
		DryRun:     c.DryRun,
		Status:     bot.Requested,
		Created:    now,
		History:    []bot.Move{{Status: bot.Requested, At: now, By: c.Identity.ID}},
	})}, spec, nil
}

// allowed asks the permission point and checks the parameters, which it returns as the action takes them.
func (x *Executor) allowed(ctx context.Context, spec *bot.ActionSpec, c Command) (map[string]any, error) {
	const op = "executor.accept.allowed"
	call := bot.Call{Identity: c.Identity, Origin: c.Origin, Action: spec}
	// Permission first: somebody who may not run an action learns nothing about its parameters.
	if d := x.Gate.Allow(call); !d.Allowed {
		return nil, bot.E(bot.CodeDenied, op, d.Why, nil)
	}
	if err := runnable(spec); err != nil {
		return nil, err
	}
	rendered, err := x.Templates.Defaults(ctx, spec, c.Params, c.Identity)
	if err != nil {
		return nil, err
	}
	if call.Params, err = param.Check(rendered, c.Params); err != nil {
		return nil, err
	}
	if d := x.Gate.Allow(call); !d.Allowed {
		return nil, bot.E(bot.CodeDenied, op, d.Why, nil)
	}
	return call.Params, nil
}

func runnable(spec *bot.ActionSpec) error {
	const op = "executor.accept.runnable"
	switch {
	case !spec.Enabled:
		return bot.E(bot.CodeUnsupported, op, fmt.Sprintf("%s is switched off in its pack (enabled: false).", spec.Ref()), nil)
	case spec.NotRunnable != "":
		return bot.E(bot.CodeUnsupported, op, fmt.Sprintf("%s cannot run here: %s.", spec.Ref(), spec.NotRunnable), nil)
	}
	return nil
}

func (x *Executor) acceptBatch(ctx context.Context, r *record, c Command) (store.Batch, error) {
	e := r.execution()
	put, err := x.put(r)
	if err != nil {
		return store.Batch{}, err
	}
	b := store.Batch{Puts: []store.Put{put}, Enqueue: []store.Entry{{Queue: workQueue, ID: e.ID}}}
	if c.Dedupe != "" {
		put, err := putValue(store.Key{Kind: kindDedupe, ID: c.Dedupe}, accepted{e.ID}, max(c.Keep, dedupeLife))
		if err != nil {
			return store.Batch{}, err
		}
		put.If = store.Absent
		b.Puts = append(b.Puts, put)
	}
	return b, x.addReply(ctx, &b, e, liveState{})
}

// earlier returns what a delivery became when it came the first time.
func (x *Executor) earlier(ctx context.Context, dedupe string) (bot.Execution, error) {
	got, err := x.Store.Get(ctx, store.Key{Kind: kindDedupe, ID: dedupe})
	if err != nil {
		return bot.Execution{}, err
	}
	doc, err := store.Decode[accepted](got.Data)
	if err != nil {
		return bot.Execution{}, err
	}
	r, err := x.load(ctx, doc.Value.Execution)
	if err != nil {
		return bot.Execution{}, err
	}
	return *r.execution(), nil
}

// Known reports whether the delivery was accepted and is still on record.
func (x *Executor) Known(ctx context.Context, dedupe string) (bool, error) {
	_, err := x.Store.Get(ctx, store.Key{Kind: kindDedupe, ID: dedupe})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return false, nil
	}
	return err == nil, err
}

// keptText is what is kept of the line that was typed: nothing when it held a secret.
func keptText(spec *bot.ActionSpec, params map[string]any, text string) string {
	for name, value := range params {
		if p, ok := spec.Param(name); ok && p.Secret && value != nil {
			return ""
		}
	}
	return text
}

// sealParams returns the parameters as they are stored: secret ones encrypted.
func (x *Executor) sealParams(spec *bot.ActionSpec, values map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(values))
	for name, value := range values {
		out[name] = value
		if p, ok := spec.Param(name); ok && p.Secret && value != nil {
			sealed, err := x.Seal.Seal(value)
			if err != nil {
				return nil, err
			}
			out[name] = sealed
		}
	}
	return out, nil
}

// openParams is the reverse of sealParams. Whether a value is sealed is told by the spec and never by the value: a person could
// type one that looks sealed.
func (x *Executor) openParams(spec *bot.ActionSpec, stored map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(stored))
	for name, value := range stored {
		out[name] = value
		if p, ok := spec.Param(name); ok && p.Secret && value != nil {
			opened, err := x.Seal.Open(value)
			if err != nil {
				return nil, err
			}
			out[name] = opened
		}
	}
	return out, nil
}
