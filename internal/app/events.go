package app

import (
	"context"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/trigger"
)

// addEvents builds what has rules act on events.
func (a *App) addEvents(o Options, s store.Store) {
	a.Events = event.New(event.Parts{
		Store: s, Content: a.triggers.Load, Read: a.readRule, Gate: a.gate, Catalog: current{a}, Executor: a.Executor, Templates: a.render, People: a.authority,
		Clock: clock.System(), Random: random.System(), Log: o.Log, Watch: a.hooks.events,
	}, event.Options{Owner: o.Owner, Retention: o.Config.Events.Retention, Lease: o.Config.Executor.Lease})
}

// Triggers returns the kinds of events that packs describe.
func (a *App) Triggers() trigger.Types { return a.triggers.Load().Triggers }

// readRule reads a rule that comes with no pack.
func (a *App) readRule(text string) (*rule.Rule, error) {
	r, problems := a.set.ReadRule([]byte(text))
	if !pack.HasErrors(problems) {
		return r, nil
	}
	var lines []string
	for _, p := range problems {
		if p.Severity == pack.Error {
			lines = append(lines, p.String())
		}
	}
	return nil, bot.E(bot.CodeInvalid, "app.events.read", strings.Join(lines, "\n"), nil)
}

// warnOfRules logs which rules would be refused when they fire.
func (a *App) warnOfRules(ctx context.Context) error {
	list, err := a.Events.Rules(ctx)
	if err != nil { // the engine meets it as well, and has its say
		return nil //nolint:nilerr // nothing depends on this
	}
	for _, r := range list {
		if why := a.Events.Refused(r); why != "" && r.Enabled {
			a.log.WarnContext(ctx, "a rule may not run its action", "op", "app.events.warn", "rule", r.Ref(), "action", r.Action, "why", why)
		}
	}
	return nil
}
