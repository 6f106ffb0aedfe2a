package executor

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// result is what a handler returned, kept apart from the execution because it is large and written once.
type result struct {
	Blocks []bot.Block     `json:"blocks,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
}

// maxResult is how many bytes of a result's data are kept.
const maxResult = 4 << 20

// putResult returns the put that keeps a result; none for one that has nothing beside its summary.
func (x *Executor) putResult(id string, r bot.Result) ([]store.Put, error) {
	if len(r.Blocks) == 0 && r.Data == nil {
		return nil, nil
	}
	put, err := putValue(store.Key{Kind: kindResult, ID: id}, result{Blocks: r.Blocks, Data: x.resultData(id, r.Data)}, x.o.Retention)
	return []store.Put{put}, err
}

// resultData returns a result's data as JSON, or a sentence in its place: what a handler did is recorded in any case.
func (x *Executor) resultData(id string, value any) json.RawMessage {
	if value == nil {
		return nil
	}
	data, err := json.Marshal(value)
	switch {
	case err != nil:
		x.Log.Error("the data of a result cannot be written as JSON", "execution", id, "op", "executor.result.put", "err", err)
		data, _ = json.Marshal("The data was left out: it cannot be written as JSON.") // a string always marshals
	case len(data) > maxResult:
		data, _ = json.Marshal(fmt.Sprintf("%d bytes of data were left out: more than %d are not kept.", len(data), maxResult))
	}
	return data
}

// Execution returns the execution whose id begins with the given characters. CodeInvalid when they are no id or fit several,
// CodeNotFound when they fit none.
func (x *Executor) Execution(ctx context.Context, prefix string) (bot.Execution, error) {
	const op = "executor.history.execution"
	if !bot.IsIDPrefix(prefix) {
		return bot.Execution{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf(
			"%q is not an execution id. Give at least %d of its first characters, 0-9 and a-f.", prefix, bot.MinPrefix), nil)
	}
	page, err := x.Store.List(ctx, store.Query{Kind: kindExecution, Index: allIndex, Prefix: prefix, Limit: 2})
	if err != nil {
		return bot.Execution{}, err
	}
	switch len(page.Records) {
	case 0:
		return bot.Execution{}, bot.E(bot.CodeNotFound, op, fmt.Sprintf("There is no execution %s. Type executions to see the latest.", prefix), nil)
	case 1:
		doc, err := store.Decode[bot.Execution](page.Records[0].Data)
		return doc.Value, err
	}
	return bot.Execution{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("Several executions begin with %s. Give more characters.", prefix), nil)
}

// Result returns what the handler of an ended execution returned; the zero Result when it returned nothing.
func (x *Executor) Result(ctx context.Context, e bot.Execution) (bot.Result, error) {
	got, err := x.Store.Get(ctx, store.Key{Kind: kindResult, ID: e.ID})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return bot.Result{Summary: e.Summary}, nil
	}
	if err != nil {
		return bot.Result{}, err
	}
	doc, err := store.Decode[result](got.Data)
	if err != nil {
		return bot.Result{}, err
	}
	r := bot.Result{Summary: e.Summary, Blocks: doc.Value.Blocks}
	if len(doc.Value.Data) > 0 {
		r.Data = doc.Value.Data
	}
	return r, nil
}

// Wait returns the execution once it has ended, or ctx's error.
func (x *Executor) Wait(ctx context.Context, id string) (bot.Execution, error) {
	return x.Follow(ctx, id, func(bot.Execution) {})
}

// Follow is Wait, and tells now and then how the execution stands meanwhile.
func (x *Executor) Follow(ctx context.Context, id string, stands func(bot.Execution)) (bot.Execution, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended, err := x.Store.Subscribe(ctx, endTopic(id))
	if err != nil {
		return bot.Execution{}, err
	}
	for {
		r, err := x.load(ctx, id)
		if err != nil || r.execution().Status.Ended() {
			return executionOf(r), err
		}
		stands(*r.execution())
		timer := x.Clock.NewTimer(scan)
		select {
		case <-ctx.Done():
		case <-ended:
		case <-timer.C():
		}
		timer.Stop()
		if err := ctx.Err(); err != nil {
			return *r.execution(), err
		}
	}
}

func executionOf(r *record) bot.Execution {
	if r == nil {
		return bot.Execution{}
	}
	return *r.execution()
}

// Rerun accepts the action of an execution again with the same parameters, for the person who asks now. For an abandoned one that is the
// answer that it had no effect, which only one person can give: CodeConflict when the question has been answered otherwise.
func (x *Executor) Rerun(ctx context.Context, old bot.Execution, c Command) (bot.Execution, error) {
	action, err := x.Catalog.Action(old.Action)
	if err != nil {
		return bot.Execution{}, err
	}
	c.Action, c.Parent, c.Trace = old.Action, old.ID, old.Trace
	c.Params, err = x.openParams(action.Spec, old.Params)
	if err != nil {
		return bot.Execution{}, err
	}
	for _, p := range action.Spec.Params { // what the caller cannot set is taken from the spec again
		if p.Immutable {
			delete(c.Params, p.Name)
		}
	}
	if old.Status != bot.Abandoned || old.Resolution != nil {
		return x.Accept(ctx, c)
	}
	question, err := x.unresolved(ctx, old.ID)
	if err != nil {
		return bot.Execution{}, err
	}
	return x.acceptAnswering(ctx, c, question)
}
