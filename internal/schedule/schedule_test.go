package schedule_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/schedule"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

func TestTimes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		wish       schedule.Wish
		when, next string
		once       bool
	}{ // it is Wednesday, 10:00:00 in Berlin
		{schedule.Wish{Every: "day at 09:00"}, "every day at 09:00", "Thu 2026-11-26 09:00:00 CET", false},
		{schedule.Wish{Every: "Day  at 10:01"}, "every day at 10:01", "Wed 2026-11-25 10:01:00 CET", false},
		{schedule.Wish{Every: "monday at 08:30"}, "every monday at 08:30", "Mon 2026-11-30 08:30:00 CET", false},
		{schedule.Wish{Every: "mon,wed at 10:00"}, "every mon,wed at 10:00", "Mon 2026-11-30 10:00:00 CET", false},
		{schedule.Wish{Every: "90m"}, "every 1h30m", "Wed 2026-11-25 11:30:00 CET", false},
		{schedule.Wish{At: "02:00"}, "at 02:00", "Thu 2026-11-26 02:00:00 CET", true},
		{schedule.Wish{At: "2027-07-01 18:00"}, "at 2027-07-01 18:00", "Thu 2027-07-01 18:00:00 CEST", true},
		{schedule.Wish{In: "30m"}, "in 30m", "Wed 2026-11-25 10:30:00 CET", true},
	} {
		w := newWorld(t)
		w.zone = berlin
		test.wish.By = bot.Identity{ID: "ann"}
		s := w.add(w.keeper(), test.wish)
		check(t, []any{s.When, s.NextText(), s.Once, s.Zone}, []any{test.when, test.next, test.once, "Europe/Berlin"})
	}
}

func TestTimesRefused(t *testing.T) {
	k := newWorld(t).keeper()
	for _, test := range []struct {
		wish schedule.Wish
		want string
	}{
		{schedule.Wish{Every: "now and then"}, "does not say how often"},
		{schedule.Wish{Every: "500d"}, "a second to a year ahead"},
		{schedule.Wish{At: "noon"}, `"noon" is not a time.`},
		{schedule.Wish{At: "2026-11-25 08:59"}, "a second to a year ahead"},
		{schedule.Wish{At: "2028-01-01"}, "a second to a year ahead"},
		{schedule.Wish{In: "soon"}, "is not a length of time"},
		{schedule.Wish{In: "1ms"}, "a second to a year ahead"},
		{schedule.Wish{}, `"" is not a time.`},
	} {
		_, err := k.Add(t.Context(), test.wish)
		if bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), test.want) {
			t.Errorf("%+v: %v, want %q", test.wish, err, test.want)
		}
	}
}

// The clock is set forward on 2027-03-28 at 02:00: 09:00 stays 09:00.
func TestTheWallClockCounts(t *testing.T) {
	w := newWorld(t)
	var err error
	w.zone, err = time.LoadLocation("Europe/Berlin")
	w.must(err)
	w.time.Advance(time.Date(2027, 3, 27, 9, 0, 0, 0, time.UTC).Sub(w.time.Now()))
	k := w.keeper()
	s := wish("a")
	s.Every = "day at 09:00"
	w.add(k, s)
	w.time.Advance(22 * time.Hour) // 07:00 UTC, 09:00 in summer
	w.settle(k)
	check(t, w.ran, []string{"a 28T07:00:00"})
}

func TestWhatComesAgainRunsAgainAndWhatIsOnceIsGone(t *testing.T) {
	w := newWorld(t)
	k := w.keeper()
	every, once := wish("every"), wish("once")
	every.Every, once.In = "15m", "10m"
	w.add(k, every)
	w.add(k, once)
	w.settle(k)
	check(t, w.ran, []string(nil))
	for range 6 {
		w.time.Advance(5 * time.Minute)
		w.settle(k)
	}
	check(t, w.ran, []string{"once 25T09:10:00", "every 25T09:15:00", "every 25T09:30:00"})
	check(t, w.left(k), []string{"every"})
}

// Three processes look at once, all the time; each slot is run by one.
func TestEachSlotIsRunByOneProcess(t *testing.T) {
	w := newWorld(t)
	all := []*schedule.Keeper{w.keeper(), w.keeper(), w.keeper()}
	s := wish("a")
	s.Every = "1m"
	w.add(all[0], s)
	for range 10 {
		w.time.Advance(time.Minute)
		var group errgroup.Group
		for _, k := range all {
			group.Go(func() error {
				_, err := k.Turn(t.Context(), counting{w})
				return err
			})
		}
		w.must(group.Wait())
	}
	check(t, len(w.ran), 10)
}

// counting does not know deliveries: what is run twice counts twice.
type counting struct{ w *world }

