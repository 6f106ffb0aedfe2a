package executor_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/inquiry"
)

// questioner is test.ask, with the parameters of the runner.
func questioner(t *testing.T) executor.Action {
	t.Helper()
	handler, err := executor.Inquirer{}.Bind(nil)
	if err != nil {
		t.Fatal(err)
	}
	param := func(name, kind string, value any) bot.Param {
		return bot.Param{Name: name, Type: kind, HasDefault: true, Default: value, Position: -1, Schema: map[string]any{"type": kind}}
	}
	return executor.Action{Handler: handler, Spec: &bot.ActionSpec{
		Pack: "test", Name: "ask", Enabled: true, Class: bot.Idempotent, Runner: "inquirer", Params: []bot.Param{
			param("schema", "object", yesOrNo()), param("roles", "array", []any{}), param("users", "array", []any{}),
			param("route", "string", ""), param("ttl", "integer", int64(1440)),
		},
	}}
}

func yesOrNo() map[string]any {
	return map[string]any{"type": "object", "properties": map[string]any{
		"continue": map[string]any{"type": "boolean", "required": true, "description": "Would you like to continue?"},
	}}
}

func given(text string, by bot.Identity) executor.Response {
	r := response(false, "", by)
	r.Answer = &inquiry.Given{Text: text}
	return r
}

func questioned(t *testing.T, params map[string]any) (*process, string) {
	t.Helper()
	w := newWorld(t, questioner(t), action("noop", bot.Read, doer(done)))
	p := w.running()
	id := p.accept(command("test.ask", params)).ID
	p.becomes(id, bot.Pending)
	return p, id
}

// data is the data of an execution's result.
func (p *process) data(id string) map[string]any {
	p.world.Helper()
	r, err := p.Result(p.world.ctx, p.look(id))
	p.world.must(err)
	var data map[string]any
	text, err := json.Marshal(r.Data)
	p.world.must(err)
	p.world.must(json.Unmarshal(text, &data))
	return data
}

func TestQuestion(t *testing.T) {
	p, id := questioned(t, map[string]any{"users": []any{"bob"}, "roles": []any{"oncall"}, "route": "#decisions"})
	w := p.world
	want := map[string]any{
		"schema": yesOrNo(), "roles": []any{"oncall"}, "users": []any{"bob"}, "route": "#decisions", "ttl": float64(1440),
	}
	if diff := cmp.Diff(want, p.data(id)); diff != "" {
		t.Errorf("while it is pending the result is (-want +got):\n%s", diff)
	}
	for _, key := range []string{id, "inquiry/" + id} {
		r := w.reply(p.store, key)
		if !offers(r, "inquiry respond "+id+" continue=true") || !offers(r, "inquiry respond "+id+" continue=false") || !says(r, "Would you like to continue?") {
			t.Errorf("%s shows %+v", key, r)
		}
	}
	boss := bot.Identity{ID: "bob", Roles: []string{"oncall"}}
	for _, c := range []struct {
		by         bot.Identity
		text, told string
		code       bot.Code
	}{
		{bob, "yes", "bob may not answer this. It is asked of bob with role oncall.", bot.CodeDenied},
		{bot.Identity{ID: "carl", Roles: []string{"oncall"}}, "yes", "carl may not answer this. It is asked of bob with role oncall.", bot.CodeDenied},
		{bot.Identity{ID: "oncall", Name: "bob"}, "nonsense", "oncall may not answer this. It is asked of bob with role oncall.", bot.CodeDenied},
		{boss, "perhaps", "The parameter continue cannot be \"perhaps\": it takes true or false.", bot.CodeInvalid},
		{boss, "{}", "The parameter continue is missing; it takes true or false.", bot.CodeInvalid},
	} {
		_, err := p.Respond(w.ctx, id, given(c.text, c.by))
		if told := w.refused(c.code, err); told != c.told {
			t.Errorf("%s is told %q, want %q", c.by.ID, told, c.told)
		}
	}
	_, err := p.Respond(w.ctx, id, response(true, "", boss))
	if told := w.refused(bot.CodeInvalid, err); !strings.Contains(told, "It is a question, not an approval.") {
		t.Errorf("bob is told %q", told)
	}
	if q, err := p.Inquiry(w.ctx, id); err != nil || q.Decision != "" || len(q.Answers) != 0 {
		t.Fatalf("it is decided by what is no answer: %+v, %v", q, err)
	}
	_, err = p.Respond(w.ctx, id, given("no", boss))
	w.must(err)
	e := p.ended(id, bot.Succeeded)
	want["response"] = map[string]any{"continue": false}
	if diff := cmp.Diff(want, p.data(id)); diff != "" || e.Summary != "bob answered at 03:02:01 UTC: continue=false" {
		t.Errorf("it ended with %q and (-want +got):\n%s", e.Summary, diff)
	}
	_, err = p.Respond(w.ctx, id, given("yes", boss))
	if told := w.refused(bot.CodeConflict, err); told != "It is answered already, by bob at 03:02:01 UTC." {
		t.Errorf("who is late is told %q", told)
	}
	r := w.reply(p.store, "inquiry/"+id)
	if offers(r, "inquiry respond "+id+" continue=true") || !says(r, "bob answered at 03:02:01 UTC: continue=false") || !says(r, "It is answered.") {
		t.Errorf("the channel shows %+v", r)
	}
	whats, _ := p.audited(audit.Query{Execution: id})
	if diff := cmp.Diff([]string{"asked", "waits pending", "refused", "refused", "refused", "answered", "did succeeded"}, whats); diff != "" {
		t.Error(diff)
	}
}

