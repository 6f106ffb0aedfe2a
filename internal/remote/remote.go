// Package remote says what it means that a call to a chat platform failed: what people are told, whether the call may have had its effect,
// and whether another one may go better.
package remote

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
)

// Platform is the name of a platform in what people are told.
type Platform string

// Limited is the error of a call that is to be made later.
func (p Platform) Limited(op string, wait time.Duration, cause error) *bot.Error {
	e := bot.E(bot.CodeRateLimited, op, fmt.Sprintf("%s asks to slow down. Try again in %s.", p, max(wait.Round(time.Second), time.Second)), cause)
	e.Wait = wait
	return e
}

// Broken is the error of a call that the platform could not do. detail is what it says of that.
func (p Platform) Broken(op string, detail any, cause error) *bot.Error {
	return bot.E(bot.CodeUnavailable, op, fmt.Sprintf("%s has a fault of its own (%v). Try again in a moment.", p, detail), cause)
}

// Unanswered is the error of a call that got no answer.
func (p Platform) Unanswered(op string, cause error) *bot.Error {
	switch {
	case errors.Is(cause, context.DeadlineExceeded):
		return bot.E(bot.CodeTimeout, op, fmt.Sprintf("%s did not answer in time. Try again in a moment.", p), cause)
	case errors.Is(cause, context.Canceled):
		return bot.E(bot.CodeCanceled, op, "", cause)
	}
	return bot.E(bot.CodeUnavailable, op, fmt.Sprintf("%s cannot be reached. Try again when it is back.", p), cause)
}

// Undecided reports whether the call may have had its effect although it failed.
func Undecided(err error) bool {
	switch bot.ErrorCode(err) {
	case bot.CodeUnavailable, bot.CodeTimeout, bot.CodeCanceled, bot.CodeBadAnswer:
		return true
	}
	return false
}

// WorthAnotherTry reports whether the same call may go better later.
func WorthAnotherTry(err error) bool {
	return Undecided(err) || bot.ErrorCode(err) == bot.CodeRateLimited
}