func (c counting) RunDue(_ context.Context, d schedule.Due) error {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.w.ran = append(c.w.ran, d.Line)
	return nil
}

// A process ends after the line was accepted and before that is on record. The next one finds the slot run, also when it comes too late.
func TestAKilledProcessRunsNothingTwice(t *testing.T) {
	for name, silence := range map[string]time.Duration{"soon": 40 * time.Second, "late": 10 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			dying, other := w.keeper(), w.keeper()
			s := wish("a")
			s.In = "1m"
			w.add(dying, s)
			w.time.Advance(time.Minute)
			ctx, kill := context.WithCancel(t.Context())
			if n, err := dying.Turn(ctx, killing{&w.chat, kill}); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			check(t, w.left(other), []string{"a"})
			w.time.Advance(silence)
			w.settle(other)
			check(t, w.ran, []string{"a 25T09:01:00"})
			check(t, w.left(other), []string(nil))
			check(t, len(w.told), 0)
		})
	}
}

// killing is a process that ends when it has accepted.
type killing struct {
	*chat
	kill func()
}

func (k killing) RunDue(ctx context.Context, d schedule.Due) error {
	defer k.kill()
	return k.chat.RunDue(ctx, d)
}

func TestMissedSlots(t *testing.T) {
	for _, test := range []struct {
		name string
		late bool
		want []string
		told string
	}{
		{"skip", false, []string{"every 25T09:45:00"}, "on Wed 2026-11-25 09:05:00 UTC, and nobody was there to run it. Nothing was done; ask for it again."},
		{"run", true, []string{"once 25T09:05:00", "every 25T09:15:00", "every 25T09:45:00"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.late = test.late
			k := w.keeper()
			every, once := wish("every"), wish("once")
			every.Every, once.In = "15m", "5m"
			w.add(k, every)
			w.add(k, once)
			w.time.Advance(40 * time.Minute) // nobody was there
			w.settle(k)
			w.time.Advance(5 * time.Minute)
			w.settle(k)
			slicesEqualUnordered(t, w.ran, test.want)
			check(t, w.left(k), []string{"every"})
			if test.told == "" {
				check(t, len(w.told), 0)
				return
			}
			if len(w.told) != 1 || !strings.Contains(w.told[0].Reply.Title, test.told) || w.told[0].Origin.Thread != "7" {
				t.Errorf("%+v", w.told)
			}
		})
	}
}

// slicesEqualUnordered compares what was run by several goroutines.
func slicesEqualUnordered(t *testing.T, got, want []string) {
	t.Helper()
	count := map[string]int{}
	for _, s := range want {
		count[s]++
	}
	for _, s := range got {
		count[s]--
	}
	for s, n := range count {
		if n != 0 {
			t.Errorf("%q: %d too few; got %q", s, n, got)
		}
	}
}

// Whoever may not do it any more is told once, and the schedule is over.
func TestDeniedIsToldOnceAndEnds(t *testing.T) {
	w := newWorld(t)
	k := w.keeper()
	s := wish("a")
	s.Every = "15m"
	w.add(k, s)
	w.refuse = bot.E(bot.CodeDenied, "test", "ann may not run core.echo.", nil)
	for range 3 {
		w.time.Advance(15 * time.Minute)
		w.settle(k)
	}
	check(t, w.left(k), []string(nil))
	if len(w.told) != 1 || !strings.Contains(w.told[0].Reply.Title, "ann may not run core.echo. The schedule is ended.") {
		t.Errorf("%+v", w.told)
	}
}

// Where nobody reads, as in a shell, the schedule ends or goes on all the same.
func TestNobodyReads(t *testing.T) {
	for name, test := range map[string]struct {
		code bot.Code
		left []string
	}{
		"denied":  {bot.CodeDenied, nil},
		"refused": {bot.CodeForbidden, []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			k := w.keeper()
			s := wish("a")
			s.Every, s.Origin = "15m", bot.Origin{Adapter: "shell", User: "ann"}
			w.add(k, s)
			w.refuse = bot.E(test.code, "test", "Not now.", nil)
			w.time.Advance(15 * time.Minute)
			w.settle(k)
			check(t, w.left(k), test.left)
			check(t, len(w.told), 0)
			w.refuse = nil
			w.time.Advance(15 * time.Minute)
			w.settle(k)
			check(t, len(w.ran), len(test.left))
		})
	}
}