// A secret answer is nowhere to be read.
func TestSecretAnswer(t *testing.T) {
	p, id := questioned(t, map[string]any{"schema": map[string]any{"properties": map[string]any{
		"pin": map[string]any{"type": "string", "required": true, "secret": true},
	}}})
	w := p.world
	_, err := p.Respond(w.ctx, id, given("hunter2", bob))
	w.must(err)
	e := p.ended(id, bot.Succeeded)
	q, err := p.Inquiry(w.ctx, id)
	w.must(err)
	_, lines := p.audited(audit.Query{})
	all, err := json.Marshal([]any{e, q, p.data(id), lines, w.reply(p.store, id)})
	w.must(err)
	if strings.Contains(string(all), "hunter2") || !strings.Contains(string(all), "pin=********") {
		t.Errorf("a secret can be read: %s", all)
	}
}

// What cannot be answered is not asked.
func TestQuestionWithoutAnAnswer(t *testing.T) {
	w := newWorld(t, questioner(t))
	p := w.running()
	id := p.accept(command("test.ask", map[string]any{"schema": map[string]any{"type": "boolean"}})).ID
	e := p.ended(id, bot.Failed)
	if e.Error.Code != bot.CodeInvalid || !strings.Contains(e.Error.Text, "must be of type object") {
		t.Errorf("it ended with %+v", e.Error)
	}
}

// Time is never an answer, whoever is there to see it pass.
func TestQuestionExpires(t *testing.T) {
	p, id := questioned(t, map[string]any{"ttl": int64(5)})
	w := p.world
	w.time.Advance(5 * time.Minute)
	_, err := p.Respond(w.ctx, id, given("yes", bob))
	if told := w.refused(bot.CodeConflict, err); !strings.HasPrefix(told, "It expired at 03:07:01 UTC") {
		t.Errorf("bob is told %q", told)
	}
	p.does("test.noop", bot.Succeeded) // what wakes the worker loop
	e := p.ended(id, bot.Timeout)
	if e.Error.Text != "Nobody answered it within 5m0s. Ask again if it is still wanted." {
		t.Errorf("it ended with %+v", e.Error)
	}
	if whats, _ := p.audited(audit.Query{Execution: id}); !slices.Contains(whats, "expired pending") {
		t.Errorf("on record are %v", whats)
	}
}

// A question without an end is kept for as long as it is open, although records are not kept for ever.
func TestQuestionWithoutAnEnd(t *testing.T) {
	p, id := questioned(t, map[string]any{"ttl": int64(0)})
	w := p.world
	for range 6 { // 90 days, and records are kept for 30
		w.time.Advance(15 * 24 * time.Hour)
		p.does("test.noop", bot.Succeeded)
		for { // until its entry was looked at
			due, some, err := p.store.Due(w.ctx, "work")
			w.must(err)
			if some && due > time.Hour {
				break
			}
		}
	}
	_, err := p.Respond(w.ctx, id, given("yes", bob))
	w.must(err)
	p.ended(id, bot.Succeeded)
}

// Whatever comes in whatever order, answers good and bad, the end of the time, a cancel, a worker that dies: one decision, and the
// execution ends by it.
func TestOneDecision(t *testing.T) {
	rounds := 21
	if testing.Short() {
		rounds = 9
	}
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) { oneDecision(t, round) })
	}
}

// oneDecision lets six answers come while nothing else happens (0), the time runs out (1), or it does and somebody cancels (2).
func oneDecision(t *testing.T, round int) {
	t.Helper()
	p, id := questioned(t, map[string]any{"ttl": int64(1)})
	w := p.world
	other := w.process(executor.Options{})
	var taken atomic.Int64
	var canceled atomic.Bool
	steps := []func() error{
		func() error { w.time.Advance(time.Minute); return nil },
		func() error {
			_, err := p.Cancel(w.ctx, id, ann)
			canceled.Store(err == nil)
			return only(err, bot.CodeConflict)
		},
	}
	steps = steps[:round%(len(steps)+1)]
	for n, text := range []string{"yes", "no", "perhaps", "{}", "continue=true", `{"continue": 1}`} {
		by, valid := bot.Identity{ID: string(rune('a' + n%3))}, n == 0 || n == 1 || n == 4
		steps = append(steps, func() error {
			_, err := []*process{p, other}[n%2].Respond(w.ctx, id, given(text, by))
			if err == nil && !valid {
				t.Errorf("%q decided", text)
			}
			if err == nil {
				taken.Add(1)
			}
			return only(err, bot.CodeConflict, bot.CodeInvalid)
		})
	}
	var group errgroup.Group
	for n := range steps { // each round begins with another one
		group.Go(steps[(n+round)%len(steps)])
	}
	w.must(group.Wait())
	w.time.Advance(time.Minute)
	p.does("test.noop", bot.Succeeded)
	e, err := p.Wait(w.ctx, id)
	w.must(err)
	q, err := p.Inquiry(w.ctx, id)
	w.must(err)
	n := taken.Load()
	switch {
	case n > 1, n == 1 != (q.Decision == bot.Answered):
		t.Errorf("%d answers were taken, and it is %s", n, q.Decision)
	case e.Status == bot.Succeeded && n != 1, e.Status == bot.Timeout && q.Decision != bot.Expired, e.Status == bot.Canceled && !canceled.Load():
		t.Errorf("it ended %s after %d answers, and the question is %s", e.Status, n, q.Decision)
	}
}

// only passes errors of these codes.
func only(err error, codes ...bot.Code) error {
	if slices.Contains(codes, bot.ErrorCode(err)) {
		return nil
	}
	return err
}
