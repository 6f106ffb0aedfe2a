package handlertest_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/handlertest"
)

// lamps is a target: names that are on or off.
type lamps struct {
	on     map[string]bool
	writes int
}

func (l *lamps) Reset()      { l.on = map[string]bool{"a": false, "b": false, "c": false} }
func (l *lamps) Writes() int { return l.writes }
func (l *lamps) State() any  { return maps.Clone(l.on) }
func (l *lamps) set(name string, on bool) {
	l.on[name] = on
	l.writes++
}

type params struct {
	Names []string `json:"names"`
}

// lies says in which way a switcher does not keep its promises.
type lies struct {
	planWrites, noIntent, ignoresCancel, toggles, repeats, silent, vague bool
}

// switcher turns lamps on.
type switcher struct {
	lamps *lamps
	lies  lies
}

func (s switcher) Plan(_ context.Context, _ bot.Request, p params) (bot.Plan, error) {
	if s.lies.planWrites {
		s.lamps.set(p.Names[0], true)
	}
	return bot.Plan{Lines: []string{"turn on"}, Changes: []bot.Change{{Targets: p.Names, Path: []string{"on"}}}}, nil
}

func (s switcher) Do(ctx context.Context, job bot.Job, p params) (bot.Result, error) {
	earlier, err := job.Checkpoints(ctx)
	if err != nil {
		return bot.Result{}, err
	}
	for i, name := range p.Names {
		if _, ok := s.lamps.on[name]; !ok {
			return bot.Result{}, s.unknown(name)
		}
		if ctx.Err() != nil && !s.lies.ignoresCancel {
			return bot.Result{}, bot.E(bot.CodeCanceled, "lamp.do", "Stopped.", ctx.Err())
		}
		if earlier[name].Phase == bot.Done && !s.lies.repeats {
			continue
		}
		if err := s.turn(context.WithoutCancel(ctx), job, name); err != nil {
			return bot.Result{}, err
		}
		if !s.lies.silent {
			job.Progress(bot.Progress{Done: i + 1, Total: len(p.Names)})
		}
	}
	return bot.Result{}, nil
}

func (s switcher) unknown(name string) error {
	if s.lies.vague {
		return bot.E(bot.CodeNotFound, "lamp.do", "That did not work.", nil)
	}
	return bot.E(bot.CodeNotFound, "lamp.do", name+": there is no such lamp.", nil)
}

func (s switcher) turn(ctx context.Context, job bot.Job, name string) error {
	if !s.lies.noIntent {
		if err := job.Mark(ctx, bot.Checkpoint{Target: name, Phase: bot.Intent}); err != nil {
			return err
		}
	}
	s.lamps.set(name, !s.lies.toggles || !s.lamps.on[name])
	return job.Mark(ctx, bot.Checkpoint{Target: name, Phase: bot.Done})
}

// reader has no Plan and claims to read.
type reader struct {
	lamps  *lamps
	writes bool
}

func (r reader) Do(context.Context, bot.Job, params) (bot.Result, error) {
	if r.writes {
		r.lamps.set("a", true)
	}
	return bot.Result{}, nil
}

func caseOf(h bot.Handler, class bot.Class, l *lamps) handlertest.Case {
	return handlertest.Case{
		Handler: h, Class: class, Target: l,
		Params: map[string]any{"names": []string{"a", "b", "c"}},
		Refused: []handlertest.Refused{{
			Name: "unknown lamp", Params: map[string]any{"names": []string{"x9"}},
			Code: bot.CodeNotFound, Says: []string{"x9", "no such lamp"},
		}},
	}
}

func TestHonestHandlerPasses(t *testing.T) {
	l := &lamps{}
	handlertest.Run(t, caseOf(bot.Bind(switcher{lamps: l}), bot.Idempotent, l))
}

// A kit that lets a liar pass shows nothing.
func TestLiarsAreFound(t *testing.T) {
	switching := func(l lies) func(*lamps) bot.Handler {
		return func(target *lamps) bot.Handler { return bot.Bind(switcher{lamps: target, lies: l}) }
	}
	reading := func(writes bool) func(*lamps) bot.Handler {
		return func(target *lamps) bot.Handler { return bot.Bind(reader{lamps: target, writes: writes}) }
	}
	for _, tc := range []struct {
		name    string
		class   bot.Class
		handler func(*lamps) bot.Handler
		fails   string // the check that must find it
	}{
		{"plan writes", bot.Idempotent, switching(lies{planWrites: true}), "plan writes nothing"},
		{"no intent", bot.Idempotent, switching(lies{noIntent: true}), "nothing is touched without an intent"},
		{"ignores cancel", bot.Idempotent, switching(lies{ignoresCancel: true}), "cancel at the first intent"},
		{"ignores a late cancel", bot.Idempotent, switching(lies{ignoresCancel: true}), "cancel after the first target"},
		{"toggles", bot.Idempotent, switching(lies{toggles: true}), "twice equals once"},
		{"repeats", bot.Idempotent, switching(lies{repeats: true}), "what was through is not repeated"},
		{"silent", bot.Idempotent, switching(lies{silent: true}), "what was through is not repeated"},
		{"vague", bot.Idempotent, switching(lies{vague: true}), "refused: unknown lamp"},
		{"once without verify", bot.Once, switching(lies{}), "declaration"},
		{"mutates without plan", bot.Idempotent, reading(false), "declaration"},
		{"no class", "sometimes", reading(false), "declaration"},
		{"reader writes", bot.Read, reading(true), "reading writes nothing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := &lamps{}
			c := caseOf(tc.handler(l), tc.class, l)
			for _, check := range c.Checks() {
				if check.Name == tc.fails && check.Holds(t.Context()) == nil {
					t.Errorf("the check %q found nothing", tc.fails)
				}
			}
			if !slices.ContainsFunc(c.Checks(), func(check handlertest.Check) bool { return check.Name == tc.fails }) {
				t.Errorf("there is no check %q", tc.fails)
			}
		})
	}
}

func TestJob(t *testing.T) {
	earlier := map[string]bot.Checkpoint{"a": {Target: "a", Phase: bot.Done}}
	job := handlertest.NewJob(handlertest.JobOptions{Earlier: earlier, Request: bot.Request{Execution: "e1"}})
	ctx := t.Context()
	if job.Request().Execution != "e1" || job.Plan() != nil {
		t.Error("the job does not hand out its options")
	}
	mark := bot.Checkpoint{Target: "b", Phase: bot.Intent}
	if err := job.Mark(ctx, mark); err != nil {
		t.Fatal(err)
	}
	job.Progress(bot.Progress{Done: 1, Total: 2})
	job.Fence()
	if err := job.Mark(ctx, bot.Checkpoint{Target: "c"}); bot.ErrorCode(err) != bot.CodeFenced {
		t.Errorf("mark after the fence: %v", err)
	}
	want := map[string]bot.Checkpoint{"a": earlier["a"], "b": mark}
	if d := cmp.Diff(want, job.Left()); d != "" {
		t.Errorf("left (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]bot.Progress{{Done: 1, Total: 2}}, job.Reported()); d != "" {
		t.Errorf("progress (-want +got):\n%s", d)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := handlertest.NewJob(handlertest.JobOptions{}).Mark(canceled, mark); err == nil {
		t.Error("a mark with a context that has ended must not count")
	}
}
