package chat_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/sensor"
)

// watched stands in for the sensors.
type watched []sensor.State

func (w watched) States(context.Context) ([]sensor.State, error) { return w, nil }

func TestSensors(t *testing.T) {
	list := watched{
		{Ref: "clary.Events", Polled: at, Next: at.Add(time.Minute), Events: 7, Last: at, Warning: "The log has begun anew.", Warned: at},
		{Ref: "lab.New"},
		{Ref: "lab.Sick", Polled: at, Failures: 3, Error: "The lab is away."},
	}
	got := plain(chat.SensorReply(list))
	for _, want := range []string{
		"clary.Events | well | 2026-03-04 05:06:07 UTC | 2026-03-04 05:07:07 UTC | 7 | 2026-03-04 05:06:07 UTC", "lab.New | not polled yet | - | - | 0 | -",
		"lab.Sick | failed 3 times", "lab.Sick: The lab is away.", "clary.Events warned at 2026-03-04 05:06:07 UTC: The log has begun anew.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if got := plain(chat.SensorReply(nil)); !strings.Contains(got, "Nothing is watched here.") {
		t.Error(got)
	}
	w := newWorld(t)
	w.watched = list
	if got := words(w.says(t, "bob", "sensors")); !strings.Contains(got, "lab.Sick: The lab is away.") {
		t.Error(got)
	}
}
