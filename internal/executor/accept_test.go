package executor_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

func TestAcceptIsOneBatch(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	watched := &watchedStore{Store: w.store()}
	p := w.processOn(watched, executor.Options{})
	c := command("test.noop", nil)
	c.Dedupe = "chat//1"
	e := p.accept(c)

	if n := len(watched.batches()); n != 1 {
		t.Fatalf("%d batches were written, want 1", n)
	}
	b := watched.batches()[0]
	var kinds []string
	for _, put := range b.Puts {
		kinds = append(kinds, put.Key.Kind)
	}
	if diff := cmp.Diff([]string{"execution", "dedupe", "unposted", "reply"}, kinds); diff != "" {
		t.Error(diff)
	}
	want := []store.Entry{{Queue: "work", ID: e.ID}, {Queue: "outbox/chat", ID: e.ID}}
	if diff := cmp.Diff(want, b.Enqueue); diff != "" {
		t.Error(diff)
	}
	stored := p.look(e.ID)
	if diff := cmp.Diff(e, stored); diff != "" {
		t.Errorf("what is stored is not what was returned:\n%s", diff)
	}
	if diff := cmp.Diff([]bot.Move{{Status: bot.Requested, At: w.time.Now(), By: "ann"}}, e.History); diff != "" {
		t.Error(diff)
	}
}

func TestSameDeliveryIsOneExecution(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{})
	c := command("test.noop", nil)
	c.Dedupe = "chat//1"
	ids := make([]string, 50)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			e, err := p.Accept(w.ctx, c)
			if err != nil {
				t.Error(err)
			}
			ids[i] = e.ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("one delivery became %s and %s", ids[0], id)
		}
	}

	// What was accepted stays accepted, whatever is allowed by the time the platform delivers it again.
	w.gate.deny("Not any more.")
	if e := p.accept(c); e.ID != ids[0] {
		t.Errorf("delivered again it became %s, want %s", e.ID, ids[0])
	}
	w.gate.set(nil)
	c.Dedupe = "chat//2"
	p.accept(c)
	if n := len(p.all()); n != 2 {
		t.Errorf("there are %d executions, want 2", n)
	}
}

func TestWithoutDedupeKeyEachIsItsOwn(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{})
	if a, b := p.accept(command("test.noop", nil)), p.accept(command("test.noop", nil)); a.ID == b.ID {
		t.Error("two commands became one execution")
	}
}

func TestRefused(t *testing.T) {
	off := action("off", bot.Read, doer(done))
	off.Spec.Enabled = false
	cannot := action("cannot", bot.Read, nil)
	cannot.Spec.NotRunnable = "runner python-script"
	actions := []executor.Action{off, cannot, action("noop", bot.Read, doer(done))}
	for _, c := range []struct {
		name   string
		action string
		params map[string]any
		deny   string
		code   bot.Code
		says   string
		silent string // must not be said
	}{
		{name: "unknown action", action: "test.nope", code: bot.CodeNotFound, says: "There is no action test.nope."},
		{name: "switched off", action: "test.off", code: bot.CodeUnsupported, says: "test.off is switched off in its pack (enabled: false)."},
		{name: "not runnable", action: "test.cannot", code: bot.CodeUnsupported, says: "test.cannot cannot run here: runner python-script."},
		{name: "wrong type", action: "test.noop", params: map[string]any{"host": 7}, code: bot.CodeInvalid, says: "parameter host"},
		{name: "unknown parameter", action: "test.noop", params: map[string]any{"hst": "a"}, code: bot.CodeInvalid, says: "hst"},
		{name: "immutable", action: "test.noop", params: map[string]any{"fixed": "x"}, code: bot.CodeInvalid, says: "fixed cannot be set"},
		{name: "denied", action: "test.noop", deny: "Ask @oncall.", code: bot.CodeDenied, says: "Ask @oncall."},
		{
			name: "denied with a wrong parameter", action: "test.noop", params: map[string]any{"hst": "a"}, deny: "Ask @oncall.",
			code: bot.CodeDenied, says: "Ask @oncall.", silent: "hst",
		},
		{name: "denied what is switched off", action: "test.off", deny: "Ask @oncall.", code: bot.CodeDenied, says: "Ask", silent: "switched off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, actions...)
			watched := &watchedStore{Store: w.store()}
			p := w.processOn(watched, executor.Options{})
			if c.deny != "" {
				w.gate.deny(c.deny)
			}
			cmd := command(c.action, c.params)
			cmd.Dedupe = "chat//1"
			_, err := p.Accept(w.ctx, cmd)
			text := w.refused(c.code, err)
			if !strings.Contains(text, c.says) {
				t.Errorf("it says %q, want %q in it", text, c.says)
			}
			if c.silent != "" && strings.Contains(text, c.silent) {
				t.Errorf("it says %q, which gives away %q", text, c.silent)
			}
			for _, b := range watched.batches() {
				if c.code != bot.CodeDenied || len(b.Append) != 1 || len(b.Puts)+len(b.Enqueue) > 0 { // a line of the audit log
					t.Errorf("the batch %+v was written for a refused command", b)
				}
			}
		})
	}
}

