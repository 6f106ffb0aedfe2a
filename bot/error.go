package bot

import (
	"errors"
	"strings"
	"time"
)

// Code says what kind of fault an Error is. It steers the program; it is never shown alone.
type Code string

// The codes. A caller may branch on them; a new one needs a caller that does.
const (
	CodeInvalid     Code = "invalid"      // what the person gave is wrong; the text says which part
	CodeNotFound    Code = "not_found"    // the thing named does not exist
	CodeDenied      Code = "denied"       // this identity may not do it
	CodeConflict    Code = "conflict"     // the state is not the one that was expected
	CodeForbidden   Code = "forbidden"    // the target's own rules refuse it
	CodeUnavailable Code = "unavailable"  // the target or the store cannot be reached now
	CodeRateLimited Code = "rate_limited" // the target asks to slow down
	CodeHeld        Code = "held"         // an adapter put it off by itself and asked nobody; it is no failure
	CodeAuth        Code = "auth"         // the target does not accept our credentials
	CodeBadAnswer   Code = "bad_answer"   // the target answered something that cannot be read
	CodeTimeout     Code = "timeout"      // it took longer than it was allowed to
	CodeCanceled    Code = "canceled"     // a person or a shutdown stopped it
	CodeFenced      Code = "fenced"       // another worker owns this execution now
	CodePoison      Code = "poison"       // it took several workers with it and is not tried again
	CodeUnsupported Code = "unsupported"  // this build or runner cannot do it
	CodeInternal    Code = "internal"     // a fault of ours
)

// Error is the one error type of Petrel. Code steers, Text is for the person in the chat and names the next step, Err is the
// cause for the log. Op says where, as area.thing.verb.
type Error struct {
	Code Code
	Op   string
	Text string
	Err  error
	// Fields are the complaints of Text that are about one named value each, by its name.
	Fields map[string]string
	// Wait is how long the target asked to be left alone, zero when it did not say.
	Wait time.Duration
}

// Error returns the line for the log: operation, text and cause.
func (e *Error) Error() string {
	parts := make([]string, 0, 3)
	for _, s := range []string{e.Op, e.Text} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	if len(parts) == 0 {
		return string(e.Code)
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// E builds an Error. Wrap once per border between areas.
func E(code Code, op, text string, cause error) *Error {
	return &Error{Code: code, Op: op, Text: text, Err: cause}
}

// ErrorCode returns the code of the outermost Error in the chain, CodeInternal for any other error and "" for nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Code != "" {
		return e.Code
	}
	return CodeInternal
}

// ErrorWait returns the longest wait that a target in the chain asked for, zero when none did.
func ErrorWait(err error) time.Duration {
	var wait time.Duration
	for err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok {
			break
		}
		wait, err = max(wait, e.Wait), e.Err
	}
	return wait
}

// ErrorFields returns the complaints about named values of the outermost Error in the chain that has some.
func ErrorFields(err error) map[string]string {
	for err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok {
			return nil
		}
		if len(e.Fields) > 0 {
			return e.Fields
		}
		err = e.Err
	}
	return nil
}

// ErrorText returns the first text for people in the chain, or "" when there is none: the caller then says that something
// unexpected happened and names an id to quote.
func ErrorText(err error) string {
	for err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok {
			return ""
		}
		if e.Text != "" {
			return e.Text
		}
		err = e.Err
	}
	return ""
}
