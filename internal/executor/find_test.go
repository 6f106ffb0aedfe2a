package executor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

func TestFind(t *testing.T) {
	w := newWorld(t, exclusive("it", bot.Read, doer(done)), action("other", bot.Read, doer(done)))
	p := w.process(executor.Options{})
	start := w.time.Now()
	accept := func(c executor.Command) string {
		w.time.Advance(time.Minute)
		return p.accept(c).ID
	}
	a := accept(on("test.it", "irene[1-3]"))
	many := accept(on("test.it", "irene[1-1000]"))
	byBob := on("test.other", "irene1")
	byBob.Identity, byBob.Trace, byBob.Parent = bob, "change-7", a
	b := accept(byBob)
	_, err := p.Cancel(w.ctx, b, bob)
	w.must(err)
	c := accept(on("test.it", "irene7"))
	for name, tt := range map[string]struct {
		f    executor.Filter
		want []string
	}{
		"all":           {executor.Filter{}, []string{c, b, many, a}},
		"status":        {executor.Filter{Status: bot.Canceled}, []string{b}},
		"action":        {executor.Filter{Action: "test.it"}, []string{c, many, a}},
		"person":        {executor.Filter{Identity: "bob"}, []string{b}},
		"target":        {executor.Filter{Target: "irene2"}, []string{many, a}},
		"only in many":  {executor.Filter{Target: "irene900"}, []string{many}},
		"no target":     {executor.Filter{Target: "irene9000"}, nil},
		"trace":         {executor.Filter{Trace: "change-7"}, []string{b}},
		"parent":        {executor.Filter{Parent: a}, []string{b}},
		"since":         {executor.Filter{Since: start.Add(3 * time.Minute)}, []string{c, b}},
		"until":         {executor.Filter{Until: start.Add(2 * time.Minute)}, []string{a}},
		"several":       {executor.Filter{Action: "test.it", Target: "irene7", Identity: "ann"}, []string{c, many}},
		"contradiction": {executor.Filter{Identity: "bob", Action: "test.it"}, nil},
		"limit":         {executor.Filter{Action: "test.it", Limit: 2}, []string{c, many}},
	} {
		if tt.f.Limit == 0 {
			tt.f.Limit = 100
		}
		list, err := p.Executions(w.ctx, tt.f)
		w.must(err)
		var got []string
		for _, e := range list {
			got = append(got, e.ID)
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// An execution whose queue entry somebody took away by hand is found and goes on.
func TestLostEntryIsBroughtBack(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{})
	id := p.accept(command("test.noop", nil)).ID
	w.must(p.store.Commit(w.ctx, store.Batch{Remove: []store.Entry{{Queue: "work", ID: id}}}))
	p.start(p.Run)
	ended := make(chan bot.Execution, 1)
	go func() {
		e, err := p.Wait(w.ctx, id)
		if err != nil {
			t.Error(err)
		}
		ended <- e
	}()
	if e := tick(p, 30*time.Second, ended); e.Status != bot.Succeeded {
		t.Errorf("it ended %s", e.Status)
	}
	if !w.log.has("enqueued an execution that had lost its place in the queue") {
		t.Error("nothing was logged")
	}
}
