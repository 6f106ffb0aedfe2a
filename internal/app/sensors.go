package app

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/sensor"
	"github.com/petrelops/petrel/internal/store"
)

const (
	// claryEvents is the sensor of Clary's event log, under its name in StackStorm; claryCursor is its datastore key there.
	claryEvents = "clary.ClaryPollingSensor"
	claryCursor = "clary.last_event"

	pollEvery   = 30 * time.Second // where a pack does not say
	pollTimeout = 5 * time.Minute
)

// addSensors builds what polls the sensors of the packs whose code is here.
func (a *App) addSensors(o Options, s store.Store) {
	var specs []sensor.Spec
	for _, known := range a.set.Sensors() {
		code, ok := a.sensors[known.Ref()]
		if !ok || !known.Enabled {
			continue
		}
		key, every := strings.ToLower(known.Ref())+".cursor", cmp.Or(known.Every, pollEvery)
		if known.Ref() == claryEvents {
			key, every = claryCursor, o.Config.Clary.Poll
		}
		specs = append(specs, sensor.Spec{Ref: known.Ref(), Sensor: code, Cursor: key, Every: every, Timeout: pollTimeout})
	}
	a.Sensors = sensor.New(sensor.Parts{
		Store: s, Keys: a.Keys, Emit: a.emit, Tell: a.tellOfSensor, Clock: clock.System(), Random: random.System(), Log: o.Log,
	}, sensor.Options{Owner: o.Owner, Lease: o.Config.Executor.Lease}, specs...)
}

// watchers lets the desk, which is older, see the sensors.
type watchers struct{ app *App }

// States implements chat.Watchers.
func (w watchers) States(ctx context.Context) ([]sensor.State, error) {
	return w.app.Sensors.States(ctx)
}

// tellOfSensor tells the channel for Petrel's own troubles.
func (a *App) tellOfSensor(ctx context.Context, text string) error {
	return a.Notices.Tell(ctx, "sensor", text)
}

// emit hands an event of a sensor to the rules.
func (a *App) emit(ctx context.Context, from string, e bot.Event) error {
	_, err := a.Events.Emit(ctx, event.Event{
		Trigger: e.Trigger, Payload: e.Payload, Source: "sensor:" + from, Dedupe: strings.Join([]string{"sensor", e.Trigger, e.Key}, "/"),
	})
	return err
}
