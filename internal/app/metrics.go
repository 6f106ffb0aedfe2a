package app

import (
	"context"
	"net/http"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/sensor"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/telemetry"
)

// hooks are what tells the metrics; empty where nobody can read them.
type hooks struct {
	answered func(o bot.Origin, a bot.Answer, err error)
	ended    func(e bot.Execution)
	events   event.Watcher
}

// measured returns the store, measured where the configuration has an address at which the metrics can be read. A shell has none.
func (a *App) measured(o Options, s store.Store) store.Store {
	if !o.Chats || o.Config.HTTP.Listen == "" {
		return s
	}
	a.metrics = telemetry.New()
	a.hooks = hooks{a.metrics.Answered, a.metrics.Ended, a.metrics}
	return a.metrics.Store(s, clock.System())
}

// posts returns the adapter as replies go through it.
func (a *App) posts(c bot.Adapter) bot.Adapter {
	if a.metrics == nil {
		return c
	}
	return a.metrics.Posts(c, clock.System())
}

// metricsPage is what Prometheus reads.
func (a *App) metricsPage(s store.Store) http.Handler {
	return a.metrics.Page(telemetry.Now{
		Work: a.Executor, Time: s.Now,
		Sensors: func(ctx context.Context) ([]sensor.State, error) { return a.Sensors.States(ctx) },
		Chats:   func() []bot.Adapter { return a.chats },
	})
}
