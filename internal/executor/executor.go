package executor

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/freeze"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
)

// Catalog finds actions by ref. It returns CodeNotFound, with suggestions in the text, for one that it does not have.
type Catalog interface {
	Action(ref string) (Action, error)
}

// Action is a spec with the code that runs it and the policies that it is under. The handler of an action that is not runnable is empty.
type Action struct {
	Spec    *bot.ActionSpec
	Handler bot.Handler
	Rules   policy.Rules
}

// Templates renders what packs write as templates. CodeInvalid says what is wrong with one.
type Templates interface {
	// Targets returns the targets that templates name, given an action's parameters.
	Targets(ctx context.Context, templates []string, params map[string]any) ([]string, error)
	// Holds reports whether a condition is true of the facts.
	Holds(ctx context.Context, condition string, facts map[string]any) (bool, error)
	// Defaults returns the action with its parameters' defaults rendered for whoever asks.
	Defaults(ctx context.Context, spec *bot.ActionSpec, params map[string]any, who bot.Identity) (*bot.ActionSpec, error)
}

// Present changes a living reply to what the alias of its execution wants it to be. The result is empty before the end.
type Present func(ctx context.Context, e bot.Execution, result bot.Result, r bot.Reply) bot.Reply

// Gate is the permission point.
type Gate interface {
	Allow(call bot.Call) bot.Decision
}

// Sealer encrypts secret parameters.
type Sealer interface {
	Seal(value any) (map[string]any, error)
	Open(sealed any) (any, error)
}

// Options are the executor's settings. The zero value of each takes the default named beside it.
type Options struct {
	Owner   string        // names this process in histories; "petrel"
	Workers int           // how many executions run at once; 16
	Lease   time.Duration // how long a worker may be silent before another takes over; 30 s
	Timeout time.Duration // for an action that names none; 10 min
	Drain   time.Duration // how long running actions may go on after a stop was asked for; 20 s
	// Patience is how long a reply that is not the last one is kept back: most actions are done by then, and the chat is spared a
	// message that says no more than that something is coming. 0 keeps none back.
	Patience       time.Duration
	Retention      time.Duration // how long executions are kept after their last change; 30 days
	AuditRetention time.Duration // how long lines of the audit log are kept; 365 days
	// BreakGlass is the approval that lets an execution through a freeze; nil lets none through.
	BreakGlass *policy.Approval
	// Repeat is for how long the same command of class once by the same person is taken for a mistake; 0 takes none for one.
	Repeat time.Duration
	// Rate is how many commands of one person are accepted within a minute, by all processes together; 0 is no limit.
	Rate int
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&o.Lease, 30*time.Second)
	set(&o.Timeout, 10*time.Minute)
	set(&o.Drain, 20*time.Second)
	set(&o.Retention, 30*24*time.Hour)
	set(&o.AuditRetention, 365*24*time.Hour)
	if o.Workers <= 0 {
		o.Workers = 16
	}
	if o.Owner == "" {
		o.Owner = "petrel"
	}
	return o
}

// Parts are what the executor works with.
type Parts struct {
	Store     store.Store
	Catalog   Catalog
	Templates Templates
	Present   Present // nil leaves replies as they are
	// Ended adds to the batch that ends an execution what its end causes. Nil adds nothing.
	Ended func(ctx context.Context, b *store.Batch, e *bot.Execution) error
	// Told is told of each execution that ended here, once that is on record. Nil tells nobody.
	Told   func(e bot.Execution)
	Gate   Gate
	Seal   Sealer
	Clock  clock.Clock
	Random random.Source
	Log    *slog.Logger
}

// Executor accepts commands and runs them.
type Executor struct {
	Parts
	o       Options
	trail   *audit.Trail
	freezes *freeze.Keeper
	rates   *rates

	// mu guards jobs: what this process is running now, by execution id.
	mu   sync.Mutex
	jobs map[string]*job
}

// New returns an executor. It accepts at once; Run makes it work.
func New(p Parts, o Options) *Executor {
	o = o.withDefaults()
	return &Executor{
		Parts: p, o: o, trail: audit.NewTrail(p.Store), freezes: freeze.NewKeeper(p.Store, p.Random, o.AuditRetention), rates: newRates(o.Rate, p.Random), jobs: map[string]*job{},
	}
}

// Run works until ctx ends, then stops taking work, lets running actions go on for the drain time, hands over or ends what is
// left, and returns.
func (x *Executor) Run(ctx context.Context) error {
	// Running work outlives ctx by the drain time, and heartbeats and cancels must outlive running work.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var parts errgroup.Group
	parts.Go(func() error { return x.heartbeat(background) })
	parts.Go(func() error { return x.watchCancels(background) })
	parts.Go(func() error { return x.janitor(background) })
	parts.Go(func() error { return x.recoverer(background) })
	err := x.work(ctx)
	stop()
	if partsErr := parts.Wait(); err == nil {
		err = partsErr
	}
	return err
}

// enter and leave keep the list of running jobs. Where this process lost a lease and claimed the execution anew, the job before may
// still be there: it is stopped, and its leaving must not take the new one off the list.
func (x *Executor) enter(j *job) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if before := x.jobs[j.claim.ID]; before != nil {
		before.stop(errFenced)
	}
	x.jobs[j.claim.ID] = j
}

func (x *Executor) leave(j *job) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.jobs[j.claim.ID] == j {
		delete(x.jobs, j.claim.ID)
	}
}

func (x *Executor) running() []*job {
	x.mu.Lock()
	defer x.mu.Unlock()
	list := make([]*job, 0, len(x.jobs))
	for _, j := range x.jobs {
		list = append(list, j)
	}
	return list
}

func (x *Executor) job(id string) *job {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.jobs[id]
}
