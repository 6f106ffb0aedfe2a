package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/access"
	"github.com/petrelops/petrel/internal/catchup"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/notify"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/render"
	"github.com/petrelops/petrel/internal/schedule"
	"github.com/petrelops/petrel/internal/sensor"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/telemetry"
	"github.com/petrelops/petrel/internal/web"
)

// Options say what to build.
type Options struct {
	Config config.Config
	Owner  string // names this process in histories
	Log    *slog.Logger
	// Console, when set, is the terminal to talk to. Its IDs and Complete are filled in.
	Console *console.Options
	// Chats says to join the chat platforms that are configured.
	Chats bool
	// Gate takes the place of the configured permissions; tests use it to change its mind.
	Gate executor.Gate
}

// App is Petrel, ready to run.
type App struct {
	Executor  *executor.Executor
	Desk      *chat.Desk
	Events    *event.Engine
	Sensors   *sensor.Frame
	Schedules *schedule.Keeper
	Notices   *notify.Keeper
	Keys      *datastore.Keys
	Console   *console.Adapter // nil when Options.Console was
	Web       *web.Server      // nil where no address is configured, and in a shell

	authority *access.Authority
	groups    map[string]string // node groups
	gate      executor.Gate
	render    *render.Renderer
	content   atomic.Pointer[chat.Content]
	triggers  atomic.Pointer[event.Content]
	set       *pack.Set             // what content was made of
	problems  []pack.Problem        // of the packs of set
	polls     bool                  // a shell, which comes and goes, polls no sensor and runs no schedule
	sensors   map[string]bot.Sensor // the code that there is, by ref
	chats     []bot.Adapter
	watch     *catchup.Watch     // nil where nothing has to be watched
	metrics   *telemetry.Metrics // nil where nobody can read them
	hooks     hooks
	log       *slog.Logger
	closers   []func() error // undone last in, first out
}

// New builds Petrel and reads the packs. What it opened is closed again when it fails half way.
func New(ctx context.Context, o Options) (_ *App, err error) {
	a := &App{log: o.Log, authority: &access.Authority{}, groups: o.Config.Clary.Groups, sensors: map[string]bot.Sensor{}, polls: o.Chats || o.Console != nil}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	s, err := openStore(ctx, o)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, s.Close)
	s = a.measured(o, mutated(s))
	key, err := openKey(o.Config)
	if err != nil {
		return nil, err
	}
	if err := SetAccess(a.authority, o.Config.Access, a.groups); err != nil {
		return nil, err
	}
	if a.gate = o.Gate; a.gate == nil {
		a.gate = a.authority
	}
	a.Keys = datastore.NewTelling(s, key, func(ctx context.Context, b *store.Batch, c datastore.Change) error {
		return a.Events.KeyChanged(ctx, b, c)
	})
	a.render = render.New(a.Keys, o.Config.Clary.Groups)
	a.Executor = executor.New(executor.Parts{
		Store: s, Catalog: current{a}, Templates: a.render, Present: a.present, Gate: a.gate, Seal: key, Clock: clock.System(), Random: random.System(), Log: o.Log,
		Ended: func(ctx context.Context, b *store.Batch, e *bot.Execution) error { return a.Events.Ended(ctx, b, e) },
		Told:  a.hooks.ended,
	}, executorOptions(o))
	a.addEvents(o, s)
	a.addSchedules(o, s)
	if err := a.addNotices(o, s); err != nil {
		return nil, err
	}
	a.Desk = chat.New(chat.Parts{
		Content: a.content.Load, Engine: a.Executor, Freezes: a.Executor.Freezes(), People: a.authority, Gate: a.gate, Rules: a.authority, Templates: a.render, Clock: clock.System(), Log: o.Log,
		Watchers: watchers{a}, Schedules: a.Schedules, Notices: notices{a.Notices, a}, Told: a.hooks.answered,
	})
	if err := a.load(o.Config); err != nil {
		return nil, err
	}
	a.addSensors(o, s)
	if o.Chats { // a shell, which comes and goes, does not repeat what the daemon has logged
		a.lintAccess()
	}
	if err := a.addChats(o, s); err != nil {
		return nil, err
	}
	if err := a.addWeb(o, s); err != nil {
		return nil, err
	}
	return a, a.addConsole(ctx, o)
}

