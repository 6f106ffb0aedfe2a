package sensor

import (
	"context"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/failpoint"
)

// manyEvents is from how many events on it is thought that there are more: the next poll follows at once.
const manyEvents = 500

// watch is the bot.Watch of one poll.
type watch struct {
	frame   *Frame
	spec    Spec
	value   string // the cursor as it was read or kept last
	version int64
	events  int
	full    bool
	warning string
	missed  int
	flood   error // why an event was not taken: there were too many
}

func (w *watch) key() datastore.Key {
	return datastore.Key{Scope: datastore.System, Name: w.spec.Cursor}
}

// Cursor implements bot.Watch.
func (w *watch) Cursor(ctx context.Context) (string, error) {
	e, err := w.frame.Keys.Get(ctx, w.key())
	if bot.ErrorCode(err) == bot.CodeNotFound {
		w.value, w.version = "", 0
		return "", nil
	}
	if err != nil {
		return "", err
	}
	w.value, w.version = e.Value, e.Version
	return e.Value, nil
}

// Emit implements bot.Watch.
func (w *watch) Emit(ctx context.Context, e bot.Event) error {
	if err := w.frame.admit(w.spec.Ref); err != nil {
		w.flood = err
		return err
	}
	if err := w.frame.Emit(ctx, w.spec.Ref, e); err != nil {
		return err
	}
	if err := failpoint.Hit(ctx, failpoint.EmitAfter); err != nil {
		return err
	}
	w.events++
	w.full = w.events >= manyEvents
	return nil
}

// Advance implements bot.Watch.
func (w *watch) Advance(ctx context.Context, from, to string) error {
	if from != w.value {
		return bot.E(bot.CodeConflict, "sensor.watch.advance", "Another process moved the cursor.", nil)
	}
	e, err := w.frame.Keys.CompareAndSet(ctx, datastore.Write{Key: w.key(), Value: to, By: "sensor:" + w.spec.Ref}, w.version)
	if err != nil {
		return err
	}
	w.value, w.version = to, e.Version
	return nil
}

// Warn implements bot.Watch.
func (w *watch) Warn(ctx context.Context, text string) {
	w.warning = text
	w.frame.Log.WarnContext(ctx, "a sensor warns", "op", "sensor.watch.warn", "sensor", w.spec.Ref, "text", text)
}

// Missed implements bot.Watch.
func (w *watch) Missed(ctx context.Context, events int, text string) {
	w.missed += events
	w.Warn(ctx, text)
}
