package app

import (
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/schedule"
	"github.com/petrelops/petrel/internal/store"
)

// addSchedules builds what keeps lines that people have run later.
func (a *App) addSchedules(o Options, s store.Store) {
	c := o.Config
	a.Schedules = schedule.New(schedule.Parts{
		Store: s, Chat: a.Executor, Clock: clock.System(), Random: random.System(), Log: o.Log,
	}, schedule.Options{
		Owner: o.Owner, Lease: c.Executor.Lease, Zone: c.Timezone.Location(), Limit: c.Schedules.Limit, Late: c.Schedules.Missed == "run", Audit: c.Executor.Audit,
	})
}
