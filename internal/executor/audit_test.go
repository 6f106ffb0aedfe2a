package executor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

// audited returns the audit log, oldest first, a word or two a line.
func (p *process) audited(q audit.Query) (whats []string, lines []audit.Line) {
	p.world.Helper()
	q.Limit = 1000
	found, err := p.Audit().Find(p.world.ctx, q)
	p.world.must(err)
	for i := len(found) - 1; i >= 0; i-- {
		whats = append(whats, strings.TrimSpace(string(found[i].What)+" "+string(found[i].Status)))
		lines = append(lines, found[i])
	}
	return whats, lines
}

func TestEveryStepIsAudited(t *testing.T) {
	w := newWorld(t, exclusive("change", bot.Idempotent, doer(done)), action("look", bot.Read, doer(done)))
	p := w.running()
	e := p.ended(p.accept(command("test.change", map[string]any{"host": "irene[1-2]", "token": "hunter2"})).ID, bot.Succeeded)
	p.does("test.look", bot.Succeeded)
	whats, lines := p.audited(audit.Query{})
	want := []string{"asked", "will", "did succeeded", "asked", "did succeeded"}
	if diff := cmp.Diff(want, whats); diff != "" {
		t.Error(diff)
	}
	asked, will, did := lines[0], lines[1], lines[2]
	if asked.Who != "ann" || asked.Account != "chat:U1" || asked.From != "ops" || asked.Targets != "irene[1-2]" || asked.Execution != e.ID || asked.Params["host"] != "irene[1-2]" {
		t.Errorf("asked: %+v", asked)
	}
	if asked.Params["token"] != "********" {
		t.Errorf("the secret is written as %v", asked.Params["token"])
	}
	if will.Fence == 0 || will.By != "petrel" || did.Fence != will.Fence || did.Why != "Done." {
		t.Errorf("will: %+v, did: %+v", will, did)
	}
	if whats, _ := p.audited(audit.Query{Target: "irene2", Changes: true}); len(whats) != 3 {
		t.Errorf("about irene2 are %v", whats)
	}
	report, err := p.Audit().Verify(w.ctx, store.Head{})
	if err != nil || report.Broken != "" || report.Last != 5 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestRefusalsAndCancelsAreAudited(t *testing.T) {
	w := newWorld(t, action("it", bot.Idempotent, newWork()))
	p := w.process(executor.Options{})
	id := p.accept(command("test.it", nil)).ID
	_, err := p.Cancel(w.ctx, id, bob)
	w.must(err)
	w.gate.deny("No.")
	_, err = p.Accept(w.ctx, command("test.it", nil))
	w.refused(bot.CodeDenied, err)
	whats, lines := p.audited(audit.Query{})
	if diff := cmp.Diff([]string{"asked", "canceled canceled", "refused"}, whats); diff != "" {
		t.Error(diff)
	}
	if lines[1].Who != "bob" || lines[2].Why != "No." || lines[2].Class != bot.Idempotent {
		t.Errorf("%+v", lines)
	}
}

// What cannot be written down is not done.
func TestNothingIsDoneWithoutItsLine(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Idempotent, it), action("noop", bot.Read, doer(done)))
	watched := &watchedStore{Store: w.store()}
	p := w.processOn(watched, executor.Options{Workers: 1})
	id := p.accept(command("test.it", nil)).ID
	unwritten := 0
	watched.failing(func(b store.Batch) (written, answered bool) {
		for _, l := range b.Append {
			if strings.Contains(string(l.Data), `"what":"will"`) {
				unwritten++
				return false, false
			}
		}
		return true, true
	})
	stop := p.start(p.Run)
	w.time.Advance(time.Millisecond)
	p.does("test.noop", bot.Succeeded) // the one worker is done with it by then
	stop()
	if len(it.began) > 0 || unwritten != 1 {
		t.Errorf("it began %d times; its line could not be written %d times", len(it.began), unwritten)
	}
	if e := p.look(id); e.Status != bot.Requested {
		t.Errorf("it is %s", e.Status)
	}
}

func TestResolve(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	dead := w.dying()
	ids := []string{dead.accept(command("test.it", nil)).ID}
	receive(w, it.began)
	w.time.Advance(lease)
	next := w.running()
	next.ended(ids[0], bot.Abandoned)
	it.end <- nil

	r := w.reply(next.store, ids[0])
	for _, command := range []string{"resolve " + ids[0] + " happened", "rerun " + ids[0], "resolve " + ids[0] + " left"} {
		if !offers(r, command) {
			t.Errorf("the reply does not offer %q: %+v", command, r)
		}
	}
	again, err := next.Rerun(w.ctx, next.look(ids[0]), executor.Command{Identity: bob, Origin: bot.Origin{Adapter: "chat", User: "U2"}})
	w.must(err)
	old := next.look(ids[0])
	if old.Status != bot.Abandoned || old.Resolution == nil || old.Resolution.Finding != bot.NotHappened || old.Resolution.By != "bob" || again.Parent != old.ID {
		t.Errorf("%+v, %+v", old.Resolution, again)
	}
	if r := w.reply(next.store, ids[0]); !says(r, "bob says: it had no effect.") || offers(r, "rerun "+ids[0]) {
		t.Errorf("the reply is %+v", r)
	}
	_, err = next.Resolve(w.ctx, ids[0], bot.Happened, ann)
	if text := w.refused(bot.CodeConflict, err); text != "bob has said already: it had no effect." {
		t.Errorf("ann is told %q", text)
	}
	receive(w, it.began)
	it.end <- nil
	next.ended(again.ID, bot.Succeeded)
	_, err = next.Resolve(w.ctx, again.ID, bot.Happened, ann)
	w.refused(bot.CodeConflict, err)
}
