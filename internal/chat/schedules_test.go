package chat_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/schedule"
)

// later stands in for the keeper of schedules.
type later struct {
	wishes  []schedule.Wish
	list    []schedule.Schedule
	removed []string
}

func (l *later) Add(_ context.Context, w schedule.Wish) (schedule.Schedule, error) {
	l.wishes = append(l.wishes, w)
	return schedule.Schedule{ID: doneID, When: "every " + w.Every, Zone: "UTC", Line: w.Line, Action: w.Action, By: w.By, Origin: w.Origin, Next: at, Once: w.Every == ""}, nil
}

func (l *later) Find(_ context.Context, prefix string) (schedule.Schedule, error) {
	for _, s := range l.list {
		if strings.HasPrefix(s.ID, prefix) {
			return s, nil
		}
	}
	return schedule.Schedule{}, bot.E(bot.CodeNotFound, "test", "There is no schedule "+prefix+".", nil)
}

func (l *later) List(_ context.Context, owner string) ([]schedule.Schedule, error) {
	return slices.DeleteFunc(slices.Clone(l.list), func(s schedule.Schedule) bool { return owner != "" && s.By.ID != owner }), nil
}

func (l *later) Remove(_ context.Context, s schedule.Schedule, e schedule.End) error {
	l.removed = append(l.removed, s.ID+" by "+e.By.ID)
	return nil
}

// addSchedules adds the actions. In these tests bob may do what is of class read, so he may schedule, and end what is his.
func addSchedules(add func(bot.ActionSpec)) {
	for name, spec := range map[string]bot.ActionSpec{
		"Schedule":     {Name: "schedule", Class: bot.Read, Params: []bot.Param{text("line", required), text("every"), text("at"), text("in")}},
		"Schedules":    {Name: "schedules", Class: bot.Read},
		"AllSchedules": {Name: "schedules.all", Class: bot.Idempotent},
		"Unschedule":   {Name: "unschedule", Class: bot.Read, Params: []bot.Param{text("id", required)}},
	} {
		spec.Pack, spec.Runner, spec.EntryPoint = "core", chat.Runner, "chat."+name
		add(spec)
	}
	add(bot.ActionSpec{Pack: "core", Name: "unschedule.any", Runner: chat.Runner, EntryPoint: "chat.Unschedule", Class: bot.Idempotent})
	add(bot.ActionSpec{Pack: "lab", Name: "ask", Runner: "go", Class: bot.Once, Confirm: true})
}

func scheduleAliases() []*aliases.Alias {
	return []*aliases.Alias{
		alias("core.schedule", "every {{every}} run {{line}}", "at {{at}} run {{line}}", "in {{in}} run {{line}}"),
		alias("core.schedules", "schedules"), alias("core.schedules.all", "schedules all"), alias("core.unschedule", "unschedule {{id}}"),
		alias("lab.ask", "lab ask"),
	}
}

func TestSchedule(t *testing.T) {
	w := newWorld(t, scheduleAliases()...)
	a := w.says(t, "ann", `every day at  09:00 run lab set "irene1" draining count=3`)
	want := `It will be run every day at  09:00 (UTC), next on Wed 2026-03-04 05:06:07 UTC. Type unschedule ` + doneID + ` to end it.
schedule: ` + doneID + `
line: lab set "irene1" draining count=3
action: lab.set
count: 3
host: irene1
status: draining
`
	if diff := cmp.Diff(want, words(a)); diff != "" || a.Reply.Private {
		t.Error(diff)
	}
	ann := bot.Identity{ID: "console:ann"}
	from := bot.Origin{Adapter: "console", User: "ann"}
	want0 := schedule.Wish{Every: "day at  09:00", Line: `lab set "irene1" draining count=3`, Action: "lab.set", By: ann, Origin: from, Dedupe: "console//d1"}
	if diff := cmp.Diff([]schedule.Wish{want0}, w.later.wishes); diff != "" {
		t.Error(diff)
	}
	if got := words(w.says(t, "ann", "in 30m run lab ask")); !strings.Contains(got, "It will be run once, on") || !strings.Contains(got, "Nothing is done before you confirm it, each time.") {
		t.Errorf("got %q", got)
	}
	w.says(t, "bob", "at 02:00 run lab get irene1")
	if got := w.later.wishes[1:]; got[0].In != "30m" || got[1].At != "02:00" || got[1].By.ID != "console:bob" {
		t.Errorf("got %+v", got)
	}
	if len(w.accepted) > 0 {
		t.Errorf("it was run: %+v", w.accepted)
	}
}

