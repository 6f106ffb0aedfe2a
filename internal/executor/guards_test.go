package executor_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

func TestRepeat(t *testing.T) {
	w := newWorld(t, action("it", bot.Once, doer(done)), action("other", bot.Idempotent, doer(done)))
	p := w.process(executor.Options{Repeat: 2 * time.Minute})
	p.start(p.Run)
	c := command("test.it", map[string]any{"host": "a", "token": "one"})
	c.Dedupe = "chat//1"
	first := p.accept(c)
	p.ended(first.ID, bot.Succeeded)
	w.time.Advance(time.Minute)

	same := command("test.it", map[string]any{"host": "a", "token": "another"})
	same.Dedupe = "chat//2"
	_, err := p.Accept(w.ctx, same)
	want := "You already ran this 1m0s ago: test.it " + first.ID + " is succeeded. Type again " + first.ID + " to run it all the same. Nothing was done now."
	if text := w.refused(bot.CodeConflict, err); text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if r, ok := errors.AsType[executor.RepeatedError](err); !ok || r.Execution != first.ID {
		t.Errorf("the error is %#v", err)
	}
	if again := p.accept(c); again.ID != first.ID {
		t.Errorf("the same delivery became %s, want %s", again.ID, first.ID)
	}
	byBob := same
	byBob.Identity, byBob.Dedupe = bob, ""
	p.accept(byBob)
	p.accept(command("test.it", map[string]any{"host": "b"}))
	p.accept(command("test.other", nil))
	p.accept(command("test.other", nil))

	// Again runs what it names, and nothing twice: the second press meets what came of the first.
	second, err := p.Rerun(w.ctx, first, command("", nil))
	w.must(err)
	_, err = p.Rerun(w.ctx, first, command("", nil))
	if text := w.refused(bot.CodeConflict, err); !strings.Contains(text, second.ID) {
		t.Errorf("the second press is told %q", text)
	}
	w.time.Advance(2 * time.Minute)
	p.accept(same)
}

// What came to nothing may be tried again at once.
func TestRepeatAfterNothing(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	p := w.process(executor.Options{Repeat: time.Hour})
	p.start(p.Run)
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	_, err := p.Accept(w.ctx, command("test.it", nil))
	w.refused(bot.CodeConflict, err)
	it.end <- errors.New("no")
	p.ended(id, bot.Failed)
	p.accept(command("test.it", nil))
	receive(w, it.began)
	it.end <- nil
}

// Of the same command from two places at one moment one is run.
func TestRepeatRace(t *testing.T) {
	w := newWorld(t, action("it", bot.Once, doer(done)))
	p := w.process(executor.Options{Repeat: time.Hour})
	q := w.process(executor.Options{Repeat: time.Hour})
	var group errgroup.Group
	results := make([]error, 16)
	for i := range results {
		one := []*process{p, q}[i%2]
		group.Go(func() error {
			_, results[i] = one.Accept(w.ctx, command("test.it", nil))
			return nil
		})
	}
	w.must(group.Wait())
	accepted := 0
	for _, err := range results {
		if err == nil {
			accepted++
		} else {
			w.refused(bot.CodeConflict, err)
		}
	}
	if accepted != 1 || len(p.all()) != 1 {
		t.Errorf("%d were accepted, %d are on record", accepted, len(p.all()))
	}
}

func TestRate(t *testing.T) {
	w := newWorld(t, action("it", bot.Read, doer(done)))
	p := w.process(executor.Options{Rate: 3})
	c := command("test.it", nil)
	c.Dedupe = "chat//1"
	first := p.accept(c)
	for range 5 { // a delivery that comes again is not counted
		p.accept(c)
	}
	w.gate.deny("Not you.")
	_, err := p.Accept(w.ctx, command("test.it", nil)) // nor is what was refused
	w.refused(bot.CodeDenied, err)
	w.gate.set(nil)
	advance := func(d time.Duration) {
		p.clock.Advance(d)
		w.time.Advance(d)
	}
	advance(20 * time.Second)
	p.accept(command("test.it", nil))
	p.accept(command("test.it", nil))
	_, err = p.Accept(w.ctx, command("test.it", nil))
	want := "That is a lot at once: 3 commands of yours were taken within a minute, which is as many as one person may give. Please try again in 40s. Nothing was done."
	if text := w.refused(bot.CodeRateLimited, err); text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if again := p.accept(c); again.ID != first.ID {
		t.Errorf("the same delivery became %s, want %s", again.ID, first.ID)
	}
	byBob := command("test.it", nil)
	byBob.Identity = bob
	p.accept(byBob)
	advance(40 * time.Second)
	p.accept(command("test.it", nil))
	_, err = p.Accept(w.ctx, command("test.it", nil))
	w.refused(bot.CodeRateLimited, err)
}

// Whatever process a person's commands come to, they are counted together: also after a restart, and when all come at one moment.
func TestRateOverReplicas(t *testing.T) {
	const limit = 5
	w := newWorld(t, action("it", bot.Read, doer(done)))
	processes := []*process{w.process(executor.Options{Rate: limit}), w.process(executor.Options{Rate: limit}), w.process(executor.Options{Rate: limit})}
	burst := func() (accepted int) {
		var group errgroup.Group
		results := make([]error, 18)
		for i := range results {
			group.Go(func() error {
				_, results[i] = processes[i%len(processes)].Accept(w.ctx, command("test.it", nil))
				return nil
			})
		}
		w.must(group.Wait())
		for _, err := range results {
			if err == nil {
				accepted++
			} else if text := w.refused(bot.CodeRateLimited, err); !strings.Contains(text, "Please try again in ") {
				t.Errorf("who is refused is told %q", text)
			}
		}
		return accepted
	}
	if n := burst(); n != limit {
		t.Errorf("%d were accepted, want %d", n, limit)
	}
	w.time.Advance(20 * time.Second)
	restarted := w.process(executor.Options{Rate: limit})
	_, err := restarted.Accept(w.ctx, command("test.it", nil))
	if text := w.refused(bot.CodeRateLimited, err); !strings.Contains(text, "Please try again in 40s.") {
		t.Errorf("after a restart a person is told %q", text)
	}
	byBob, shell := command("test.it", nil), command("test.it", nil)
	byBob.Identity, shell.Origin = bob, bot.Origin{Adapter: executor.ShellAdapter, User: "ann"}
	restarted.accept(byBob)
	restarted.accept(shell) // shells are not counted together with the chat
	w.time.Advance(40 * time.Second)
	for _, p := range processes {
		p.clock.Advance(time.Minute)
	}
	if n := burst(); n != limit || len(processes[0].all()) != 2*limit+2 {
		t.Errorf("a minute later %d were accepted, want %d; on record are %d", n, limit, len(processes[0].all()))
	}
}

// An answer to a question is never too much: that an abandoned execution is to be run again is one.
func TestGuardsTakeEveryAnswer(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	o := executor.Options{Rate: 1, Repeat: time.Hour, Drain: time.Nanosecond}
	p := w.process(o)
	stop := p.start(p.Run)
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	stop()
	old := p.ended(id, bot.Abandoned)
	_, err := p.Rerun(w.ctx, old, command("", nil))
	w.must(err)
}