// What is refused for another reason goes on. The owner is told once, until it has run again.
func TestRefusedIsToldOnceAndGoesOn(t *testing.T) {
	w := newWorld(t)
	k := w.keeper()
	s := wish("a")
	s.Every = "15m"
	w.add(k, s)
	turns := func(n int, refuse error) {
		w.refuse = refuse
		for range n {
			w.time.Advance(15 * time.Minute)
			w.settle(k)
		}
	}
	frozen := bot.E(bot.CodeForbidden, "test", "bob froze everything.", nil)
	turns(3, frozen)
	check(t, len(w.told), 1)
	turns(1, nil)
	turns(2, frozen)
	check(t, len(w.told), 2)
	turns(1, errors.New("a fault of ours"))
	check(t, len(w.told), 3)
	check(t, []any{len(w.ran), w.left(k)}, []any{1, []string{"a"}})
}

// While something is out of reach the slot is tried again.
func TestUnreachableIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	k := w.keeper()
	s := wish("a")
	s.In = "1m"
	w.add(k, s)
	w.time.Advance(time.Minute)
	w.refuse = bot.E(bot.CodeUnavailable, "test", "The store is gone.", nil)
	if n, err := k.Turn(t.Context(), &w.chat); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	w.refuse = nil
	w.settle(k)
	check(t, w.ran, []string(nil))
	w.time.Advance(5 * time.Second)
	w.settle(k)
	check(t, w.ran, []string{"a 25T09:01:00"})
	check(t, len(w.told), 0)
}

func TestADeliveryThatComesTwiceIsOneSchedule(t *testing.T) {
	w := newWorld(t)
	s := wish("a")
	s.Every = "1h"
	first := w.add(w.keeper(), s)
	w.time.Advance(time.Minute)
	again := w.add(w.keeper(), s)
	check(t, again, first)
	check(t, w.left(w.keeper()), []string{"a"})
}

// Also when all are asked for at once.
func TestAPersonMayHaveSoMany(t *testing.T) {
	w := newWorld(t)
	all := []*schedule.Keeper{w.keeper(), w.keeper()}
	var group errgroup.Group
	refused := make(chan error, 6)
	for i, line := range []string{"a", "b", "c", "d", "e", "f"} {
		group.Go(func() error {
			s := wish(line)
			s.In = "1h"
			if _, err := all[i%2].Add(t.Context(), s); err != nil {
				refused <- err
			}
			return nil
		})
	}
	w.must(group.Wait())
	close(refused)
	for err := range refused {
		if bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), "You have 3 schedules already") {
			t.Error(err)
		}
	}
	check(t, len(w.left(all[0])), 3)
	other := wish("g")
	other.In, other.By.ID = "1h", "bob"
	w.add(all[0], other)
	own, err := all[0].List(t.Context(), "bob")
	w.must(err)
	check(t, len(own), 1)
}

func TestRemove(t *testing.T) {
	w := newWorld(t)
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: w.dir, Clock: w.time})
	w.must(err)
	defer s.Close()
	k := w.on(s)
	asked := wish("a")
	asked.Every = "15m"
	added := w.add(k, asked)
	found, err := k.Find(t.Context(), added.ID[:12])
	w.must(err)
	check(t, found, added)
	w.must(k.Remove(t.Context(), found, schedule.End{By: bot.Identity{ID: "bob"}, From: bot.Origin{Adapter: "slack", User: "U2", Channel: "dev"}}))
	w.time.Advance(time.Hour)
	w.settle(k)
	check(t, w.ran, []string(nil))
	for prefix, code := range map[string]bot.Code{added.ID: bot.CodeNotFound, "x": bot.CodeInvalid} {
		if _, err := k.Find(t.Context(), prefix); bot.ErrorCode(err) != code {
			t.Errorf("%s: %v", prefix, err)
		}
	}
	lines, err := audit.NewTrail(s).Find(t.Context(), audit.Query{Limit: 10})
	w.must(err)
	var says []string
	for _, l := range lines {
		says = append(says, string(l.What)+" "+l.Who+" "+l.From+" "+l.Why)
	}
	check(t, says, []string{
		"unscheduled bob dev schedule " + added.ID + ": every 15m (UTC): a",
		"scheduled ann ops/7 schedule " + added.ID + ": every 15m (UTC): a",
	})
}

// Somebody emptied the queue by hand. A keeper that starts finds out.
func TestMend(t *testing.T) {
	w := newWorld(t)
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: w.dir, Clock: w.time})
	w.must(err)
	defer s.Close()
	k := w.on(s)
	asked := wish("a")
	asked.In = "1h"
	added := w.add(k, asked)
	w.must(s.Commit(t.Context(), store.Batch{Remove: []store.Entry{{Queue: schedule.WorkQueue, ID: added.ID}}}))
	w.must(k.Mend(t.Context()))
	w.settle(k)
	check(t, w.ran, []string(nil))
	w.time.Advance(time.Hour)
	w.settle(k)
	check(t, w.ran, []string{"a 25T10:00:00"})
}
