package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// RepeatedError says that somebody just ran the same. Whoever wants it all the same runs that execution again.
type RepeatedError struct{ Execution string }

// Error implements error.
func (RepeatedError) Error() string { return "it was run just before" }

func isRepeated(err error) bool {
	_, ok := errors.AsType[RepeatedError](err)
	return ok
}

// latest is the record by which a repetition is known: what a person ran last with these parameters. It lives for the window.
type latest struct {
	Execution string    `json:"execution"`
	At        time.Time `json:"at"`
}

// kindLatest is the kind of these records, by a digest of person, action and parameters.
const kindLatest = "latest"

// once demands that an execution of class once is not what the same person ran within the window, and adds to the batch that it is now what
// he ran last. The condition on that record makes two at the same moment one. Secret parameters are not compared: a digest would tell of them.
func (x *Executor) once(ctx context.Context, b *store.Batch, e *bot.Execution, spec *bot.ActionSpec) error {
	if e.Class != bot.Once || x.o.Repeat <= 0 {
		return nil
	}
	key, err := latestKey(e, spec)
	if err != nil {
		return err
	}
	got, err := x.Store.Get(ctx, key)
	switch {
	case bot.ErrorCode(err) == bot.CodeNotFound:
		got.Version = store.Absent
	case err != nil:
		return err
	default:
		if err := x.repeated(ctx, got, e); err != nil {
			return err
		}
	}
	put, err := putValue(key, latest{e.ID, e.Created}, x.o.Repeat)
	put.If = got.Version
	b.Puts = append(b.Puts, put)
	return err
}

func latestKey(e *bot.Execution, spec *bot.ActionSpec) (store.Key, error) {
	params := map[string]any{}
	for name, value := range e.Params {
		if p, ok := spec.Param(name); !ok || !p.Secret {
			params[name] = value
		}
	}
	data, err := json.Marshal([]any{e.Identity.ID, e.Action, params})
	if err != nil {
		return store.Key{}, bot.E(bot.CodeInternal, "executor.repeat.key", "", err)
	}
	sum := sha256.Sum256(data)
	return store.Key{Kind: kindLatest, ID: hex.EncodeToString(sum[:])}, nil
}

// repeated says that the execution on record is the same as e, unless that one came to nothing or is what e runs again on purpose.
func (x *Executor) repeated(ctx context.Context, got store.Record, e *bot.Execution) error {
	doc, err := store.Decode[latest](got.Data)
	if err != nil {
		return err
	}
	before := doc.Value
	if before.Execution == e.Parent {
		return nil
	}
	r, err := x.load(ctx, before.Execution)
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	old := r.execution()
	if old.Status == bot.Failed || old.Status == bot.Canceled || old.Status.Ended() && old.Started.IsZero() {
		return nil
	}
	again := "again "
	if e.Origin.Adapter == ShellAdapter {
		again = "petrel execution re-run "
	}
	return bot.E(bot.CodeConflict, "executor.repeat.check", fmt.Sprintf(
		"You already ran this %s ago: %s %s is %s. Type %s%s to run it all the same. Nothing was done now.",
		max(e.Created.Sub(before.At), 0).Round(time.Second), e.Action, old.ID, old.Status, again, old.ID), RepeatedError{old.ID})
}
