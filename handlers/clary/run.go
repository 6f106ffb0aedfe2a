package clary

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/petrelops/petrel/bot"
)

// task is what set, ensure and comment do differently.
type task struct {
	op string
	// look surveys hosts and works out what is to be done with each.
	look lookAt
	// resume judges a host that an earlier attempt began; false means that the work goes on.
	resume func(begun bot.Checkpoint, ch bot.Change, o *outcome) bool
	// would says what a dry run leaves out.
	would func(ch bot.Change) string
	// already says what to write about a host that needs nothing.
	already string
	// do works on one host between its two checkpoints. It fills in the outcome.
	do func(ctx context.Context, h *hand)
	// once says that an intent leaves a doubt that no reading can settle.
	once bool
	// known reports whether a fault leaves no doubt about what was done, so that the host is marked as done.
	known func(f *fault) bool
}

// hand is the work on one host.
type hand struct {
	outcome
	*run
	change bot.Change
}

// run carries an order out, host by host. It lives for one Do.
type run struct {
	task
	client   *Client
	job      bot.Job
	order    order
	planned  map[string]bot.Change
	earlier  map[string]bot.Checkpoint
	outcomes []outcome
	crew     *crew
	through  atomic.Int64
}

// carryOut works on every host of the order and returns how each ended, in the order given. The error is nil unless the work
// could not begin or another worker took over: what went wrong with a host is in its outcome.
func (c *Client) carryOut(ctx context.Context, job bot.Job, o order, t task) ([]outcome, error) {
	planned, unfit, err := c.work(ctx, o, job.Plan(), t.look)
	if err != nil {
		return nil, err
	}
	earlier, err := job.Checkpoints(ctx)
	if err != nil {
		return nil, err
	}
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &run{
		task: t, client: c, job: job, order: o, planned: planned, earlier: earlier,
		outcomes: make([]outcome, len(o.hosts)), crew: newCrew(o.concurrency, stop),
	}
	for i, host := range o.hosts {
		r.outcomes[i] = outcome{host: host, was: planned[host].From, now: planned[host].From}
	}
	r.take(unfit)
	prepare, work := func(i int) bool { return r.prepare(working, i) }, func(i int) { r.work(working, i) }
	if t.once {
		// An intent that is written long before its call would leave more hosts in doubt after a crash.
		prepare, work = always, func(i int) {
			if r.prepare(working, i) {
				r.work(working, i)
			}
		}
	}
	r.crew.each(len(o.hosts), prepare, work)
	cause := context.Cause(working)
	switch {
	case cause == nil, ctx.Err() != nil, errors.Is(cause, errGaveUp):
		return r.outcomes, nil
	case bot.ErrorCode(cause) != bot.CodeFenced && len(failed(r.outcomes)) == 0:
		// Every host is done. That one of them could not be noted has nothing left to keep from happening.
		return r.outcomes, nil
	}
	return r.outcomes, cause
}

// take puts the hosts that cannot be worked on into the outcomes.
func (r *run) take(failed []outcome) {
	byHost := make(map[string]outcome, len(failed))
	for _, o := range failed {
		byHost[o.host] = o
	}
	for i := range r.outcomes {
		if o, ok := byHost[r.outcomes[i].host]; ok {
			r.outcomes[i] = o
		}
	}
}

// prepare settles what can be settled without a call and writes the intent. It reports whether there is work to do.
func (r *run) prepare(ctx context.Context, i int) bool {
	o := &r.outcomes[i]
	ch := r.planned[o.host]
	begun, again := r.earlier[o.host]
	switch {
	case o.fault != nil:
		r.finish(i)
		return false
	case ctx.Err() != nil:
		o.fault = stopped(ctx, "")
		r.finish(i)
		return false
	case again && r.resume(begun, ch, o):
		r.finish(i)
		return false
	case !again && r.order.stale(ch.From) != nil:
		o.fault = r.order.stale(ch.From)
		r.finish(i)
		return false
	case len(ch.Path) == 0:
		o.did = r.already
		r.finish(i)
		return false
	}
	err := r.job.Mark(ctx, bot.Checkpoint{Target: o.host, Phase: bot.Intent, From: ch.From, Path: ch.Path})
	if err != nil {
		r.unmarked(ctx, i, err)
		return false
	}
	return true
}

// unmarked ends everything: without its intent on record no host may be touched.
func (r *run) unmarked(ctx context.Context, i int, err error) {
	r.outcomes[i].fault = stopped(ctx, "")
	if ctx.Err() == nil {
		r.crew.stop(err)
	}
	r.finish(i)
}

func (r *run) work(ctx context.Context, i int) {
	defer r.finish(i)
	h := &hand{outcome: r.outcomes[i], run: r, change: r.planned[r.outcomes[i].host]}
	if ctx.Err() != nil {
		h.fault = stopped(ctx, "")
	} else {
		r.do(ctx, h)
	}
	r.outcomes[i] = h.outcome
	if h.fault != nil && !r.known(h.fault) {
		return // the intent stays: what became of it must be looked at
	}
	// A cancel must not lose what is known to be done.
	err := r.job.Mark(context.WithoutCancel(ctx), bot.Checkpoint{
		Target: h.host, Phase: bot.Done, From: h.change.From, Path: h.change.Path, Note: h.said(),
	})
	if err != nil && ctx.Err() == nil {
		r.crew.stop(err)
	}
}

// finish counts a host that is through.
func (r *run) finish(i int) {
	r.crew.saw(r.outcomes[i].fault)
	r.job.Progress(bot.Progress{Done: int(r.through.Add(1)), Total: len(r.outcomes)})
}

// entry returns what a write of this run leaves in the logbook.
func (r *run) entry(comment string) entry {
	return entry{id: r.order.id, comment: comment, user: r.order.user, impacting: r.order.impacting}
}