// patience is short enough to look like an answer at once, and longer than most reads take.
const patience = 200 * time.Millisecond

func executorOptions(o Options) executor.Options {
	c := o.Config.Executor
	return executor.Options{
		Owner: o.Owner, Workers: c.Workers, Lease: c.Lease, Timeout: c.Timeout, Drain: c.Drain, Retention: c.Retention, AuditRetention: c.Audit,
		Patience: patience, BreakGlass: glass(o.Config.Guards.BreakGlass), Repeat: o.Config.Guards.Repeat, Rate: o.Config.Guards.Rate,
	}
}

// glass is the approval that the configuration names for what is to run in spite of a freeze, or nil.
func glass(c config.BreakGlass) *policy.Approval {
	if len(c.Roles)+len(c.Users) == 0 {
		return nil
	}
	return &policy.Approval{
		Policy: policy.BreakGlass, Roles: c.Roles, Users: c.Users, Required: c.Required, TTL: c.TTL, Channel: c.Channel, Reason: c.Reason == "required",
	}
}

func (a *App) addConsole(ctx context.Context, o Options) error {
	if o.Console == nil {
		return nil
	}
	options := *o.Console
	options.IDs = func() string { return bot.NewID(clock.System().Now(), random.System().Uint64()) }
	options.Complete = a.complete(context.WithoutCancel(ctx), options.Person)
	options.Log = o.Log
	var err error
	a.Console, err = console.New(options)
	return err
}

// Content returns what can be typed and done now.
func (a *App) Content() *chat.Content { return a.content.Load() }

// current is the catalog of the content that is current.
type current struct{ app *App }

// Action implements executor.Catalog.
func (c current) Action(ref string) (executor.Action, error) {
	return c.app.content.Load().Actions.Action(ref)
}

// Run works until ctx ends: it executes, delivers replies and talks to the console. With untilConsoleEnds it also returns when the
// console has reached the end of its input.
func (a *App) Run(ctx context.Context, untilConsoleEnds bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var parts errgroup.Group
	run := func(part func(context.Context) error) {
		parts.Go(func() error {
			err := part(ctx)
			if err != nil {
				stop() // one part that fails takes the others with it
			}
			return err
		})
	}
	run(a.Executor.Run)
	run(a.Events.Run)
	run(a.Notices.Run)
	if a.polls {
		run(a.Sensors.Run)
		run(func(ctx context.Context) error { return a.Schedules.Run(ctx, a.Desk) })
	}
	if a.Web != nil {
		run(a.Web.Run)
	}
	run(a.warnOfFaults)
	if a.polls { // a shell, which comes and goes, does not repeat what the daemon has logged
		run(a.warnOfRules)
	}
	a.runChats(run)
	if a.Console != nil {
		run(func(ctx context.Context) error { return a.Executor.Deliver(ctx, a.posts(a.Console)) })
		run(func(ctx context.Context) error {
			err := a.Console.Run(ctx, a.Desk)
			if untilConsoleEnds {
				stop()
			}
			return err
		})
	}
	return parts.Wait()
}

// Close releases what New opened.
func (a *App) Close() error {
	var errs []error
	for _, c := range slices.Backward(a.closers) {
		errs = append(errs, c())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// complete offers what can be typed next at the console.
func (a *App) complete(ctx context.Context, person string) func(line string) []console.Completion {
	return func(line string) []console.Completion {
		var list []console.Completion
		for _, c := range a.Desk.Complete(ctx, bot.Origin{Adapter: "console", User: person}, line) {
			list = append(list, console.Completion{Value: c.Word, Help: c.Help})
		}
		return list
	}
}
