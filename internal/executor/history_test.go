package executor_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

// counted hands out the same low bits again and again, so that ids of one moment are alike but for their middle.
type counted struct{ n uint64 }

func (c *counted) Uint64() uint64 {
	c.n++
	return c.n << 44
}

func TestExecutionByPrefix(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{})
	p.Random = &counted{}
	first := p.accept(command("test.noop", nil))
	second := p.accept(command("test.noop", nil)) // in the same millisecond
	w.time.Advance(time.Hour)
	third := p.accept(command("test.noop", nil))
	if first.ID[:11] != second.ID[:11] || third.ID[:9] == first.ID[:9] {
		t.Fatalf("the ids are %s, %s and %s", first.ID, second.ID, third.ID)
	}
	for _, c := range []struct {
		name, prefix, want string
		code               bot.Code
		says               string
	}{
		{name: "whole", prefix: first.ID, want: first.ID},
		{name: "unique", prefix: third.ID[:11], want: third.ID},
		{name: "ambiguous", prefix: first.ID[:11], code: bot.CodeInvalid, says: "Several executions begin with " + first.ID[:11] + ". Give more characters."},
		{name: "none", prefix: "abcdef", code: bot.CodeNotFound, says: "There is no execution abcdef. Type executions to see the latest."},
		{
			name: "too short", prefix: first.ID[:5], code: bot.CodeInvalid,
			says: `"` + first.ID[:5] + `" is not an execution id. Give at least 6 of its first characters, 0-9 and a-f.`,
		},
		{name: "no id", prefix: "irene1000", code: bot.CodeInvalid, says: `"irene1000" is not an execution id. Give at least 6 of its first characters, 0-9 and a-f.`},
		{name: "empty", prefix: "", code: bot.CodeInvalid, says: `"" is not an execution id. Give at least 6 of its first characters, 0-9 and a-f.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := p.Execution(w.ctx, c.prefix)
			if e.ID != c.want || bot.ErrorCode(err) != c.code || bot.ErrorText(err) != c.says {
				t.Errorf("found %q, %v", e.ID, err)
			}
		})
	}
}

func TestExecutionsNewestFirst(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{})
	const n = store.MaxPage + 3
	ids := make([]string, n)
	for i := range ids {
		w.time.Advance(time.Millisecond)
		c := command("test.noop", nil)
		c.Origin.Adapter = executor.ShellAdapter // quicker, without a reply
		ids[i] = p.accept(c).ID
	}
	slices.Reverse(ids)
	for limit, want := range map[int]int{0: 0, 1: 1, 5: 5, store.MaxPage: store.MaxPage, n - 1: n - 1, 5000: n} {
		list, err := p.Executions(w.ctx, executor.Filter{Limit: limit})
		w.must(err)
		var got []string
		for _, e := range list {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, ids[:want]) {
			t.Errorf("with limit %d it returned %d executions, want the newest %d", limit, len(got), want)
		}
	}
}

func TestRerun(t *testing.T) {
	got := make(chan params, 8)
	w := newWorld(t, action("it", bot.Read, doer(func(_ context.Context, _ bot.Job, p params) (bot.Result, error) {
		got <- p
		return bot.Result{}, nil
	})))
	p := w.running()
	old := p.ended(p.accept(command("test.it", map[string]any{"host": "irene7", "token": "hunter2"})).ID, bot.Succeeded)
	first := receive(w, got)

	// What nobody can set is the pack's to say, also when it says something else by now.
	a := action("it", bot.Read, nil)
	a.Handler = w.catalog["test.it"].Handler
	a.Spec.Params[1].Default = "as in the new pack"
	w.catalog["test.it"] = a

	asked := executor.Command{Identity: bob, Origin: bot.Origin{Adapter: "chat", User: "U2"}, Text: "rerun " + old.ID, Dedupe: "chat//7"}
	again, err := p.Rerun(w.ctx, old, asked)
	w.must(err)
	if again.ID == old.ID || again.Parent != old.ID || again.Identity.ID != "bob" || again.Origin.User != "U2" {
		t.Errorf("it became %+v", again)
	}
	p.ended(again.ID, bot.Succeeded)
	first.Fixed = "as in the new pack"
	if diff := cmp.Diff(first, receive(w, got)); diff != "" {
		t.Errorf("it ran with other parameters:\n%s", diff)
	}
	twice, err := p.Rerun(w.ctx, old, asked)
	w.must(err)
	if twice.ID != again.ID {
		t.Error("one delivery of rerun became two executions")
	}
}

// TestRerunIsTheAskersOwn: who asks is who is checked.
func TestRerunIsTheAskersOwn(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.running()
	old := p.does("test.noop", bot.Succeeded)
	w.gate.set(func(c bot.Call) bot.Decision {
		return bot.Decision{Allowed: c.Identity.ID == "ann", Why: "Ask @oncall."}
	})
	_, err := p.Rerun(w.ctx, old, executor.Command{Identity: bob, Origin: old.Origin})
	if text := w.refused(bot.CodeDenied, err); text != "Ask @oncall." {
		t.Errorf("it says %q", text)
	}
	if n := len(p.all()); n != 1 {
		t.Errorf("there are %d executions, want 1", n)
	}
	delete(w.catalog, "test.noop")
	_, err = p.Rerun(w.ctx, old, executor.Command{Identity: ann, Origin: old.Origin})
	w.refused(bot.CodeNotFound, err)
}

// TestJanitor removes what is past its time.
func TestJanitor(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{Retention: time.Hour})
	p.accept(command("test.noop", nil))
	swept := make(chan int, 1)
	p.Store = sweeper{p.store, swept}
	w.time.Advance(2 * time.Hour)
	p.start(p.Run)
	if n := tick(p, time.Minute, swept); n != 1 {
		t.Errorf("%d records were removed, want the execution", n)
	}
}

// sweeper tells what the first Sweep removed.
type sweeper struct {
	store.Store
	swept chan int
}

func (s sweeper) Sweep(ctx context.Context, limit int) (int, error) {
	n, err := s.Store.Sweep(ctx, limit)
	select {
	case s.swept <- n:
	default:
	}
	return n, err
}

func TestGoRunner(t *testing.T) {
	r := executor.GoRunner{
		Handlers: map[string]bot.Handler{"core.Noop": bot.Bind(doer(done))},
		Absent:   map[string]string{"clary": "Clary is not configured (clary.url)"},
	}
	for entry, c := range map[string]struct {
		code bot.Code
		says string
	}{
		"core.Noop":      {},
		"core.Nope":      {bot.CodeUnsupported, "there is no code core.Nope"},
		"clary.NodeMove": {bot.CodeUnsupported, "Clary is not configured (clary.url)"},
		"":               {bot.CodeUnsupported, "there is no code "},
	} {
		h, err := r.Bind(&bot.ActionSpec{EntryPoint: entry})
		if bot.ErrorCode(err) != c.code || bot.ErrorText(err) != c.says || (h.Do == nil) != (err != nil) {
			t.Errorf("%q: %v", entry, err)
		}
	}
}
