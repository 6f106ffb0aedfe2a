package chat

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/schedule"
)

// Scheduler keeps what is to be run later.
type Scheduler interface {
	Add(ctx context.Context, w schedule.Wish) (schedule.Schedule, error)
	Find(ctx context.Context, prefix string) (schedule.Schedule, error)
	// List returns the schedules of a person, or of everybody where the id is empty.
	List(ctx context.Context, owner string) ([]schedule.Schedule, error)
	Remove(ctx context.Context, s schedule.Schedule, e schedule.End) error
}

const (
	scheduleAction = "core.schedule"
	// unscheduleAny is the action that lets somebody end what others scheduled.
	unscheduleAny = "core.unschedule.any"
	// keepSlot is how long it is remembered that a slot was run. No process comes back to one that late.
	keepSlot = 7 * 24 * time.Hour
)

// scheduling is how a schedule is typed.
var scheduling = regexp.MustCompile(`(?s)^\s*(every|at|in)\s+(\S.*?)\s+run\s+(\S.*?)\s*$`)

// scheduleTyped returns the time and the line as they were typed: the alias language would take quotes and pairs at the end out of the line.
func scheduleTyped(text string) map[string]string {
	found := scheduling.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	return map[string]string{found[1]: found[2], "line": found[3]}
}

// schedule keeps a line for later. What would be refused now is refused now.
func (d *Desk) schedule(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	inner := *v
	inner.message.Text, inner.message.Values = text(params, "line"), nil
	call, _, err := d.later(ctx, &inner)
	if err != nil {
		return bot.Answer{}, err
	}
	s, err := d.schedules.Add(ctx, schedule.Wish{
		Every: text(params, "every"), At: text(params, "at"), In: text(params, "in"), Line: inner.message.Text, Action: call.Action.Ref(),
		By: v.identity, Origin: v.message.Origin, Dedupe: v.message.DedupeKey(),
	})
	if err != nil {
		return bot.Answer{}, err
	}
	fields := []bot.Field{{Name: "schedule", Value: s.ID}, {Name: "line", Value: s.Line}, {Name: "action", Value: s.Action}}
	for _, name := range slices.Sorted(maps.Keys(call.Params)) {
		fields = append(fields, bot.Field{Name: name, Value: fmt.Sprint(call.Params[name])})
	}
	r := bot.Reply{
		Title:  fmt.Sprintf("It will be run %s (%s), next on %s. Type unschedule %s to end it.", s.When, s.Zone, s.NextText(), s.ID),
		Blocks: []bot.Block{{Fields: fields}},
	}
	if s.Once {
		r.Title = fmt.Sprintf("It will be run once, on %s. Type unschedule %s to take it back.", s.NextText(), s.ID)
	}
	if call.Action.Confirm {
		r.Blocks = append(r.Blocks, bot.TextBlock("Nothing is done before you confirm it, each time."))
	}
	return bot.Answer{Reply: &r}, nil
}

// later returns what a line would do that is to be run when nobody is there, with its parameters masked. The error says why it cannot be.
func (d *Desk) later(ctx context.Context, v *visit) (bot.Call, aliases.Match, error) {
	const op = "chat.schedule.later"
	asked, m, err := d.single(v)
	if err != nil {
		return asked, m, err
	}
	// Permission comes before anything is said about parameters.
	if err := d.allowed(ctx, v, asked); err != nil {
		return asked, m, err
	}
	spec := asked.Action
	switch {
	case spec.Runner == Runner:
		return asked, m, bot.E(bot.CodeUnsupported, op, fmt.Sprintf("%s is answered by the bot itself and cannot be scheduled. Schedule a line that runs an action.", spec.Ref()), nil)
	case spec.NotRunnable != "":
		return asked, m, bot.E(bot.CodeUnsupported, op, fmt.Sprintf("%s cannot run here: %s.", spec.Ref(), spec.NotRunnable), nil)
	}
	typed, err := d.parameters(ctx, v, spec, m)
	if err != nil {
		return asked, m, v.content.withUsage(err, m, spec)
	}
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		p, ok := spec.Param(name)
		if _, fixed := m.Alias.Immutable[name]; ok && p.Secret && !fixed && typed[name] != nil {
			return asked, m, bot.E(bot.CodeInvalid, op, fmt.Sprintf(
				"The parameter %s is secret, and a schedule would keep it in plain text. Keep it in the datastore, encrypted, and have the action read it there.", name), nil)
		}
	}
	if asked.Params, err = d.checked(ctx, v, spec, m); err != nil {
		return asked, m, v.content.withUsage(err, m, spec)
	}
	if err := d.allowed(ctx, v, asked); err != nil {
		return asked, m, err
	}
	asked.Params = param.Mask(spec, asked.Params)
	return asked, m, nil
}

