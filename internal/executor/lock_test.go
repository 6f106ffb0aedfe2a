package executor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/policy"
)

// exclusive is an action that needs the node set of its parameter host for itself.
func exclusive(name string, class bot.Class, d bot.Doer[params]) executor.Action {
	a := action(name, class, d)
	a.Spec.Targets, a.Spec.Locks = []string{"host"}, []string{"host"}
	return a
}

func on(action, hosts string) executor.Command {
	return command(action, map[string]any{"host": hosts})
}

// becomes waits until the execution has the status.
func (p *process) becomes(id string, want bot.Status) bot.Execution {
	p.world.Helper()
	news, err := p.store.Subscribe(p.world.ctx, "queue/outbox/chat") // each change of a status has a reply
	p.world.must(err)
	for {
		e := p.look(id)
		if e.Status == want {
			return e
		}
		receive(p.world, news)
	}
}

func TestLockedTargetsAreWaitedFor(t *testing.T) {
	it := newWork()
	w := newWorld(t, exclusive("it", bot.Idempotent, it))
	p := w.running()
	first := p.accept(on("test.it", "irene[1-3]")).ID
	receive(w, it.began)
	second := p.accept(on("test.it", "irene[3-5]")).ID
	third := p.accept(on("test.it", "irene9")).ID
	if job := receive(w, it.began); job.Request().Execution != third {
		t.Fatalf("%s began, want %s, whose targets are free", job.Request().Execution, third)
	}
	waiting := p.becomes(second, bot.Delayed)
	why := waiting.History[len(waiting.History)-1].Why
	if !strings.Contains(why, "irene3: execution "+first+" has it (test.it by ann) since 03:02:01 UTC.") {
		t.Errorf("it waits because %q", why)
	}
	if r := w.reply(p.store, second); !says(r, why) || !offers(r, "cancel "+second) {
		t.Errorf("the reply is %+v", r)
	}
	it.end <- nil
	it.end <- nil
	p.ended(first, bot.Succeeded)
	if job := receive(w, it.began); job.Request().Execution != second || job.Request().Attempt != 1 {
		t.Errorf("%+v began", job.Request())
	}
	it.end <- nil
	e := p.ended(second, bot.Succeeded)
	if e.Targets != "irene[3-5]" {
		t.Errorf("its targets are %q", e.Targets)
	}
	holds, err := p.Locks(w.ctx, 10)
	if err != nil || len(holds) != 0 {
		t.Errorf("at the end %v are locked, %v", holds, err)
	}
}

// The line is served in its order, also by several processes, and who is canceled in it leaves it.
func TestLineIsServedInOrder(t *testing.T) {
	it := newWork()
	w := newWorld(t, exclusive("it", bot.Idempotent, it))
	p, other := w.running(), w.running()
	first := p.accept(on("test.it", "irene1")).ID
	receive(w, it.began)
	var line []string
	for range 4 {
		id := p.accept(on("test.it", "irene1")).ID
		other.becomes(id, bot.Delayed)
		line = append(line, id)
	}
	_, err := p.Cancel(w.ctx, line[1], ann)
	w.must(err)
	it.end <- nil
	p.ended(first, bot.Succeeded)
	for _, want := range []string{line[0], line[2], line[3]} {
		if job := receive(w, it.began); job.Request().Execution != want {
			t.Fatalf("%s began, want %s of %v", job.Request().Execution, want, line)
		}
		it.end <- nil
		p.ended(want, bot.Succeeded)
	}
}

// A worker that died holds its locks no longer than its lease.
func TestLocksOfTheDead(t *testing.T) {
	it := newWork()
	w := newWorld(t, exclusive("it", bot.Once, it))
	dead := w.dying()
	id := dead.accept(on("test.it", "irene1")).ID
	receive(w, it.began)
	next := w.process(executor.Options{})
	waiting := next.accept(on("test.it", "irene1")).ID
	w.time.Advance(lease)
	next.start(next.Run)
	next.ended(id, bot.Abandoned)
	if job := receive(w, it.began); job.Request().Execution != waiting {
		t.Errorf("%s began", job.Request().Execution)
	}
	it.end <- nil
	it.end <- nil
	next.ended(waiting, bot.Succeeded)
}

