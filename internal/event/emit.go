package event

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/trigger"
)

// Event is something that happened.
type Event struct {
	Trigger string
	With    map[string]any
	Payload any
	Source  string
	Dedupe  string // names the delivery; the same one twice is one event. Empty: never the same
	Cause   bot.Cause
}

// accepted is the record behind a dedupe key.
type accepted struct {
	Instance string `json:"instance"`
}

// Emit checks an event and makes it durable in one step. When it returns without error, the rules will see it. A delivery that came before
// returns the event that it became. CodeNotFound: no such trigger; CodeInvalid: the payload is not what it carries; CodeUnavailable: not
// accepted.
func (x *Engine) Emit(ctx context.Context, e Event) (Instance, error) {
	const op = "event.emit"
	kind, err := x.Content().Triggers.Find(e.Trigger)
	if err != nil {
		return Instance{}, err
	}
	if wrong := kind.CheckPayload(e.Payload); len(wrong) > 0 {
		return Instance{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("The payload of %s is wrong: %s.", e.Trigger, strings.Join(wrong, "; ")), nil)
	}
	now, err := x.Store.Now(ctx)
	if err != nil {
		return Instance{}, err
	}
	i := x.instance(e, now)
	var b store.Batch
	if err := x.add(&b, i, e.Dedupe); err != nil {
		return Instance{}, err
	}
	err = x.Store.Commit(ctx, b)
	if err != nil && e.Dedupe != "" {
		// It was there, or the write was made and its answer got lost.
		if earlier, lookErr := x.earlier(ctx, e.Dedupe); lookErr == nil {
			return earlier, nil
		}
	}
	return i, err
}

func (x *Engine) instance(e Event, now time.Time) Instance {
	return Instance{
		ID: bot.NewID(now, x.Random.Uint64()), Trigger: e.Trigger, With: e.With, Payload: Payload{e.Payload}, Source: e.Source, At: now, Cause: e.Cause,
		Status: Pending,
	}
}

// add puts an event and its way to the rules into a batch.
func (x *Engine) add(b *store.Batch, i Instance, dedupe string) error {
	p, err := x.putInstance(i, store.Absent)
	if err != nil {
		return err
	}
	b.Puts = append(b.Puts, p)
	b.Enqueue = append(b.Enqueue, store.Entry{Queue: workQueue, ID: i.ID})
	if dedupe == "" {
		return nil
	}
	p, err = put(store.Key{Kind: kindDedupe, ID: dedupe}, accepted{i.ID}, store.Absent, x.o.Retention)
	b.Puts = append(b.Puts, p)
	return err
}

func (x *Engine) earlier(ctx context.Context, dedupe string) (Instance, error) {
	got, err := x.Store.Get(ctx, store.Key{Kind: kindDedupe, ID: dedupe})
	if err != nil {
		return Instance{}, err
	}
	doc, err := store.Decode[accepted](got.Data)
	if err != nil {
		return Instance{}, err
	}
	return x.Instance(ctx, doc.Value.Instance)
}

// Ended adds to the batch that ends an execution the events that tell of it, where any rule waits for them. It is for executor.Parts.
func (x *Engine) Ended(ctx context.Context, b *store.Batch, e *bot.Execution) error {
	for _, name := range []string{trigger.Action, trigger.Notify} {
		if !x.awaited(ctx, name) {
			continue
		}
		i := x.instance(Event{Trigger: name, Payload: x.tellOf(e), Source: "executor", Cause: deeper(e.Cause)}, e.Ended)
		if err := x.add(b, i, ""); err != nil {
			return err
		}
	}
	return nil
}

// deeper is the cause of an event that an execution brought about.
func deeper(c bot.Cause) bot.Cause {
	if c.Event != "" {
		c.Depth++
	}
	return c
}

// awaited reports whether any rule waits for the trigger, also one that is turned off: somebody may just be turning it on. Where the rules
// cannot be read, one may.
func (x *Engine) awaited(ctx context.Context, name string) bool {
	set, err := x.rules(ctx)
	return err != nil || slices.ContainsFunc(set.list, func(r *rule.Rule) bool { return r.Trigger == name })
}

// tellOf is what events tell of an execution that has ended. Secrets are masked.
func (x *Engine) tellOf(e *bot.Execution) map[string]any {
	params, runner := map[string]any(nil), ""
	if action, err := x.Catalog.Action(e.Action); err == nil { // without it nothing tells what is secret
		params, runner = param.Mask(action.Spec, e.Params), action.Spec.Runner
	}
	result := map[string]any{"summary": e.Summary}
	if e.Error != nil {
		result["error"] = e.Error.Text
	}
	pack, name, _ := strings.Cut(e.Action, ".")
	return map[string]any{
		"execution_id": e.ID, "status": string(e.Status), "action_ref": e.Action, "action_name": name, "pack": pack, "runner_ref": runner,
		"start_timestamp": e.Created.UTC().Format(time.RFC3339Nano), "end_timestamp": e.Ended.UTC().Format(time.RFC3339Nano),
		"parameters": params, "result": result, "user": e.Identity.ID, "rule": e.Cause.Rule,
	}
}