// TestPermissionSeesParameters lets somebody run an action on one host only.
func TestPermissionSeesParameters(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{})
	w.gate.set(func(c bot.Call) bot.Decision {
		return bot.Decision{Allowed: c.Params == nil || c.Params["host"] == "irene1", Why: "Only irene1 is yours."}
	})
	p.accept(command("test.noop", nil)) // the default is what is asked about
	_, err := p.Accept(w.ctx, command("test.noop", map[string]any{"host": "irene2"}))
	w.refused(bot.CodeDenied, err)
}

func TestSecretParameters(t *testing.T) {
	const secret = "hunter2"
	for name, value := range map[string]any{
		"text":                   secret,
		"object":                 map[string]any{"password": secret},
		"looks sealed":           map[string]any{"$sealed": secret},
		"looks sealed in a list": []any{map[string]any{"$sealed": secret}},
		"null":                   nil,
	} {
		t.Run(name, func(t *testing.T) {
			got := make(chan any, 2)
			w := newWorld(t, action("login", bot.Read, doer(func(_ context.Context, _ bot.Job, p params) (bot.Result, error) {
				got <- p.Token
				return bot.Result{}, nil
			})))
			watched := &watchedStore{Store: w.store()}
			p := w.processOn(watched, executor.Options{})
			p.start(p.Run)
			c := command("test.login", map[string]any{"token": value})
			c.Text = "login token=" + secret
			if value == nil {
				c.Text = "login"
			}
			first := p.ended(p.accept(c).ID, bot.Succeeded)
			if value == nil && first.Text != "login" {
				t.Errorf("a line without a secret is kept as %q", first.Text)
			}
			if diff := cmp.Diff(value, receive(w, got)); diff != "" {
				t.Errorf("the handler got another value:\n%s", diff)
			}

			again, err := p.Rerun(w.ctx, first, executor.Command{Identity: ann, Origin: first.Origin})
			w.must(err)
			p.ended(again.ID, bot.Succeeded)
			if diff := cmp.Diff(value, receive(w, got)); diff != "" {
				t.Errorf("run again, the handler got another value:\n%s", diff)
			}
			for _, b := range watched.batches() {
				for _, put := range b.Puts {
					if strings.Contains(string(put.Data), secret) {
						t.Errorf("the secret stands in a %s: %s", put.Key.Kind, put.Data)
					}
				}
			}
		})
	}
}

// TestAnswerOfAcceptLost has the store write the command and break off before it says so.
func TestAnswerOfAcceptLost(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	watched := &watchedStore{Store: w.store()}
	p := w.processOn(watched, executor.Options{})
	watched.failing(loseAnswers(1, anyBatch))
	c := command("test.noop", nil)
	c.Dedupe = "chat//1"
	if e := p.accept(c); e.ID != p.all()[0].ID {
		t.Errorf("it returned %s, but %s was written", e.ID, p.all()[0].ID)
	}
}

func TestAcceptWithoutStore(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	watched := &watchedStore{Store: w.store()}
	p := w.processOn(watched, executor.Options{})
	watched.failing(fail(1, anyBatch))
	c := command("test.noop", nil)
	c.Dedupe = "chat//1"
	_, err := p.Accept(w.ctx, c)
	w.refused(bot.CodeUnavailable, err)
	if n := len(p.all()); n != 0 {
		t.Errorf("there are %d executions of a command that was not accepted", n)
	}
	p.accept(c) // delivered again, it is as good as new
}
