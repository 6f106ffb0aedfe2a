package executor_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/seal"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
	"github.com/petrelops/petrel/internal/target"
)

// lease is the default of executor.Options.
const lease = 30 * time.Second

var (
	ann = bot.Identity{ID: "ann", Name: "Ann"}
	bob = bot.Identity{ID: "bob", Name: "Bob"}
)

// world is one data folder with what all executors on it share. Its time, which is the store's, stands still unless a test moves it.
type world struct {
	testing.TB
	ctx     context.Context //nolint:containedctx // one test, one deadline
	dir     string
	time    *clock.Fake
	catalog catalog
	gate    *gate
	seal    *seal.Key
	log     *logBook
}

func newWorld(tb testing.TB, actions ...executor.Action) *world {
	tb.Helper()
	// Not the test's own context, which ends before the clean-ups that need one.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), 20*time.Second)
	tb.Cleanup(cancel)
	w := &world{
		TB: tb, ctx: ctx, dir: tb.TempDir(), log: &logBook{}, gate: &gate{}, catalog: catalog{},
		time: clock.NewFake(time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)),
	}
	for _, a := range actions {
		w.catalog[a.Spec.Ref()] = a
	}
	key, err := seal.OpenKey(filepath.Join(w.dir, "petrel.key"))
	w.must(err)
	w.seal = key
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// refused demands an error with the code and returns its text.
func (w *world) refused(want bot.Code, err error) string {
	w.Helper()
	if got := bot.ErrorCode(err); got != want {
		w.Fatalf("got code %q, want %q; the error is %v", got, want, err)
	}
	return bot.ErrorText(err)
}

// store opens one more handle on the data folder, as another process would.
func (w *world) store() *sqlite.Store {
	w.Helper()
	s, err := sqlite.Open(w.ctx, sqlite.Options{Dir: w.dir, Clock: w.time})
	w.must(err)
	w.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.Error(err)
		}
	})
	return s
}

// process is an executor with its own store handle and its own clock, which stands still as well: what it does, it does because it
// was woken and not because a second went by.
type process struct {
	*executor.Executor
	world *world
	store store.Store
	clock *clock.Fake
}

func (w *world) process(o executor.Options) *process {
	w.Helper()
	return w.processOn(w.store(), o)
}

func (w *world) processOn(s store.Store, o executor.Options) *process {
	p := &process{world: w, store: s, clock: clock.NewFake(w.time.Now())}
	p.Executor = executor.New(executor.Parts{
		Store: s, Catalog: w.catalog, Templates: templates{}, Gate: w.gate, Seal: w.seal, Clock: p.clock, Random: random.System(), Log: slog.New(w.log),
	}, o)
	return p
}

// templates stands for the templates of packs: each is the name of a parameter that holds a node set.
type templates struct{}

func (templates) Targets(_ context.Context, list []string, params map[string]any) ([]string, error) {
	var names []string
	for _, t := range list {
		text, _ := params[t].(string)
		expanded, err := target.Expand(text, nil)
		if err != nil {
			return nil, err
		}
		names = append(names, expanded...)
	}
	return names, nil
}

// Holds knows one fact: what is set and true.
func (templates) Holds(_ context.Context, condition string, facts map[string]any) (bool, error) {
	v, ok := facts[condition]
	if !ok {
		return false, bot.E(bot.CodeInvalid, "test.holds", "There is no "+condition+".", nil)
	}
	return v != "" && v != 0, nil
}

func (templates) Defaults(_ context.Context, spec *bot.ActionSpec, _ map[string]any, _ bot.Identity) (*bot.ActionSpec, error) {
	return spec, nil
}

// running starts a process with the defaults.
func (w *world) running() *process {
	w.Helper()
	p := w.process(executor.Options{})
	p.start(p.Run)
	return p
}

// dying starts a process that is to die while it runs one execution: it has no worker left that could take the execution back.
func (w *world) dying() *process {
	w.Helper()
	p := w.process(executor.Options{Workers: 1})
	p.start(p.Run)
	return p
}

