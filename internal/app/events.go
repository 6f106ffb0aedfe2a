package app

import (
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/trigger"
)

// addEvents builds what has rules act on events.
func (a *App) addEvents(o Options, s store.Store) {
	a.Events = event.New(event.Parts{
		Store: s, Content: a.triggers.Load, Catalog: current{a}, Executor: a.Executor, Templates: a.render, People: a.authority,
		Clock: clock.System(), Random: random.System(), Log: o.Log, Watch: a.hooks.events,
	}, event.Options{Owner: o.Owner, Retention: o.Config.Events.Retention, Lease: o.Config.Executor.Lease})
}

// Triggers returns the kinds of events that packs describe.
func (a *App) Triggers() trigger.Types { return a.triggers.Load().Triggers }