func TestLocksByHand(t *testing.T) {
	it := newWork()
	w := newWorld(t, exclusive("it", bot.Idempotent, it))
	p := w.running()
	hand := executor.HandLock{Targets: []string{"irene1", "irene2"}, For: time.Hour, Reason: "new memory", By: bob, Origin: bot.Origin{Adapter: "chat", User: "U2"}}
	w.must(p.Lock(w.ctx, hand))
	id := p.accept(on("test.it", "irene[2-3]")).ID
	e := p.becomes(id, bot.Delayed)
	if why := e.History[len(e.History)-1].Why; !strings.Contains(why, "irene2: locked by bob since 03:02:01 UTC until 04:02:01 UTC: new memory") {
		t.Errorf("it waits because %q", why)
	}
	other := hand
	other.By, other.Targets = ann, []string{"irene1"}
	if text := w.refused(bot.CodeConflict, p.Lock(w.ctx, other)); !strings.Contains(text, "locked by bob") {
		t.Errorf("ann is told %q", text)
	}
	holds, err := p.Locks(w.ctx, 10)
	w.must(err)
	if len(holds) != 2 || holds[0].Target != "irene1" || holds[1].By != "bob" || holds[1].Why != "new memory" {
		t.Errorf("locked is %+v", holds)
	}
	w.must(p.Unlock(w.ctx, executor.HandLock{Targets: []string{"irene2"}, By: ann, Origin: hand.Origin}))
	receive(w, it.began)
	text := w.refused(bot.CodeConflict, p.Unlock(w.ctx, executor.HandLock{Targets: []string{"irene2"}, By: ann, Origin: hand.Origin}))
	if !strings.Contains(text, "Type cancel "+id) {
		t.Errorf("ann is told %q", text)
	}
	w.refused(bot.CodeNotFound, p.Unlock(w.ctx, executor.HandLock{Targets: []string{"irene"}, By: ann, Origin: hand.Origin}))
	it.end <- nil
	p.ended(id, bot.Succeeded)
}

func limited(a executor.Action, l policy.Limit) executor.Action {
	a.Rules.Limits = append(a.Rules.Limits, l)
	return a
}

func TestConcurrency(t *testing.T) {
	it := newWork()
	w := newWorld(t, limited(action("it", bot.Read, it), policy.Limit{Policy: "test.two", Threshold: 2}))
	p, other := w.running(), w.running()
	var ids []string
	for range 3 {
		ids = append(ids, p.accept(command("test.it", nil)).ID)
	}
	receive(w, it.began)
	receive(w, it.began)
	var waits int
	for _, id := range ids {
		if e := other.look(id); e.Status != bot.Running {
			e = other.becomes(id, bot.Delayed)
			waits++
			if why := e.History[len(e.History)-1].Why; why != "Waits for its turn. At most 2 of test.it may run at once (policy test.two)." {
				t.Errorf("it waits because %q", why)
			}
		}
	}
	if waits != 1 {
		t.Errorf("%d wait, want 1", waits)
	}
	it.end <- nil
	receive(w, it.began)
	it.end <- nil
	it.end <- nil
	for _, id := range ids {
		p.ended(id, bot.Succeeded)
	}
}

func TestConcurrencyThatCancels(t *testing.T) {
	it := newWork()
	w := newWorld(t, limited(action("it", bot.Once, it), policy.Limit{Policy: "test.one", Threshold: 1, Attributes: []string{"host"}, Cancel: true}))
	p := w.running()
	first := p.accept(on("test.it", "irene1")).ID
	receive(w, it.began)
	e := p.ended(p.accept(on("test.it", "irene1")).ID, bot.Canceled)
	if !strings.Contains(e.Error.Text, "At most 1 of test.it with the same host may run at once (policy test.one). Nothing was done.") {
		t.Errorf("it was canceled because %q", e.Error.Text)
	}
	other := p.accept(on("test.it", "irene2")).ID
	receive(w, it.began)
	it.end <- nil
	it.end <- nil
	p.ended(first, bot.Succeeded)
	p.ended(other, bot.Succeeded)
}