// start runs a part of the executor until stop is called or the test is over. stop moves the process's clock on, so that nobody is
// waited for longer than the executor itself would.
func (p *process) start(run func(context.Context) error) (stop func()) {
	p.world.Helper()
	ctx, cancel := context.WithCancel(p.world.ctx)
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := tick(p, time.Minute, ended); err != nil {
				p.world.Error(err)
			}
		})
	}
	p.world.Cleanup(stop)
	return stop
}

// tick moves the process's clock on until there is something to receive: by d, and again by d each time somebody begins to wait. d is at
// least what the slowest of them waits for.
func tick[T any](p *process, d time.Duration, from <-chan T) T {
	p.world.Helper()
	for {
		_, made := p.clock.Waiters()
		p.clock.Advance(d)
		select {
		case v := <-from:
			return v
		case <-made:
		case <-p.world.ctx.Done():
			p.world.Fatal("waited in vain")
		}
	}
}

// settle waits until the worker loop, the heartbeat, the janitor and the recoverer all wait for the process's clock.
func (p *process) settle() {
	p.world.Helper()
	for {
		pending, made := p.clock.Waiters()
		if pending >= 4 {
			return
		}
		receive(p.world, made)
	}
}

// receive waits for a value without moving any clock.
func receive[T any](w *world, from <-chan T) T {
	w.Helper()
	select {
	case v := <-from:
		return v
	case <-w.ctx.Done():
		w.Fatal("waited in vain")
	}
	panic("unreachable")
}

// command is ann's wish to run an action, asked in the chat.
func command(action string, params map[string]any) executor.Command {
	return executor.Command{
		Action: action, Params: params, Identity: ann, Text: action,
		Origin: bot.Origin{Adapter: "chat", Channel: "ops", User: "U1"},
	}
}

func (p *process) accept(c executor.Command) bot.Execution {
	p.world.Helper()
	e, err := p.Accept(p.world.ctx, c)
	p.world.must(err)
	return e
}

// ended waits for the end of an execution and demands its status.
func (p *process) ended(id string, want bot.Status) bot.Execution {
	p.world.Helper()
	e, err := p.Wait(p.world.ctx, id)
	p.world.must(err)
	if e.Status != want {
		p.world.Fatalf("it ended %s with %+v, want %s; the history is %+v", e.Status, e.Error, want, e.History)
	}
	return e
}

// does runs an action to its end.
func (p *process) does(action string, want bot.Status) bot.Execution {
	p.world.Helper()
	return p.ended(p.accept(command(action, nil)).ID, want)
}

func (p *process) look(id string) bot.Execution {
	p.world.Helper()
	e, err := p.Execution(p.world.ctx, id)
	p.world.must(err)
	return e
}

// all returns every execution.
func (p *process) all() []bot.Execution {
	p.world.Helper()
	list, err := p.Executions(p.world.ctx, executor.Filter{Limit: 1000})
	p.world.must(err)
	return list
}

// reply is what the living reply of an execution shows, as the outbox would post it.
func (w *world) reply(s store.Store, key string) bot.Reply {
	w.Helper()
	got, err := s.Get(w.ctx, store.Key{Kind: "reply", ID: key})
	w.must(err)
	doc, err := store.Decode[bot.Posting](got.Data)
	w.must(err)
	return doc.Value.Reply
}

func statuses(e bot.Execution) []bot.Status {
	var list []bot.Status
	for _, m := range e.History {
		list = append(list, m.Status)
	}
	return list
}

// texts returns the paragraphs of a reply.
func texts(r bot.Reply) []string {
	var list []string
	for _, b := range r.Blocks {
		if b.Text != "" {
			list = append(list, b.Text)
		}
	}
	return list
}

func says(r bot.Reply, text string) bool { return slices.Contains(texts(r), text) }

// offers reports whether a reply has a button with the command.
func offers(r bot.Reply, command string) bool {
	return slices.ContainsFunc(r.Blocks, func(b bot.Block) bool {
		return slices.ContainsFunc(b.Buttons, func(x bot.Button) bool { return x.Command == command })
	})
}

// claimOf claims what is in a queue, as somebody else.
func claimOf(queue string) store.ClaimOptions {
	return store.ClaimOptions{Queue: queue, Owner: "test", Lease: lease, Max: 100}
}

func released(claims []store.Claim) store.Batch {
	var b store.Batch
	for _, c := range claims {
		b.Release = append(b.Release, store.Release{Claim: c})
	}
	return b
}
