package event_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/render"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/seal"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
	"github.com/petrelops/petrel/internal/trigger"
)

// world is one data folder with a pack of rules. Its time stands still unless a test moves it.
type world struct {
	testing.TB
	time    *clock.Fake
	dir     string
	content *event.Content
	denied  bool
	noNote  bool            // the action test.note is gone
	keys    *datastore.Keys // of the process that was made last
}

// newWorld makes a world with rules, each the text of a rule file without its name, which is r0, r1 and so on.
func newWorld(tb testing.TB, rules ...string) *world {
	tb.Helper()
	w := &world{TB: tb, time: clock.NewFake(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)), dir: tb.TempDir(), content: &event.Content{Triggers: trigger.Types{}}}
	for _, kind := range []*trigger.Type{
		{Pack: "test", Name: "happened", Payload: map[string]any{"type": "object", "properties": map[string]any{"n": map[string]any{"type": "integer"}}}},
		{Pack: "core", Name: "st2.IntervalTimer"},
		{Pack: "core", Name: "st2.DateTimer"},
		{Pack: "core", Name: "st2.CronTimer"},
		{Pack: "core", Name: "st2.generic.actiontrigger"},
		{Pack: "core", Name: "st2.webhook"},
	} {
		w.must(kind.Compile())
		w.content.Triggers[kind.Ref()] = kind
	}
	for i, text := range rules {
		name := string(rune('a' + i))
		r, problems := pack.ReadRule(name+".yaml", "test", []byte("name: "+name+"\nenabled: true\n"+text))
		if pack.HasErrors(problems) {
			tb.Fatal(problems)
		}
		w.content.Rules = append(w.content.Rules, r)
	}
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// process is a Petrel with its own handle on the store.
type process struct {
	*event.Engine
	world    *world
	store    store.Store
	keys     *datastore.Keys
	executor *executor.Executor
	acceptor *acceptor
	die      func() // nil where nobody dies
}

// acceptor passes on to an executor and tells of each wish that was accepted.
type acceptor struct {
	*executor.Executor
	before, after func()
}

func (a *acceptor) Accept(ctx context.Context, c executor.Command) (bot.Execution, error) {
	if a.before != nil {
		a.before()
	}
	e, err := a.Executor.Accept(ctx, c)
	if a.after != nil {
		a.after()
	}
	return e, err
}

// Action implements executor.Catalog with an action that does nothing, and one that writes a key.
func (w *world) Action(ref string) (executor.Action, error) {
	if ref == "test.write" {
		return executor.Action{Spec: &bot.ActionSpec{Pack: "test", Name: "write", Enabled: true, Class: bot.Idempotent}, Handler: bot.Bind(writer{w})}, nil
	}
	if ref != "test.note" || w.noNote {
		return executor.Action{}, bot.E(bot.CodeNotFound, "test.catalog", "There is no action "+ref+".", nil)
	}
	text, whole := map[string]any{"type": "string"}, map[string]any{"type": "integer"}
	return executor.Action{
		Spec: &bot.ActionSpec{Pack: "test", Name: "note", Enabled: true, Class: bot.Read, Params: []bot.Param{
			{Name: "text", Type: "string", Schema: text}, {Name: "n", Type: "integer", Schema: whole},
		}},
		Handler: bot.Bind(noter{}),
	}, nil
}

type noteParams struct {
	Text string `json:"text"`
	N    int64  `json:"n"`
}

type noter struct{}

// writer writes another value each time.
type writer struct{ *world }

func (w writer) Do(ctx context.Context, job bot.Job, _ struct{}) (bot.Result, error) {
	_, err := w.keys.Set(ctx, datastore.Write{
		Key: datastore.Key{Scope: datastore.System, Name: "n"}, Value: job.Request().Execution, Cause: job.Request().Cause,
	})
	return bot.Result{}, err
}

func (noter) Do(context.Context, bot.Job, noteParams) (bot.Result, error) { return bot.Result{}, nil }

// Allow implements executor.Gate.
func (w *world) Allow(bot.Call) bot.Decision {
	return bot.Decision{Allowed: !w.denied, Why: "Rules may do nothing here. Ask an admin."}
}

// read reads a rule that comes with no pack.
func (w *world) read(text string) (*rule.Rule, error) {
	r, problems := pack.ReadRule("rule", pack.DefaultPack, []byte(text))
	if pack.HasErrors(problems) {
		return nil, bot.E(bot.CodeInvalid, "test.read", problems[0].Text, nil)
	}
	if _, err := w.Action(r.Action); err != nil {
		return nil, bot.E(bot.CodeInvalid, "test.read", bot.ErrorText(err), nil)
	}
	return r, nil
}

// Identify implements event.People.
func (w *world) Identify(o bot.Origin) bot.Identity { return bot.Identity{ID: o.Account()} }

func (w *world) process() *process {
	w.Helper()
	s, err := sqlite.Open(w.Context(), sqlite.Options{Dir: w.dir, Clock: w.time})
	w.must(err)
	return w.on(s, w.time, event.Options{})
}

// on is a process on a store, which it closes.
func (w *world) on(s store.Store, c clock.Clock, o event.Options) *process {
	w.Helper()
	w.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.Error(err)
		}
	})
	key, err := seal.OpenKey(filepath.Join(w.dir, "petrel.key"))
	w.must(err)
	p := &process{world: w, store: s, acceptor: &acceptor{}}
	p.keys = datastore.NewTelling(s, key, func(ctx context.Context, b *store.Batch, c datastore.Change) error { return p.KeyChanged(ctx, b, c) })
	w.keys = p.keys
	renderer := render.New(p.keys, nil)
	parts := executor.Parts{
		Store: s, Catalog: w, Templates: renderer, Gate: w, Seal: key, Clock: c, Random: random.System(), Log: slog.New(slog.DiscardHandler),
		Ended: func(ctx context.Context, b *store.Batch, e *bot.Execution) error { return p.Ended(ctx, b, e) },
	}
	p.executor = executor.New(parts, executor.Options{})
	p.acceptor.Executor = p.executor
	p.Engine = event.New(event.Parts{
		Store: s, Content: func() *event.Content { return w.content }, Read: w.read, Gate: w, Catalog: w, Executor: p.acceptor, Templates: renderer, People: w, Clock: c,
		Random: random.System(), Log: slog.New(slog.DiscardHandler),
	}, o)
	return p
}

// emit accepts an event.
func (p *process) emit(e event.Event) event.Instance {
	p.world.Helper()
	i, err := p.Emit(p.world.Context(), e)
	p.world.must(err)
	return i
}

// settle processes events until none is due.
func (p *process) settle() {
	p.world.Helper()
	for {
		n, err := p.Turn(p.world.Context())
		p.world.must(err)
		if n == 0 {
			return
		}
	}
}

// fired returns what was accepted: each text of test.note, sorted.
func (p *process) fired() []string {
	p.world.Helper()
	list, err := p.executor.Executions(p.world.Context(), executor.Filter{Limit: 10_000})
	p.world.must(err)
	var texts []string
	for _, e := range list {
		text, _ := e.Params["text"].(string)
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}
