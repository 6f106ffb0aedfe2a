package event_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/freeze"
)

const (
	happened = "trigger: {type: test.happened}\n"
	note     = "action: {ref: test.note, parameters: {text: '{{ trigger.who }} {{ rule.name }}', n: '{{ trigger.n }}'}}\n"
)

func hello() event.Event {
	return event.Event{Trigger: "test.happened", Payload: map[string]any{"who": "Ann", "n": int64(7)}}
}

func check(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRulesFire(t *testing.T) {
	w := newWorld(t,
		happened+"criteria: {trigger.who: {type: eq, pattern: Ann}}\n"+note,
		happened+"criteria: {trigger.who: {type: eq, pattern: Bob}}\n"+note,
		happened+note,
		happened+"type: {ref: backstop}\n"+note,
	)
	p := w.process()
	i := p.emit(hello())
	p.settle()
	check(t, p.fired(), []string{"Ann a", "Ann c"})
	got, err := p.Instance(t.Context(), i.ID)
	w.must(err)
	check(t, []any{got.Status, got.Rules, got.Payload.Data}, []any{event.Processed, 2, map[string]any{"who": "Ann", "n": int64(7)}})

	list, err := p.executor.Executions(t.Context(), executor.Filter{Trace: i.ID, Limit: 10})
	w.must(err)
	e := list[0]
	check(t, []any{e.Identity.ID, e.Cause, e.Params["n"]}, []any{"rule:test." + e.Text[len("rule test."):], bot.Cause{Rule: e.Text[len("rule "):], Event: i.ID}, 7.0})
	enforced, err := p.Enforcements(t.Context(), event.Filter{Rule: "test.a"})
	w.must(err)
	if len(enforced) != 1 || enforced[0].Status != event.Succeeded || enforced[0].Execution == "" || enforced[0].Instance != i.ID {
		t.Errorf("%+v", enforced)
	}
}

func TestBackstopFiresWhenNothingElseDoes(t *testing.T) {
	w := newWorld(t, happened+"criteria: {trigger.who: {type: eq, pattern: Bob}}\n"+note, happened+"type: {ref: backstop}\n"+note)
	p := w.process()
	p.emit(hello())
	p.settle()
	check(t, p.fired(), []string{"Ann b"})
}

func TestADeliveryThatComesTwiceIsOneEvent(t *testing.T) {
	w := newWorld(t, happened+note)
	p, other := w.process(), w.process()
	e := hello()
	e.Dedupe = "webhook/x/1"
	first := p.emit(e)
	if again := other.emit(e); again.ID != first.ID {
		t.Errorf("it became %s and then %s", first.ID, again.ID)
	}
	p.settle()
	check(t, p.fired(), []string{"Ann a"})
}

func TestEmitRefuses(t *testing.T) {
	p := newWorld(t).process()
	_, err := p.Emit(t.Context(), event.Event{Trigger: "test.happend"})
	if bot.ErrorCode(err) != bot.CodeNotFound || !strings.Contains(bot.ErrorText(err), "did you mean test.happened") {
		t.Error(err)
	}
	_, err = p.Emit(t.Context(), event.Event{Trigger: "test.happened", Payload: map[string]any{"n": "seven"}})
	if bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), "n must be") {
		t.Error(err)
	}
}

// A process is killed after the match and before the accept, or after the accept and before that is on record.
func TestAKilledProcessLosesNothingAndFiresNothingTwice(t *testing.T) {
	for _, point := range []string{"before", "after"} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t, happened+note, happened+note, happened+note)
			dying, other := w.process(), w.process()
			ctx, kill := context.WithCancel(t.Context())
			accepts := 0
			die := func() {
				if accepts++; accepts == 2 {
					kill()
				}
			}
			if point == "before" {
				dying.acceptor.before = die
			} else {
				dying.acceptor.after = die
			}
			dying.emit(hello())
			if n, err := dying.Turn(ctx); err != nil || n != 1 {
				t.Fatal(n, err)
			}
			// Nothing that it does after its end counts: its lease runs out.
			w.time.Advance(time.Minute)
			other.settle()
			check(t, other.fired(), []string{"Ann a", "Ann b", "Ann c"})
		})
	}
}

func TestThreeReplicasFireOnce(t *testing.T) {
	w := newWorld(t, happened+note)
	all := []*process{w.process(), w.process(), w.process()}
	want := []string{}
	for n := range 60 {
		e := hello()
		e.Payload = map[string]any{"who": fmt.Sprintf("%02d", n), "n": int64(n)}
		all[n%3].emit(e)
		want = append(want, fmt.Sprintf("%02d a", n))
	}
	var group errgroup.Group
	for _, p := range all {
		group.Go(func() error {
			for {
				if n, err := p.Turn(t.Context()); n == 0 || err != nil {
					return err
				}
			}
		})
	}
	w.must(group.Wait())
	all[0].settle()
	check(t, all[0].fired(), want)
}

func TestAFaultyRuleHarmsNobody(t *testing.T) {
	w := newWorld(t,
		happened+"criteria: {trigger.who: {type: gt, pattern: 5}}\n"+note,
		happened+"action: {ref: test.note, parameters: {text: '{{ trigger.nope }}'}}\n",
		happened+"action: {ref: test.note, parameters: {n: many}}\n",
		happened+"action: {ref: test.gone}\n",
		happened+note,
	)
	p := w.process()
	i := p.emit(hello())
	p.settle()
	check(t, p.fired(), []string{"Ann e"})
	got, err := p.Enforcements(t.Context(), event.Filter{Instance: i.ID})
	w.must(err)
	reasons := map[string]string{}
	for _, e := range got {
		reasons[e.Rule] = e.Reason
	}
	for name, want := range map[string]string{"test.a": "have no order", "test.b": "nope", "test.c": "takes an integer", "test.d": "no action test.gone", "test.e": ""} {
		if reason, ok := reasons[name]; !ok || !strings.Contains(reason, want) || (want == "") != (reason == "") {
			t.Errorf("%s: %q, want %q", name, reason, want)
		}
	}
}

