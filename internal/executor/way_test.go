package executor_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

func TestSuccess(t *testing.T) {
	blocks := []bot.Block{bot.TextBlock("irene1 is in service.")}
	w := newWorld(t, action("status", bot.Read, doer(func(_ context.Context, job bot.Job, p params) (bot.Result, error) {
		if r := job.Request(); r.Action != "test.status" || r.Identity.ID != "ann" || r.Attempt != 1 || r.Origin.Channel != "ops" {
			t.Errorf("the handler was told %+v", r)
		}
		if p.Host != "irene1" || p.Fixed != "as in the pack" {
			t.Errorf("the handler got %+v", p)
		}
		return bot.Result{Summary: "One host.", Blocks: blocks, Data: map[string]int{"hosts": 1}}, nil
	})))
	p := w.running()
	e := p.does("test.status", bot.Succeeded)

	if diff := cmp.Diff([]bot.Status{bot.Requested, bot.Scheduled, bot.Running, bot.Succeeded}, statuses(e)); diff != "" {
		t.Error(diff)
	}
	if e.Summary != "One host." || e.Error != nil || e.Attempts != 1 || e.Started.IsZero() || e.Ended.IsZero() {
		t.Errorf("it ended as %+v", e)
	}
	r, err := p.Result(w.ctx, e)
	w.must(err)
	if diff := cmp.Diff(bot.Result{Summary: "One host.", Blocks: blocks, Data: json.RawMessage(`{"hosts":1}`)}, r); diff != "" {
		t.Error(diff)
	}
	reply := w.reply(p.store, e.ID)
	if reply.Status != bot.Succeeded || reply.Problem || !says(reply, "One host.") || !says(reply, "irene1 is in service.") {
		t.Errorf("the reply is %+v", reply)
	}
	if _, some, err := p.store.Due(w.ctx, "work"); some || err != nil {
		t.Errorf("the work queue still has an entry (%v)", err)
	}
}

func TestResultOfNothing(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.running()
	r, err := p.Result(w.ctx, p.does("test.noop", bot.Succeeded))
	w.must(err)
	if diff := cmp.Diff(bot.Result{Summary: "Done."}, r); diff != "" {
		t.Error(diff)
	}
}

// TestDataThatCannotBeKept: whatever a handler returns, what it did is on record.
func TestDataThatCannotBeKept(t *testing.T) {
	for name, c := range map[string]struct {
		data any
		says string
	}{
		"no JSON":  {math.NaN(), "cannot be written as JSON"},
		"too much": {strings.Repeat("x", 5<<20), "5242882 bytes of data were left out"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, action("odd", bot.Once, doer(func(context.Context, bot.Job, params) (bot.Result, error) {
				return bot.Result{Data: c.data}, nil
			})))
			p := w.running()
			r, err := p.Result(w.ctx, p.does("test.odd", bot.Succeeded))
			w.must(err)
			if text := string(r.Data.(json.RawMessage)); !strings.Contains(text, c.says) {
				t.Errorf("the data is %s, want %q in it", text, c.says)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name    string
		do      doer
		status  bot.Status
		code    bot.Code
		says    string // {id} stands for the execution's id
		logs    string
		lasting bool // it would end the same way again, so the reply does not offer that
	}{
		{
			name:   "told",
			do:     fails(bot.E(bot.CodeForbidden, "test.do", "irene1 may not leave service. Ask its owner.", nil)),
			status: bot.Failed, code: bot.CodeForbidden, says: "irene1 may not leave service. Ask its owner.", lasting: true,
		},
		{
			name:   "without a text",
			do:     fails(errors.New("index out of order")),
			status: bot.Failed, code: bot.CodeInternal, says: "Quote {id}", logs: "index out of order",
		},
		{
			name:   "panic",
			do:     func(context.Context, bot.Job, params) (bot.Result, error) { panic("no such luck") },
			status: bot.Failed, code: bot.CodeInternal, says: "Quote {id}", logs: "no such luck",
		},
		{
			// The codes by which the executor stops a handler mean nothing when nobody stopped it.
			name:   "says that it was canceled",
			do:     fails(bot.E(bot.CodeCanceled, "test.do", "The other side hung up.", nil)),
			status: bot.Failed, code: bot.CodeCanceled, says: "The other side hung up.",
		},
		{
			name:   "says that it was fenced",
			do:     fails(bot.E(bot.CodeFenced, "test.do", "The other side has a new leader.", nil)),
			status: bot.Failed, code: bot.CodeFenced, says: "The other side has a new leader.",
		},
		{
			name: "timeout",
			do: func(ctx context.Context, _ bot.Job, _ params) (bot.Result, error) {
				<-ctx.Done()
				return bot.Result{}, bot.E(bot.CodeUnavailable, "test.do", "1 of 3 hosts is through.", ctx.Err())
			},
			status: bot.Timeout, code: bot.CodeTimeout, says: "It took longer than the 10ms that test.it may take. 1 of 3 hosts is through.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := action("it", bot.Once, c.do)
			if c.status == bot.Timeout {
				a.Spec.Timeout = 10 * time.Millisecond
			}
			w := newWorld(t, a)
			p := w.running()
			e := p.does("test.it", c.status)
			text := strings.ReplaceAll(c.says, "{id}", e.ID)
			if e.Error == nil || e.Error.Code != c.code || !strings.Contains(e.Error.Text, text) {
				t.Errorf("it ended with %+v, want %s and %q", e.Error, c.code, text)
			}
			reply := w.reply(p.store, e.ID)
			if !reply.Problem || !says(reply, e.Error.Text) || offers(reply, "rerun "+e.ID) == c.lasting {
				t.Errorf("the reply is %+v", reply)
			}
			if !w.log.has(c.logs) {
				t.Errorf("%q was not logged", c.logs)
			}
			if c.logs != "" && strings.Contains(e.Error.Text, c.logs) {
				t.Errorf("the person is told %q", e.Error.Text)
			}
		})
	}
}

