package chat

import (
	"context"
	"log/slog"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/permission"
)

// Runner is the runner of actions that the desk answers itself. They are no executions.
const Runner = "chat"

// Content is what can be typed and done, as the packs say. It is immutable; a reload brings a new one.
type Content struct {
	Aliases *aliases.Index
	Listed  []*aliases.Alias          // in the order of help: by pack, then as the packs list them
	Named   map[string]*aliases.Alias // every alias, by ref
	Actions executor.Catalog
	Specs   []*bot.ActionSpec // every action, by ref
	// Groups are the node groups that a target may name as @group.
	Groups map[string]string
	// Examples are lines that can be typed, by alias ref.
	Examples map[string]string
}

// Engine is what the desk needs of the executor.
type Engine interface {
	Commands
	History
	Locker
	Questions
}

// Questions are what executions wait on.
type Questions interface {
	Inquiries(ctx context.Context, limit int) ([]bot.Inquiry, error)
	Inquiry(ctx context.Context, id string) (bot.Inquiry, error)
	Respond(ctx context.Context, id string, a executor.Response) (bot.Inquiry, error)
}

// Commands change executions.
type Commands interface {
	Accept(ctx context.Context, c executor.Command) (bot.Execution, error)
	Cancel(ctx context.Context, id string, by bot.Identity) (bot.Execution, error)
	Rerun(ctx context.Context, old bot.Execution, c executor.Command) (bot.Execution, error)
	Resolve(ctx context.Context, id string, finding bot.Finding, by bot.Identity) (bot.Execution, error)
	// Deny puts on record that somebody may not do what he asked for.
	Deny(ctx context.Context, c executor.Command, why string) error
}

// History reads what was executed.
type History interface {
	Execution(ctx context.Context, prefix string) (bot.Execution, error)
	Executions(ctx context.Context, f executor.Filter) ([]bot.Execution, error)
	Result(ctx context.Context, e bot.Execution) (bot.Result, error)
	Audit() *audit.Trail
}

// Locker shows and changes who has which target.
type Locker interface {
	Locks(ctx context.Context, limit int) ([]executor.Held, error)
	Lock(ctx context.Context, w executor.HandLock) error
	Unlock(ctx context.Context, w executor.HandLock) error
}

// Templates renders what packs write as templates, for whoever asks.
type Templates interface {
	// Fixed returns the parameters that an alias fixes.
	Fixed(ctx context.Context, fixed map[string]any, spec *bot.ActionSpec, who bot.Identity) (map[string]any, error)
	// Defaults returns the action with its parameters' defaults.
	Defaults(ctx context.Context, spec *bot.ActionSpec, params map[string]any, who bot.Identity) (*bot.ActionSpec, error)
}

// People tells who is behind an account.
type People interface {
	Identify(o bot.Origin) bot.Identity
	// Doubt returns a sentence where what is known of the origin points to two people.
	Doubt(o bot.Origin) string
	Find(name string) (identity.Person, bool)
	// Origin returns where somebody would write from who is told by id or account.
	Origin(name string, here bot.Origin) (bot.Origin, error)
}

// Rules tells what each rule says of a call.
type Rules interface {
	Explain(call bot.Call) (bot.Decision, []permission.Verdict)
}

// Parts are what a desk works with.
type Parts struct {
	Content   func() *Content // what is current when a message comes
	Engine    Engine
	Freezes   Freezer
	People    People
	Gate      executor.Gate
	Rules     Rules
	Templates Templates
	Watchers  Watchers
	Schedules Scheduler
	Notices   Notices
	Clock     clock.Clock
	Log       *slog.Logger
	// Told is told how each message was answered, and with what error it was refused. Nil tells nobody.
	Told func(o bot.Origin, a bot.Answer, err error)
}

// Desk is the bot.Receiver of every adapter.
type Desk struct {
	content   func() *Content
	engine    Engine
	freezes   Freezer
	people    People
	gate      executor.Gate
	rules     Rules
	templates Templates
	watchers  Watchers
	schedules Scheduler
	notices   Notices
	clock     clock.Clock
	log       *slog.Logger
	told      func(o bot.Origin, a bot.Answer, err error)
	commands  map[string]command // by entry point
}

