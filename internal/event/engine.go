package event

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/expr"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/trigger"
)

// Content is what packs say about events. It does not change; a reload makes a new one.
type Content struct {
	Rules    []*rule.Rule
	Triggers trigger.Types
}

// Acceptor makes a wish durable (executor.Executor).
type Acceptor interface {
	Accept(ctx context.Context, c executor.Command) (bot.Execution, error)
}

// Templates renders what rules write as templates.
type Templates interface {
	// Keys returns the datastore as patterns of criteria may read it.
	Keys(who bot.Identity) expr.Lookup
	// RuleParams returns the parameters of the action that a rule runs for an event.
	RuleParams(ctx context.Context, r *rule.Rule, spec *bot.ActionSpec, payload any, who bot.Identity) (map[string]any, error)
}

// People knows who is behind an account. A rule's account is rule:<ref>.
type People interface {
	Identify(o bot.Origin) bot.Identity
}

// Options are the engine's settings. The zero value of each takes the default named beside it.
type Options struct {
	Owner     string        // names this process to people who look; "petrel"
	Retention time.Duration // how long events and what came of them are kept; 7 days
	Lease     time.Duration // how long a process may be silent before another takes its event over; 30 s
}

// Parts are what the engine works with.
type Parts struct {
	Store     store.Store
	Content   func() *Content
	Read      func(text string) (*rule.Rule, error) // reads and checks a rule that belongs to no pack. CodeInvalid tells all faults
	Catalog   executor.Catalog
	Executor  Acceptor
	Templates Templates
	People    People
	Gate      executor.Gate
	Clock     clock.Clock
	Random    random.Source
	Log       *slog.Logger
	Watch     Watcher // nil tells nobody
}

// Watcher is told what rules do.
type Watcher interface {
	// Event is told of each event that the rules have seen, with its source and what became of it.
	Event(source, status string)
	// Rule is told of each rule that matched, or could not decide. An event that comes again after a fault is told again.
	Rule(ref, status string)
}

// Engine accepts events and has rules act on them.
type Engine struct {
	Parts
	o Options

	// mu guards the rules as packs and people have them now.
	mu      sync.Mutex
	current *ruleSet
	read    map[string]readRule // by ref: what was made of stored rules last
}

// scan is how often a waiting part looks by itself, in case a notice was lost.
const scan = 2 * time.Second

// New returns an engine. It accepts events at once; Run makes it work.
func New(p Parts, o Options) *Engine {
	if o.Owner == "" {
		o.Owner = "petrel"
	}
	if o.Retention <= 0 {
		o.Retention = 7 * 24 * time.Hour
	}
	if o.Lease <= 0 {
		o.Lease = 30 * time.Second
	}
	return &Engine{Parts: p, o: o, read: map[string]readRule{}}
}

// Run processes events and emits those of timers until ctx ends.
func (x *Engine) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var parts errgroup.Group
	for _, part := range []func(context.Context) error{x.work, x.watchSwitches, x.timers} {
		parts.Go(func() error {
			defer stop() // one part that fails takes the others with it
			return part(ctx)
		})
	}
	return parts.Wait()
}

// origin is where a rule asks from.
func origin(r *rule.Rule) bot.Origin { return bot.Origin{Adapter: executor.RuleAdapter, User: r.Ref()} }