// TestResultBesideError keeps what was done before something went wrong.
func TestResultBesideError(t *testing.T) {
	w := newWorld(t, action("half", bot.Idempotent, doer(func(context.Context, bot.Job, params) (bot.Result, error) {
		return bot.Result{Summary: "1 of 2.", Data: 1}, bot.E(bot.CodeUnavailable, "test.do", "irene2 is down.", nil)
	})))
	p := w.running()
	e := p.does("test.half", bot.Failed)
	r, err := p.Result(w.ctx, e)
	w.must(err)
	if e.Summary != "1 of 2." || string(r.Data.(json.RawMessage)) != "1" {
		t.Errorf("kept are %+v and %+v", e, r)
	}
}

func TestActionGoneAfterAccept(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	e := w.process(executor.Options{}).accept(command("test.noop", nil))
	delete(w.catalog, "test.noop")
	if e := w.running().ended(e.ID, bot.Failed); e.Error.Text != "There is no action test.noop." {
		t.Errorf("it ended with %+v", e.Error)
	}
}

func TestWait(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Read, it))
	p := w.running()
	e := p.accept(command("test.it", nil))
	receive(w, it.began)
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, err := p.Wait(ctx, e.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait returned %v when its context ended", err)
	}
	it.end <- nil
	p.ended(e.ID, bot.Succeeded)
	p.ended(e.ID, bot.Succeeded) // at once, now that it has ended
	_, err := p.Wait(w.ctx, "0123456789abcdef01234567")
	w.refused(bot.CodeNotFound, err)
}

// TestWaitInAnotherProcess follows an execution through a second store handle, as the shell does.
func TestWaitInAnotherProcess(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Read, it))
	w.running()
	shell := w.process(executor.Options{})
	e := shell.accept(command("test.it", nil))
	receive(w, it.began)
	ended := make(chan error, 1)
	go func() {
		_, err := shell.Wait(w.ctx, e.ID)
		ended <- err
	}()
	it.end <- nil
	w.must(tick(shell, time.Second, ended))
}

// TestWorkersBound has more to do than workers.
func TestWorkersBound(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Read, it))
	p := w.process(executor.Options{Workers: 2})
	p.start(p.Run)
	var ids []string
	for range 5 {
		ids = append(ids, p.accept(command("test.it", nil)).ID)
	}
	receive(w, it.began)
	receive(w, it.began)
	claimed, err := w.store().Claim(w.ctx, claimOf("work"))
	w.must(err)
	if len(claimed) != 3 {
		t.Fatalf("%d of 5 are still in the queue, want 3", len(claimed))
	}
	w.must(w.store().Commit(w.ctx, released(claimed)))
	for range ids {
		it.end <- nil
	}
	for _, id := range ids {
		p.ended(id, bot.Succeeded)
	}
}

func fails(err error) doer {
	return func(context.Context, bot.Job, params) (bot.Result, error) { return bot.Result{}, err }
}