// What would be refused when its time comes is refused at once.
func TestScheduleRefused(t *testing.T) {
	w := newWorld(t, scheduleAliases()...)
	for _, test := range []struct{ person, line, want string }{
		{"bob", "every 1h run lab set irene1 draining", "console:bob may not run lab.set."},
		{"bob", "every 1h run lab set irene1 draining count=many", "console:bob may not run lab.set."},
		{"eve", "every 1h run lab get irene1", "console:eve may not run core.schedule."},
		{"ann", "every 1h run lab set irene1 draining count=many", "count"},
		{"ann", "every 1h run lab set irene1 draining token=hunter2", "The parameter token is secret"},
		{"ann", "every 1h run lab hello", "lab.old cannot run here: runner python-script."},
		{"ann", "every 1h run lab nonsense", `No command fits "lab nonsense".`},
		{"ann", "every 1h run lab twin irene1", `Several commands fit "lab twin irene1".`},
		{"ann", "every 1h run OPS-1 OPS-2", `Several commands fit "OPS-1 OPS-2".`},
		{"ann", "every 1h run help", "core.help is answered by the bot itself and cannot be scheduled."},
		{"ann", "every 1h run dry-run lab get irene1", "core.dry_run is answered by the bot itself"},
		{"ann", "every 1h run break-glass lab get irene1", "core.break_glass is answered by the bot itself"},
		{"ann", "every 1h run in 1h run lab get irene1", "core.schedule is answered by the bot itself"},
		{"ann", "dry-run every 1h run lab get irene1", "core.schedule is answered by the bot itself"},
	} {
		if got := words(w.says(t, test.person, test.line)); !strings.Contains(got, test.want) || strings.Contains(got, "hunter2") {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
	if len(w.later.wishes) != 0 {
		t.Errorf("it was scheduled: %+v", w.later.wishes)
	}
}

func due(person, line string) schedule.Due {
	return schedule.Due{Slot: at, Schedule: schedule.Schedule{
		ID: doneID, Line: line, By: bot.Identity{ID: "console:" + person}, Origin: bot.Origin{Adapter: "console", Channel: "ops", Thread: "7", User: person},
	}}
}

// When it comes due the line is run as its owner, where it was asked for, under the name of the slot.
func TestRunDue(t *testing.T) {
	w := newWorld(t, scheduleAliases()...)
	d := due("ann", `lab set "irene1" draining`)
	if err := w.desk.RunDue(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	got := w.accepted[0]
	want := executor.Command{
		Action: "lab.set", Params: map[string]any{"host": "irene1", "status": "draining"}, Identity: d.By, Origin: d.Origin, Text: d.Line,
		Alias: "lab.set", Dedupe: "console//schedule/" + doneID + "/1772600767", Trace: doneID, Keep: got.Keep,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRunDueRefused(t *testing.T) {
	w := newWorld(t, scheduleAliases()...)
	moved := due("ann", "lab get irene1")
	moved.Origin.User = "eve"
	for _, test := range []struct {
		due  schedule.Due
		code bot.Code
		want string
	}{
		{due("bob", "lab set irene1 draining"), bot.CodeDenied, "console:bob may not run lab.set."},
		{due("eve", "lab get irene1"), bot.CodeDenied, "console:eve may not run core.schedule."},
		{moved, bot.CodeDenied, "belonged to console:ann when this was scheduled, and belongs to console:eve now."},
		{due("ann", "lab nonsense"), bot.CodeNotFound, "No command fits"},
		{due("ann", "cancel "+doneID), bot.CodeUnsupported, "core.cancel is answered by the bot itself"},
	} {
		err := w.desk.RunDue(t.Context(), test.due)
		if bot.ErrorCode(err) != test.code || !strings.Contains(bot.ErrorText(err), test.want) {
			t.Errorf("%s: %v, want %q", test.due.Line, err, test.want)
		}
	}
	if len(w.accepted) > 0 {
		t.Errorf("it was run: %+v", w.accepted)
	}
	if diff := cmp.Diff([]string{"lab.set to console:bob", "core.schedule to console:eve"}, w.denied); diff != "" {
		t.Error(diff)
	}
}

func TestSchedulesAndUnschedule(t *testing.T) {
	w := newWorld(t, scheduleAliases()...)
	if got := words(w.says(t, "bob", "schedules")); !strings.HasPrefix(got, "You have scheduled nothing.") {
		t.Errorf("got %q", got)
	}
	if got := words(w.says(t, "ann", "schedules all")); got != "Nothing is scheduled.\n" {
		t.Errorf("got %q", got)
	}
	for i, owner := range []string{"ann", "bob"} {
		w.later.list = append(w.later.list, schedule.Schedule{
			ID: doneID[:23] + string(rune('a'+i)), When: "every 1h", Zone: "UTC", Line: "lab get irene1", By: bot.Identity{ID: "console:" + owner}, Next: at,
		})
	}
	ofAnn, ofBob := w.later.list[0].ID, w.later.list[1].ID
	row := ofBob + " | console:bob | every 1h (UTC) | Wed 2026-03-04 05:06:07 UTC | lab get irene1\n"
	if diff := cmp.Diff("schedule | who | when | next | line\n"+row, words(w.says(t, "bob", "schedules"))); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct{ person, line, want string }{
		{"ann", "schedules all", row},
		{"bob", "schedules all", "console:bob may not run core.schedules.all."},
		{"bob", "unschedule " + ofAnn, "console:bob may not run core.unschedule.any."},
		{"bob", "unschedule " + strings.ToUpper(ofBob), "The schedule " + ofBob + " of console:bob is ended"},
		{"ann", "unschedule " + ofBob, "The schedule " + ofBob + " of console:bob is ended"},
		{"ann", "unschedule ffffffff", "There is no schedule ffffffff."},
	} {
		if got := words(w.says(t, test.person, test.line)); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
	if diff := cmp.Diff([]string{ofBob + " by console:bob", ofBob + " by console:ann"}, w.later.removed); diff != "" {
		t.Error(diff)
	}
}

// The command line has values and no line. It goes by the same rules.
func TestAsk(t *testing.T) {
	w := newWorld(t)
	ask := func(person, ref string, params map[string]any) (bot.Answer, error) {
		return w.desk.Ask(t.Context(), bot.Message{Origin: bot.Origin{Adapter: "console", User: person}, Delivery: "d1", Text: ref}, params)
	}
	a, err := ask("ann", "core.mutes", nil)
	if err != nil || a.Reply == nil || a.Reply.Title != "Nothing is muted." {
		t.Errorf("%+v, %v", a.Reply, err)
	}
	for name, test := range map[string]struct {
		person, ref string
		params      map[string]any
		code        bot.Code
	}{
		"no permission":          {"bob", "core.mute", map[string]any{"what": "lab.told", "for": "1h"}, bot.CodeDenied},
		"a value is lacking":     {"ann", "core.mute", map[string]any{"what": "lab.told"}, bot.CodeInvalid},
		"an action of another's": {"ann", "lab.set", map[string]any{"host": "irene1", "status": "draining"}, bot.CodeUnsupported},
		"no action":              {"ann", "lab.none", nil, bot.CodeNotFound},
	} {
		if a, err := ask(test.person, test.ref, test.params); bot.ErrorCode(err) != test.code || a.Reply != nil {
			t.Errorf("%s: %+v, %v", name, a.Reply, err)
		}
	}
	if len(w.denied) != 1 || len(w.accepted) > 0 || len(w.notices.wishes) > 0 {
		t.Errorf("on record: %q; accepted %+v; muted %+v", w.denied, w.accepted, w.notices.wishes)
	}
}