// single returns the one action that a line asks for. A schedule must not mean something else when an alias is added.
func (d *Desk) single(v *visit) (bot.Call, aliases.Match, error) {
	const op = "chat.schedule.single"
	found := v.content.Aliases.Match(v.message.Text)
	switch {
	case found.Err != nil:
		return bot.Call{}, aliases.Match{}, found.Err
	case len(found.Matches) == 0 && len(found.Ambiguous) == 0:
		return bot.Call{}, aliases.Match{}, bot.E(bot.CodeNotFound, op, fmt.Sprintf("No command fits %q. Write it as it would be typed alone.", quote(v.message.Text)), nil)
	case len(found.Matches) != 1:
		return bot.Call{}, aliases.Match{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("Several commands fit %q. Write it so that only one does.", quote(v.message.Text)), nil)
	}
	m := found.Matches[0]
	action, err := v.content.Actions.Action(m.Alias.Action)
	return bot.Call{Action: action.Spec}, m, err
}

// RunDue implements schedule.Runner: the line is run as if its owner typed it where it was scheduled, with what the owner may do now.
func (d *Desk) RunDue(ctx context.Context, due schedule.Due) error {
	v := &visit{message: due.Message(), identity: d.people.Identify(due.Origin), content: d.content(), schedule: due.ID}
	if v.identity.ID != due.By.ID {
		return bot.E(bot.CodeDenied, "chat.schedule.run", fmt.Sprintf("The account %s belonged to %s when this was scheduled, and belongs to %s now.",
			due.Origin.Account(), due.By.ID, v.identity.ID), nil)
	}
	own, err := v.content.Actions.Action(scheduleAction)
	if err != nil {
		return err
	}
	if err := d.allowed(ctx, v, bot.Call{Action: own.Spec}); err != nil {
		return err
	}
	_, m, err := d.later(ctx, v)
	if err != nil {
		return err
	}
	_, err = d.dispatch(ctx, v, m, 0)
	return err
}

// ownSchedules lists what somebody scheduled.
func (d *Desk) ownSchedules(ctx context.Context, v *visit, _ map[string]any) (bot.Answer, error) {
	list, err := d.schedules.List(ctx, v.identity.ID)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(list) == 0 {
		return said(bot.Reply{Title: "You have scheduled nothing. Type for example: every day at 09:00 run echo hello"})
	}
	return said(scheduleTable(list))
}

// allSchedules lists what anybody scheduled.
func (d *Desk) allSchedules(ctx context.Context, _ *visit, _ map[string]any) (bot.Answer, error) {
	list, err := d.schedules.List(ctx, "")
	if err != nil {
		return bot.Answer{}, err
	}
	if len(list) == 0 {
		return said(bot.Reply{Title: "Nothing is scheduled."})
	}
	return said(scheduleTable(list))
}

func scheduleTable(list []schedule.Schedule) bot.Reply {
	rows := make([][]string, len(list))
	for i, s := range list {
		rows[i] = []string{s.ID, s.By.ID, s.When + " (" + s.Zone + ")", s.NextText(), s.Line}
	}
	return bot.Reply{Blocks: []bot.Block{bot.TableBlock([]string{"schedule", "who", "when", "next", "line"}, rows)}}
}

// unschedule ends a schedule: everybody their own, and whoever may run core.unschedule.any those of others.
func (d *Desk) unschedule(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	s, err := d.schedules.Find(ctx, strings.ToLower(text(params, "id")))
	if err != nil {
		return bot.Answer{}, err
	}
	if s.By.ID != v.identity.ID {
		other, err := v.content.Actions.Action(unscheduleAny)
		if err != nil {
			return bot.Answer{}, err
		}
		if err := d.allowed(ctx, v, bot.Call{Action: other.Spec}); err != nil {
			return bot.Answer{}, err
		}
	}
	if err := d.schedules.Remove(ctx, s, schedule.End{By: v.identity, From: v.message.Origin}); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: &bot.Reply{Title: fmt.Sprintf("The schedule %s of %s is ended (%s). What of it has begun goes on.", s.ID, s.By.ID, s.Text())}}, nil
}
