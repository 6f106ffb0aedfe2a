package event_test

import (
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
)

func timerRule(parameters string) string {
	return "trigger: {type: core.st2.CronTimer, parameters: {" + parameters + "}}\naction: {ref: test.note, parameters: {text: '{{ trigger.executed_at[11:16] }}'}}\n"
}

func (p *process) tick() {
	p.world.Helper()
	p.world.must(p.TimersTurn(p.world.Context()))
	p.settle()
}

func TestTimersFireEachSlotOnceAcrossReplicas(t *testing.T) {
	w := newWorld(t, timerRule("minute: '*/10'"))
	all := []*process{w.process(), w.process(), w.process()}
	for range 7 { // the first turn takes up the timer at 09:00, which is over
		var group errgroup.Group
		for _, p := range all {
			group.Go(func() error { return p.TimersTurn(t.Context()) })
		}
		w.must(group.Wait())
		all[0].settle()
		w.time.Advance(10 * time.Minute)
	}
	check(t, all[0].fired(), []string{"09:10", "09:20", "09:30", "09:40", "09:50", "10:00"})
}

func TestMissedSlots(t *testing.T) {
	for policy, want := range map[string][]string{
		"":             nil,
		"missed: skip": nil,
		"missed: once": {"09:50"},
		"missed: all":  {"09:10", "09:20", "09:30", "09:40", "09:50"},
	} {
		t.Run(policy, func(t *testing.T) {
			parameters := "minute: '*/10'"
			if policy != "" {
				parameters += ", " + policy
			}
			w := newWorld(t, timerRule(parameters))
			w.process().tick()
			w.time.Advance(55 * time.Minute) // nobody was there
			p := w.process()
			p.tick()
			check(t, p.fired(), want)
			w.time.Advance(5 * time.Minute)
			p.tick()
			check(t, p.fired(), append(append([]string(nil), want...), "10:00"))
		})
	}
}

func TestATimerThatIsTurnedOnAgainBeginsAnew(t *testing.T) {
	w := newWorld(t, timerRule("minute: '*/10', missed: all"))
	p := w.process()
	p.tick()
	_, err := p.Switch(t.Context(), "test.a", false, bot.Identity{ID: "ann"})
	w.must(err)
	w.time.Advance(time.Hour)
	p.tick()
	_, err = p.Switch(t.Context(), "test.a", true, bot.Identity{ID: "ann"})
	w.must(err)
	p.tick()
	check(t, p.fired(), []string(nil))
	w.time.Advance(10 * time.Minute)
	p.tick()
	check(t, p.fired(), []string{"10:10"})
}

func TestRulesWithTheSameTimerShareIt(t *testing.T) {
	w := newWorld(t, timerRule("minute: 10"), timerRule("minute: 10"), timerRule("minute: 20"))
	p := w.process()
	list, err := p.Timers(t.Context())
	w.must(err)
	if len(list) != 2 || list[0].Refs() != "test.a, test.b" {
		t.Fatalf("%d timers", len(list))
	}
	check(t, len(list[1].Upcoming(w.time.Now(), 3)), 3)
	p.tick()
	w.time.Advance(10 * time.Minute)
	p.tick()
	check(t, p.fired(), []string{"09:10", "09:10"})
}
