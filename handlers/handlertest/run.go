package handlertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
)

// Target is the outside world of a handler, as the test sees it.
type Target interface {
	// Reset brings back the state in which Case.Params changes every target that it names.
	Reset()
	// Writes returns how many writes had an effect since the beginning. It must not come from the handler.
	Writes() int
	// State returns what an effect changes, without times and counters, to be compared with go-cmp.
	State() any
}

// Case describes one action.
type Case struct {
	Handler bot.Handler
	Class   bot.Class
	Request bot.Request
	// Params are valid. For a class that mutates they name at least two targets and change each.
	Params map[string]any
	Target Target
	// Refused are parameters with which the action must fail.
	Refused []Refused
}

// Refused is a run that must fail, with what its error must say.
type Refused struct {
	Name   string
	Params map[string]any
	Code   bot.Code
	Says   []string // parts of the text for people: the target and the cause among them
}

// Check is one promise.
type Check struct {
	Name string
	// Holds returns everything that speaks against the promise.
	Holds func(ctx context.Context) error
}

// Run checks the case. Every promise is a subtest.
func Run(t *testing.T, c Case) {
	t.Helper()
	for _, check := range c.Checks() {
		t.Run(check.Name, func(t *testing.T) {
			if err := check.Holds(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Checks returns the promises that the class of the action makes.
func (c Case) Checks() []Check {
	checks := []Check{{"declaration", c.declaration}}
	for _, r := range c.Refused {
		checks = append(checks, Check{"refused: " + r.Name, func(ctx context.Context) error { return c.refused(ctx, r) }})
	}
	if !c.Class.Mutates() {
		return append(checks, Check{"reading writes nothing", c.readWritesNothing})
	}
	checks = append(checks,
		Check{"plan writes nothing", c.planWritesNothing},
		Check{"nothing is touched without an intent", c.intentFirst},
		Check{"cancel at the first intent", func(ctx context.Context) error { return c.cancel(ctx, atIntent) }},
		Check{"cancel after the first target", func(ctx context.Context) error { return c.cancel(ctx, atProgress) }},
		Check{"what was through is not repeated", c.resumeWritesNothing},
	)
	if c.Class == bot.Idempotent {
		checks = append(checks, Check{"twice equals once", c.twice})
	}
	return checks
}

// declaration checks what an action of the class must have.
func (c Case) declaration(context.Context) error {
	var faults []error
	if !c.Class.Valid() {
		faults = append(faults, fmt.Errorf("the class %q is none", c.Class))
	}
	if c.Class.Mutates() && c.Handler.Plan == nil {
		faults = append(faults, errors.New("an action that changes something has a Plan"))
	}
	if c.Class == bot.Once && c.Handler.Verify == nil {
		faults = append(faults, errors.New("an action of class once has a Verify"))
	}
	return errors.Join(faults...)
}

func (c Case) refused(ctx context.Context, r Refused) error {
	c.Target.Reset()
	_, err := c.attempt(ctx, JobOptions{}, r.Params)
	var faults []error
	if got := bot.ErrorCode(err); got != r.Code {
		faults = append(faults, fmt.Errorf("code %q, want %q (%w)", got, r.Code, err))
	}
	text := bot.ErrorText(err)
	for _, part := range r.Says {
		if !strings.Contains(text, part) {
			faults = append(faults, fmt.Errorf("the text %q does not say %q", text, part))
		}
	}
	return errors.Join(faults...)
}

func (c Case) readWritesNothing(ctx context.Context) error {
	return c.untouched(func() error {
		_, err := c.attempt(ctx, JobOptions{}, c.Params)
		return err
	})
}

func (c Case) planWritesNothing(ctx context.Context) error {
	return c.untouched(func() error {
		plan, err := c.Handler.Plan(ctx, c.Request, c.Params)
		if err == nil && (len(plan.Lines) == 0 || len(plan.Changes) == 0) {
			err = fmt.Errorf("the plan has %d lines and %d changes, want some of each", len(plan.Lines), len(plan.Changes))
		}
		return err
	})
}

// intentFirst fences the job before it begins. A handler that writes all the same does not wait for its intent.
func (c Case) intentFirst(ctx context.Context) error {
	return c.untouched(func() error {
		fenced := func(bot.Checkpoint) error { return bot.E(bot.CodeFenced, "handlertest.job.mark", "", nil) }
		_, err := c.attempt(ctx, JobOptions{OnMark: fenced}, c.Params)
		if bot.ErrorCode(err) != bot.CodeFenced {
			return fmt.Errorf("error %w, want the one of Mark", err)
		}
		return nil
	})
}

// untouched runs do on a fresh target and returns what it changed.
func (c Case) untouched(do func() error) error {
	c.Target.Reset()
	return c.same(do)
}

func (c Case) same(do func() error) error {
	before, state := c.Target.Writes(), c.Target.State()
	faults := []error{do()}
	if writes := c.Target.Writes() - before; writes != 0 {
		faults = append(faults, fmt.Errorf("%d writes, want none", writes))
	}
	if d := cmp.Diff(state, c.Target.State()); d != "" {
		faults = append(faults, fmt.Errorf("the target changed (-before +after):\n%s", d))
	}
	return errors.Join(faults...)
}
