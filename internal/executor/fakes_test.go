package executor_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

type catalog map[string]executor.Action

func (c catalog) Action(ref string) (executor.Action, error) {
	if a, ok := c[ref]; ok {
		return a, nil
	}
	return executor.Action{}, bot.E(bot.CodeNotFound, "test.catalog", "There is no action "+ref+".", nil)
}

// gate allows everything until a test says otherwise.
type gate struct {
	// mu guards decide.
	mu     sync.Mutex
	decide func(bot.Call) bot.Decision
}

func (g *gate) Allow(call bot.Call) bot.Decision {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.decide == nil {
		return bot.Decision{Allowed: true}
	}
	return g.decide(call)
}

func (g *gate) set(decide func(bot.Call) bot.Decision) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.decide = decide
}

// deny refuses everybody.
func (g *gate) deny(why string) {
	g.set(func(bot.Call) bot.Decision { return bot.Decision{Why: why} })
}

// params are those of every action in these tests.
type params struct {
	Host  string `json:"host"`
	Fixed string `json:"fixed"`
	Token any    `json:"token"`
}

func specParams() []bot.Param {
	text := map[string]any{"type": "string"}
	return []bot.Param{
		{Name: "host", Type: "string", Schema: text, HasDefault: true, Default: "irene1"},
		{Name: "fixed", Type: "string", Schema: text, HasDefault: true, Default: "as in the pack", Immutable: true},
		{Name: "token", Schema: map[string]any{}, Secret: true},
	}
}

// doer is a handler that has Do alone.
type doer func(ctx context.Context, job bot.Job, p params) (bot.Result, error)

func (d doer) Do(ctx context.Context, job bot.Job, p params) (bot.Result, error) {
	return d(ctx, job, p)
}

// planner is a handler with a plan.
type planner struct {
	doer
	plan func(ctx context.Context, r bot.Request, p params) (bot.Plan, error)
}

func (h planner) Plan(ctx context.Context, r bot.Request, p params) (bot.Plan, error) {
	return h.plan(ctx, r, p)
}

// verifier is a handler that can find out whether it had its effect.
type verifier struct {
	doer
	verify func(ctx context.Context, job bot.Job, p params) (bot.Finding, bot.Result, error)
}

func (h verifier) Verify(ctx context.Context, job bot.Job, p params) (bot.Finding, bot.Result, error) {
	return h.verify(ctx, job, p)
}

// action is test.<name>.
func action(name string, class bot.Class, d bot.Doer[params]) executor.Action {
	return executor.Action{
		Spec:    &bot.ActionSpec{Pack: "test", Name: name, Enabled: true, Class: class, Params: specParams()},
		Handler: bot.Bind(d),
	}
}

// done is a handler that does nothing and succeeds.
func done(context.Context, bot.Job, params) (bot.Result, error) {
	return bot.Result{Summary: "Done."}, nil
}

// work is a handler that the test holds in its hands: Do tells that it began and ends when it is told how, or stopped.
type work struct {
	began chan bot.Job
	end   chan error
	// stopped gets the cause for which the context of a Do ended.
	stopped chan error
}

func newWork() *work {
	return &work{began: make(chan bot.Job, 8), end: make(chan error, 8), stopped: make(chan error, 8)}
}

// unfinished is what work says when it is stopped.
const unfinished = "Stopped after 1 of 3 hosts."

func (w *work) Do(ctx context.Context, job bot.Job, _ params) (bot.Result, error) {
	w.began <- job
	select {
	case err := <-w.end:
		return bot.Result{Summary: "Worked."}, err
	case <-ctx.Done():
		w.stopped <- context.Cause(ctx)
		return bot.Result{Summary: "Worked a little."}, bot.E(bot.CodeCanceled, "test.do", unfinished, ctx.Err())
	}
}

// logBook keeps what was logged, a line each.
type logBook struct {
	// mu guards lines.
	mu    sync.Mutex
	lines []string
}

func (b *logBook) Enabled(context.Context, slog.Level) bool { return true }
func (b *logBook) WithAttrs([]slog.Attr) slog.Handler       { return b }
func (b *logBook) WithGroup(string) slog.Handler            { return b }

func (b *logBook) Handle(_ context.Context, r slog.Record) error {
	line := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		return true
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line)
	return nil
}

func (b *logBook) has(part string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Contains(strings.Join(b.lines, "\n"), part)
}
