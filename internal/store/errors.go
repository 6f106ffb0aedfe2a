package store

import (
	"context"
	"errors"

	"github.com/petrelops/petrel/bot"
)

const errOp = "store.commit"

// Conflict returns the error for a condition that did not hold.
func Conflict(k Key) error {
	return &bot.Error{Code: bot.CodeConflict, Op: errOp, Text: "Someone else changed " + k.Kind + " " + k.ID + " at the same moment. Look at it and try again."}
}

// Fenced returns the error for a claim that is no longer current.
func Fenced(c Claim) error {
	return &bot.Error{Code: bot.CodeFenced, Op: errOp, Text: "Another worker owns " + c.Queue + " " + c.ID + " now."}
}

// NotFound returns the error for a record that is not there.
func NotFound(k Key) error {
	return &bot.Error{Code: bot.CodeNotFound, Op: "store.get", Text: "There is no " + k.Kind + " " + k.ID + "."}
}

// Ended returns nil while ctx lives, and then the error of a call that did not take effect because of its end.
func Ended(ctx context.Context, op string) error {
	cause := ctx.Err()
	if cause == nil {
		return nil
	}
	if errors.Is(cause, context.DeadlineExceeded) {
		return bot.E(bot.CodeTimeout, op, "The store was not reached in time. Try again.", cause)
	}
	return bot.E(bot.CodeCanceled, op, "It was stopped before anything was stored.", cause)
}
