package handlertest

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// JobOptions says what the handler will find. The zero value is a first attempt without a plan.
type JobOptions struct {
	Request bot.Request
	Plan    *bot.Plan
	// Earlier are the marks of earlier attempts.
	Earlier map[string]bot.Checkpoint
	// OnMark, when not nil, is asked at each mark before it counts. Its error is what the handler gets, and the mark is lost.
	OnMark func(bot.Checkpoint) error
	// OnProgress, when not nil, is told each progress.
	OnProgress func(bot.Progress)
}

// Job is a bot.Job that remembers what it was told. It is safe for concurrent use.
type Job struct {
	options JobOptions

	// mu guards the rest.
	mu       sync.Mutex
	fenced   bool
	marks    []bot.Checkpoint
	progress []bot.Progress
}

// NewJob returns a job for one attempt.
func NewJob(o JobOptions) *Job { return &Job{options: o} }

// Request returns the request of the options.
func (j *Job) Request() bot.Request { return j.options.Request }

// Plan returns the plan of the options.
func (j *Job) Plan() *bot.Plan { return j.options.Plan }

// Checkpoints returns the marks of earlier attempts.
func (j *Job) Checkpoints(context.Context) (map[string]bot.Checkpoint, error) {
	return maps.Clone(j.options.Earlier), nil
}

// Progress remembers p.
func (j *Job) Progress(p bot.Progress) {
	j.mu.Lock()
	j.progress = append(j.progress, p)
	j.mu.Unlock()
	if j.options.OnProgress != nil {
		j.options.OnProgress(p)
	}
}

// Mark remembers c. After Fence it returns an error with bot.CodeFenced.
func (j *Job) Mark(ctx context.Context, c bot.Checkpoint) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if j.options.OnMark != nil {
		if err := j.options.OnMark(c); err != nil {
			return err
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fenced {
		return bot.E(bot.CodeFenced, "handlertest.job.mark", "", nil)
	}
	j.marks = append(j.marks, c)
	return nil
}

// Fence lets every further mark fail, as when another worker has taken the execution over.
func (j *Job) Fence() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fenced = true
}

// Marks returns every mark in order.
func (j *Job) Marks() []bot.Checkpoint {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.marks)
}

// Left returns what the next attempt finds: the last mark of each target, those of earlier attempts included.
func (j *Job) Left() map[string]bot.Checkpoint {
	left := map[string]bot.Checkpoint{}
	maps.Copy(left, j.options.Earlier)
	for _, c := range j.Marks() {
		left[c.Target] = c
	}
	return left
}

// Reported returns every progress in order.
func (j *Job) Reported() []bot.Progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.progress)
}