func TestWhatRulesMayNotDoIsOnRecord(t *testing.T) {
	w := newWorld(t, happened+note)
	w.denied = true
	p := w.process()
	i := p.emit(hello())
	p.settle()
	got, err := p.Enforcements(t.Context(), event.Filter{Instance: i.ID})
	w.must(err)
	if len(got) != 1 || got[0].Status != event.FailedToFire || !strings.Contains(got[0].Reason, "Ask an admin") {
		t.Errorf("%+v", got)
	}
}

// A rule that acts when an action has ended sets itself off. It is stopped, and somebody can see why.
func TestCirclesEnd(t *testing.T) {
	w := newWorld(t, "trigger: {type: core.st2.generic.actiontrigger}\naction: {ref: test.note, parameters: {text: again}}\n")
	p := w.process()
	_, err := p.executor.Accept(t.Context(), executor.Command{Action: "test.note", Params: map[string]any{"text": "first"}})
	w.must(err)
	last := p.turnsInACircle()
	if n := len(p.fired()); n != 12 || !strings.Contains(last.Why, "set each other off") {
		t.Errorf("%d executions, %+v", n, last)
	}
}

// turnsInACircle works until an event is stopped for having come too deep, and returns it.
func (p *process) turnsInACircle() (last event.Instance) {
	t := p.world
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if err := p.executor.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	woken, err := p.store.Subscribe(ctx, "queue/events")
	t.must(err)
	for last.Why == "" && ctx.Err() == nil {
		select {
		case <-woken:
		case <-time.After(10 * time.Second):
			t.Error("the circle did not end")
			stop()
		}
		p.settle()
		list, err := p.Instances(t.Context(), event.Filter{})
		t.must(err)
		for _, i := range list {
			if i.Status == event.Failed {
				last = i
			}
		}
	}
	stop()
	group.Wait()
	return last
}

func TestSwitch(t *testing.T) {
	w := newWorld(t, happened+note)
	p, other := w.process(), w.process()
	_, err := p.Switch(t.Context(), "test.a", false, bot.Identity{ID: "ann"})
	w.must(err)
	p.emit(hello())
	other.settle()
	check(t, p.fired(), []string(nil))
	_, err = p.Switch(t.Context(), "test.a", true, bot.Identity{ID: "ann"})
	w.must(err)
	p.emit(hello())
	p.settle()
	check(t, p.fired(), []string{"Ann a"})
	if _, err := p.Switch(t.Context(), "test.aa", true, bot.Identity{}); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Error(err)
	}
}

func TestRunProcessesWhatItIsWokenFor(t *testing.T) {
	w := newWorld(t, happened+note)
	p := w.process()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	p.acceptor.after = func() { close(done) }
	var group sync.WaitGroup
	group.Go(func() {
		if err := p.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	p.emit(hello())
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("the event was not processed")
	}
	stop()
	group.Wait()
}

// A freeze stops what a rule would change, and neither events nor what only tells of them. What was stopped is on record with the reason and does
// not come back when the freeze is over: nobody would expect it then.
func TestRulesDuringAFreeze(t *testing.T) {
	w := newWorld(t, happened+note, happened+"action: {ref: test.write}\n")
	p := w.process()
	_, err := p.executor.Freezes().Declare(t.Context(), freeze.Wish{Reason: "the release", For: time.Hour, By: bot.Identity{ID: "ann"}})
	w.must(err)
	outcome := func(i event.Instance) []string {
		t.Helper()
		got, err := p.Instance(t.Context(), i.ID)
		w.must(err)
		list, err := p.Enforcements(t.Context(), event.Filter{Instance: i.ID})
		w.must(err)
		seen := []string{string(got.Status)}
		for _, e := range list {
			seen = append(seen, e.Rule+" "+e.Status)
			if e.Status == event.FailedToFire && (e.Execution != "" || !strings.Contains(e.Reason, "ann froze everything") || !strings.Contains(e.Reason, "the release")) {
				t.Errorf("%+v", e)
			}
		}
		slices.Sort(seen[1:])
		return seen
	}
	frozen := []string{string(event.Processed), "test.a " + event.Succeeded, "test.b " + event.FailedToFire}
	during := p.emit(hello())
	p.settle()
	check(t, outcome(during), frozen)
	check(t, p.actions(), []string{"test.note"})

	w.time.Advance(2 * time.Hour)
	p.settle()
	check(t, outcome(during), frozen)
	check(t, p.actions(), []string{"test.note"})
	after := p.emit(hello())
	p.settle()
	check(t, outcome(after), []string{string(event.Processed), "test.a " + event.Succeeded, "test.b " + event.Succeeded})
	check(t, p.actions(), []string{"test.note", "test.note", "test.write"})
}

// actions returns which actions were accepted, sorted.
func (p *process) actions() []string {
	p.world.Helper()
	list, err := p.executor.Executions(p.world.Context(), executor.Filter{Limit: 100})
	p.world.must(err)
	var refs []string
	for _, e := range list {
		refs = append(refs, e.Action)
	}
	slices.Sort(refs)
	return refs
}
