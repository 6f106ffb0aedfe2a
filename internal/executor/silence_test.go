package executor_test

import (
	"context"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

// An alias may spare the chat the ack, the result or both. What goes wrong is told in any case.
func TestSilence(t *testing.T) {
	w := newWorld(t,
		action("good", bot.Read, doer(func(context.Context, bot.Job, params) (bot.Result, error) {
			return bot.Result{Blocks: []bot.Block{bot.TextBlock("much to say")}}, nil
		})),
		action("bad", bot.Read, doer(func(context.Context, bot.Job, params) (bot.Result, error) {
			return bot.Result{}, bot.E(bot.CodeForbidden, "test", "No.", nil)
		})))
	tests := []struct {
		name    string
		silence bot.Silence
		action  string
		ack     bool // there is a reply before the end
		blocks  int  // of the last reply; -1 means that there is none at all
	}{
		{"none", bot.Silence{}, "good", true, 1},
		{"no ack", bot.Silence{Ack: true}, "good", false, 1},
		{"no result", bot.Silence{Result: true}, "good", true, 0},
		{"nothing", bot.Silence{Ack: true, Result: true}, "good", false, -1},
		{"nothing, but it failed", bot.Silence{Ack: true, Result: true}, "bad", false, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := w.process(executor.Options{})
			c := command("test."+tt.action, nil)
			c.Silence = tt.silence
			id := p.accept(c).ID
			key := store.Key{Kind: "reply", ID: id}
			if _, err := w.store().Get(w.ctx, key); (err == nil) != tt.ack {
				t.Errorf("the first reply: %v", err)
			}
			stop := p.start(p.Run)
			defer stop()
			want := bot.Succeeded
			if tt.action == "bad" {
				want = bot.Failed
			}
			p.ended(id, want)
			got, err := w.store().Get(w.ctx, key)
			if tt.blocks < 0 {
				if bot.ErrorCode(err) != bot.CodeNotFound {
					t.Errorf("something was said: %s, %v", got.Data, err)
				}
				return
			}
			if r := w.reply(w.store(), id); r.Status != want || len(r.Blocks) != tt.blocks {
				t.Errorf("the last reply is %+v", r)
			}
		})
	}
}

// What people are asked is shown in spite of it, and so is what came of it: else nobody could answer, or the buttons would stay.
func TestSilenceDoesNotHideQuestions(t *testing.T) {
	w := newWorld(t, questioner(t))
	p := w.running()
	c := command("test.ask", nil)
	c.Silence = bot.Silence{Ack: true, Result: true}
	id := p.accept(c).ID
	p.becomes(id, bot.Pending)
	if r := w.reply(p.store, id); !offers(r, "inquiry respond "+id+" continue=true") {
		t.Errorf("it shows %+v", r)
	}
	_, err := p.Respond(w.ctx, id, given("yes", bob))
	w.must(err)
	p.ended(id, bot.Succeeded)
	if r := w.reply(p.store, id); r.Status != bot.Succeeded || !says(r, "bob answered at 03:02:01 UTC: continue=true") {
		t.Errorf("it ends as %+v", r)
	}
}