// New returns a desk.
func New(p Parts) *Desk {
	d := &Desk{content: p.Content, engine: p.Engine, freezes: p.Freezes, people: p.People, gate: p.Gate, rules: p.Rules, templates: p.Templates, watchers: p.Watchers, schedules: p.Schedules, notices: p.Notices, clock: p.Clock, log: p.Log, told: p.Told}
	d.commands = map[string]command{
		"chat.Help":       d.help,
		"chat.Executions": d.executions,
		"chat.Execution":  d.execution,
		"chat.Cancel":     d.cancel,
		"chat.Rerun":      d.rerun,
		"chat.Resolve":    d.resolve,
		"chat.Locks":      d.locks,
		"chat.Lock":       d.lock,
		"chat.Unlock":     d.unlock,
		"chat.Audit":      d.audit,
		"chat.Inquiries":  d.inquiries,
		"chat.InquiryGet": d.inquiry,
		respondEntry:      d.inquiryRespond,
		"chat.Approve":    d.approve,
		"chat.Deny":       d.deny,
		"chat.Confirm":    d.confirm,
		"chat.Freezes":    d.listFreezes,
		"chat.Freeze":     d.freeze,
		"chat.Unfreeze":   d.unfreeze,
		"chat.DryRun":     d.dryRun,
		"chat.BreakGlass": d.breakGlass,
		"chat.Whoami":     d.whoami,
		"chat.Who":        d.who,
		"chat.May":        d.may,
		"chat.Sensors":    d.sensors,

		"chat.Schedule":     d.schedule,
		"chat.Schedules":    d.ownSchedules,
		"chat.AllSchedules": d.allSchedules,
		"chat.Unschedule":   d.unschedule,

		pressEntry:         d.press,
		"chat.Acknowledge": d.acknowledge,
		"chat.Digest":      d.digest,
		"chat.Mute":        d.mute,
		"chat.Unmute":      d.unmute,
		"chat.Mutes":       d.mutes,
	}
	return d
}

// EntryPoints returns the entry points that runner chat knows, for the check of packs.
func (d *Desk) EntryPoints() []string {
	list := make([]string, 0, len(d.commands))
	for name := range d.commands {
		list = append(list, name)
	}
	return list
}

// visit is one message on its way over the desk.
type visit struct {
	message  bot.Message
	identity bot.Identity
	content  *Content
	mode     mode
	schedule string // the id of the schedule that wrote it; empty for a person
}

func (v *visit) command() executor.Command {
	c := executor.Command{
		Identity: v.identity, Origin: v.message.Origin, Text: v.message.Text, Dedupe: v.message.DedupeKey(),
		DryRun: v.mode == dryRun, BreakGlass: v.mode == breakGlass,
	}
	if v.schedule != "" {
		c.Trace, c.Keep = v.schedule, keepSlot
	}
	if v.mode != asWritten {
		c.Text = string(v.mode) + " " + c.Text
	}
	return c
}

// command answers a question about the bot itself.
type command func(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error)

// Receive answers a message. An accepted command is durable when it returns. A refusal is an answer, not an error: an error means
// that the store could not be reached, so the platform must not be told that the message was taken.
func (d *Desk) Receive(ctx context.Context, m bot.Message) (bot.Answer, error) {
	v := &visit{message: m, identity: d.people.Identify(m.Origin), content: d.content()}
	if why := d.people.Doubt(m.Origin); why != "" {
		d.log.WarnContext(ctx, "what is known of a sender points to two people", "op", "chat.desk.receive", "identity", v.identity.ID, "why", why)
	}
	answer, err := d.answer(ctx, v)
	if d.told != nil {
		d.told(m.Origin, answer, err)
	}
	if err == nil {
		return answer, nil
	}
	switch code := bot.ErrorCode(err); code {
	case bot.CodeUnavailable, bot.CodeTimeout:
		d.log.WarnContext(ctx, "could not take a message", "op", "chat.desk.receive", "identity", v.identity.ID, "code", code, "err", err)
		return bot.Answer{}, err
	case bot.CodeCanceled:
		return bot.Answer{}, err
	case bot.CodeInternal:
		d.log.ErrorContext(ctx, "could not answer a message", "op", "chat.desk.receive", "identity", v.identity.ID, "code", code, "err", err)
	}
	return refusal(v, err), nil
}

func (d *Desk) answer(ctx context.Context, v *visit) (bot.Answer, error) {
	if v.message.Alias != "" {
		return d.chosen(ctx, v)
	}
	found := v.content.Aliases.Match(v.message.Text)
	switch {
	case found.Err != nil:
		return bot.Answer{}, found.Err
	case len(found.Ambiguous) > 0:
		return d.ambiguous(v, found.Ambiguous), nil
	case len(found.Matches) == 0:
		m, ok := d.begun(v)
		switch {
		case !ok:
			return d.unknown(v), nil
		case v.message.Values == nil:
			return d.fillIn(ctx, v, m)
		}
		return d.dispatch(ctx, v, m, 0)
	}
	var answer bot.Answer
	for i, m := range found.Matches {
		next, err := d.dispatch(ctx, v, m, i)
		if err != nil {
			return bot.Answer{}, err
		}
		answer = next
	}
	return answer, nil
}
