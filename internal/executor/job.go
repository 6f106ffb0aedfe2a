package executor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/freeze"
	"github.com/petrelops/petrel/internal/redact"
	"github.com/petrelops/petrel/internal/store"
)

// Why a running handler is told to stop.
var (
	errCanceled = errors.New("canceled by a person")
	errStopping = errors.New("petrel is being stopped")
	errFenced   = errors.New("another worker owns the execution")
	errTimedOut = errors.New("the action's time is over")
	errLater    = errors.New("left to the next attempt")        // not a reason to stop: the stages could not begin
	errBlocked  = errors.New("somebody else has what it needs") // nor this: it waits for its turn
	errAsked    = errors.New("people are asked")                // nor this: that it waits for them is on record
)

// job is one claimed execution on its way through the stages. It is also what a handler sees as bot.Job.
type job struct {
	x      *Executor
	claim  store.Claim
	record *record
	action Action
	params map[string]any // opened
	plan   *bot.Plan
	// freezes are what it was found to be under.
	freezes []freeze.Freeze
	result  bot.Result
	// redact takes secret parameters out of what the handler says.
	redact redact.Redactor
	// finding is what Verify found out, if it did.
	finding bot.Finding

	stop context.CancelCauseFunc // ends the handler's context, for one of the reasons above

	trusted time.Time // until when the claim is surely ours, by this process's clock; guarded by Executor.mu

	progress *reporter

	// mu guards done: marks that wait for the next durable write.
	mu   sync.Mutex
	done map[string]bot.Checkpoint
}

// maxDone is how many done marks are kept back before they are written for their own sake.
const maxDone = 256

func (j *job) Request() bot.Request {
	e := j.record.execution()
	attempt := e.Attempts
	if e.Status != bot.Running { // it is being planned
		attempt++
	}
	return bot.Request{Execution: e.ID, Action: e.Action, Identity: e.Identity, Origin: e.Origin, Attempt: attempt, Cause: e.Cause}
}

func (j *job) Plan() *bot.Plan { return j.plan }

func (j *job) Progress(p bot.Progress) {
	p.Text = j.redact.Text(p.Text)
	j.progress.report(p)
}

// returned keeps what the handler returned, without secrets.
func (j *job) returned(r bot.Result) {
	j.result = bot.Result{Summary: j.redact.Text(r.Summary), Blocks: j.redact.Blocks(r.Blocks), Data: j.redact.Data(r.Data)}
}

func (j *job) Checkpoints(ctx context.Context) (map[string]bot.Checkpoint, error) {
	marks := map[string]bot.Checkpoint{}
	q := store.Query{Kind: kindCheckpoint, Index: checkpointIndex(j.series())}
	for {
		var page store.Page
		err := j.patiently(ctx, func() (err error) { page, err = j.x.Store.List(ctx, q); return err })
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			doc, err := store.Decode[bot.Checkpoint](r.Data)
			if err != nil {
				return nil, err
			}
			marks[doc.Value.Target] = doc.Value
		}
		if page.Next == "" {
			return marks, nil
		}
		q.After = page.Next
	}
}

func (j *job) Mark(ctx context.Context, c bot.Checkpoint) error {
	// A lost done mark costs a repeatable action one read. For class once it is all that is known after a death.
	if c.Phase == bot.Done && j.record.execution().Class.Repeatable() {
		j.mu.Lock()
		j.done[c.Target] = c
		full := len(j.done) >= maxDone
		j.mu.Unlock()
		if !full {
			return nil
		}
		return j.writeMarks(ctx)
	}
	j.mu.Lock()
	delete(j.done, c.Target) // the target is begun anew
	j.mu.Unlock()
	return j.writeMarks(ctx, c)
}

// writeMarks makes the given marks durable, and the done marks that wait.
func (j *job) writeMarks(ctx context.Context, marks ...bot.Checkpoint) error {
	puts, err := j.marks(marks...)
	if err != nil || len(puts) == 0 {
		return err
	}
	if err := j.write(ctx, store.Batch{Puts: puts}); err != nil {
		return err
	}
	return failpoint.Hit(ctx, failpoint.CheckpointAfter)
}

// write commits what does not change the execution itself, as long as the claim holds.
func (j *job) write(ctx context.Context, b store.Batch) error {
	b.Guards = []store.Claim{j.claim}
	return j.patiently(ctx, func() error { return j.x.Store.Commit(ctx, b) })
}

// patiently tries a call again that a handler makes on the store, while the store cannot be reached and the claim is surely ours: a store that is
// away for a moment is no reason to fail. A handler whose claim is lost, or may be by now, is stopped; the next worker carries on.
func (j *job) patiently(ctx context.Context, call func() error) error {
	err := call()
	for j.x.worthAnotherTry(ctx, err, j.x.trustedUntil(j)) {
		err = call()
	}
	if code := bot.ErrorCode(err); code == bot.CodeFenced || code == bot.CodeUnavailable && ctx.Err() == nil {
		j.stop(errFenced)
	}
	return err
}

// marks takes the waiting done marks and returns them as puts together with the given ones.
func (j *job) marks(marks ...bot.Checkpoint) ([]store.Put, error) {
	j.mu.Lock()
	waiting := j.done
	j.done = map[string]bot.Checkpoint{}
	j.mu.Unlock()
	all := slices.Concat(marks, slices.Collect(maps.Values(waiting)))
	puts := make([]store.Put, 0, len(all))
	for _, c := range all {
		c.Note = j.redact.Text(c.Note)
		put, err := putValue(store.Key{Kind: kindCheckpoint, ID: j.series() + "/" + c.Target}, c, checkpointLife)
		if err != nil {
			return nil, err
		}
		put.Index = []store.Index{checkpointIndex(j.series())}
		puts = append(puts, put)
	}
	return puts, nil
}

// series names the checkpoints of the attempts that belong together: a retry by policy begins anew, where one after a death goes on.
func (j *job) series() string {
	if n := j.record.execution().Retries; n > 0 {
		return fmt.Sprintf("%s.%d", j.claim.ID, n)
	}
	return j.claim.ID
}

func checkpointIndex(series string) store.Index {
	return store.Index{Name: "execution", Value: series}
}
