package handlertest

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
)

// attempt plans, as the executor does, and carries out. It returns the job for what it has seen.
func (c Case) attempt(ctx context.Context, o JobOptions, params map[string]any) (*Job, error) {
	o.Request = c.Request
	if c.Handler.Plan != nil {
		plan, err := c.Handler.Plan(ctx, c.Request, params)
		if err != nil {
			return NewJob(o), err
		}
		o.Plan = &plan
	}
	job := NewJob(o)
	_, err := c.Handler.Do(ctx, job, params)
	return job, err
}

// full runs the case once to its end on a fresh target and returns how many writes that took.
func (c Case) full(ctx context.Context) (*Job, int, error) {
	c.Target.Reset()
	before := c.Target.Writes()
	job, err := c.attempt(ctx, JobOptions{}, c.Params)
	writes := c.Target.Writes() - before
	if err == nil && writes < 2 {
		err = fmt.Errorf("the parameters lead to %d writes, which is too few to show anything", writes)
	}
	return job, writes, err
}

// twice carries the same order out again as a new execution. It may refuse; it must not lead elsewhere.
func (c Case) twice(ctx context.Context) error {
	if _, _, err := c.full(ctx); err != nil {
		return err
	}
	once := c.Target.State()
	_, refused := c.attempt(ctx, JobOptions{}, c.Params)
	if d := cmp.Diff(once, c.Target.State()); d != "" {
		return fmt.Errorf("twice is not once (-once +twice), error %w:\n%s", refused, d)
	}
	return nil
}

// resumeWritesNothing repeats an attempt whose worker died after the last target and before the result.
func (c Case) resumeWritesNothing(ctx context.Context) error {
	job, _, err := c.full(ctx)
	if err != nil {
		return err
	}
	if len(job.Reported()) == 0 {
		err = errors.New("no progress was reported")
	}
	return errors.Join(err, c.same(func() error {
		_, err := c.attempt(ctx, JobOptions{Earlier: job.Left()}, c.Params)
		return err
	}))
}

// moment arms a job so that it cancels at a certain point.
type moment func(o *JobOptions, cancel context.CancelFunc)

func atIntent(o *JobOptions, cancel context.CancelFunc) {
	o.OnMark = func(bot.Checkpoint) error { cancel(); return nil }
}

func atProgress(o *JobOptions, cancel context.CancelFunc) {
	o.OnProgress = func(bot.Progress) { cancel() }
}

// cancel stops an attempt on its way and then, where the class allows it, lets a second attempt finish the work.
func (c Case) cancel(ctx context.Context, at moment) error {
	_, all, err := c.full(ctx)
	if err != nil {
		return err
	}
	goal := c.Target.State()

	c.Target.Reset()
	before := c.Target.Writes()
	stoppable, cancel := context.WithCancel(ctx)
	defer cancel()
	var o JobOptions
	at(&o, cancel)
	job, err := c.attempt(stoppable, o, c.Params)
	done := c.Target.Writes() - before

	var faults []error
	if done == all {
		faults = append(faults, fmt.Errorf("all %d writes were made in spite of the cancel", all))
	}
	if bot.ErrorCode(err) != bot.CodeCanceled {
		faults = append(faults, fmt.Errorf("code %q after a cancel (%w)", bot.ErrorCode(err), err))
	}
	if done > 0 && len(job.Marks()) == 0 {
		faults = append(faults, fmt.Errorf("%d writes and no checkpoint", done))
	}
	if c.Class == bot.Idempotent {
		faults = append(faults, c.finish(ctx, job, goal))
	}
	return errors.Join(faults...)
}

// finish is the attempt after the one of job.
func (c Case) finish(ctx context.Context, job *Job, goal any) error {
	_, err := c.attempt(ctx, JobOptions{Earlier: job.Left()}, c.Params)
	if d := cmp.Diff(goal, c.Target.State()); d != "" {
		return errors.Join(err, fmt.Errorf("the attempt after the cancel does not arrive (-want +got):\n%s", d))
	}
	return err
}
