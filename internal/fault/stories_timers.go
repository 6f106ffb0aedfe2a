//go:build fault

package fault

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

// timerStories are about what no person asked for: the slots of timers and the events of Clary. Each is told in the chat by a rule.
func timerStories() []scenario {
	return []scenario{
		{name: "a thousand slots", play: slots(25*time.Second, 3*time.Second), setup: Setup{Replicas: 3, Timers: 40}, timed: true},
	}
}

// zone makes timers of the same interval different ones, for 40 of them.
func zone(i int) string {
	const offsets = 27 // Etc/GMT-14 to Etc/GMT+12
	if i < offsets {
		return fmt.Sprintf("Etc/GMT%+d", i-14)
	}
	cities := strings.Fields("Berlin Paris London Madrid Rome Vienna Oslo Prague Dublin Lisbon Athens Sofia Zurich")
	return "Europe/" + cities[(i-offsets)%len(cities)]
}

// writeTimers writes a pack in which so many timers come due each second, and a rule that tells of Clary's events. It returns the lines of the
// configuration.
func (l *lab) writeTimers() (string, error) {
	folder := filepath.Join(l.dir, "slots")
	files := map[string]string{
		"pack.yaml":       "name: slots\ndescription: Timers that tell of their slots\nversion: 1.0.0\nauthor: Petrel\n",
		"rules/seen.yaml": told("seen", "{type: clary.node.state}", "event {{ trigger.id }} of {{ trigger.hostname }}"),
	}
	for i := range l.Timers {
		// Timers with the same parameters are one.
		timer := fmt.Sprintf("{type: core.st2.IntervalTimer, parameters: {unit: seconds, delta: 1, missed: all, timezone: %q}}", zone(i))
		name := fmt.Sprintf("timer%d", i)
		files["rules/"+name+".yaml"] = told(name, timer, fmt.Sprintf("slot %d of {{ trigger.executed_at }}", i))
	}
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("packs: [%q]\npermissions: [{identity: \"relay:*\", action: \"*\"}, {identity: \"shell:*\", action: \"core.audit\"}, {identity: \"rule:*\", action: \"*\"}]\n", folder), nil
}

// told is a rule that tells a channel.
func told(name, trigger, message string) string {
	return fmt.Sprintf("name: %s\ndescription: Tells of it\nenabled: true\ntrigger: %s\naction: {ref: core.announcement, parameters: {channel: \"relay:slots\", message: %q}}\n", name, trigger, message)
}

// slots lets timers run for a time while replicas are killed, and waits for the last slots.
func slots(length, between time.Duration) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		l.window.from = l.clock.Now().Truncate(time.Second).Add(2 * time.Second)
		l.window.to = l.window.from.Add(length)
		err := amidKills(between, func(ctx context.Context, l *lab) error {
			return clock.Wait(ctx, l.clock, l.window.to.Sub(l.clock.Now()))
		})(ctx, l)
		if err != nil {
			return err
		}
		// Not in time is a miss that the checker tells.
		_ = l.await(ctx, 3*l.Lease+10*time.Second, "the slots are told", func() bool {
			h, err := l.read()
			return err == nil && len(checkTold(h)) == 0
		})
		return clock.Wait(ctx, l.clock, time.Second) // in which it could be told once more
	}
}

// claryEvents lets nodes change, and kills whoever polls Clary between an event and the note that it was told, twice.
func claryEvents(ctx context.Context, l *lab) error {
	if err := clock.Wait(ctx, l.clock, 3*time.Second); err != nil { // the first poll finds the end of the log
		return err
	}
	for _, nth := range []int{4, 6} {
		r := l.in.arm(failpoint.EmitAfter, failpoint.Kill, nth)
		for range 10 {
			l.host++
			host := fmt.Sprintf("n%d", l.host)
			if err := l.putNode(ctx, host, "draining"); err != nil {
				return err
			}
			l.window.hosts = append(l.window.hosts, host)
		}
		// A poll comes each 30 s, and when the lease of the one before is over.
		if err := l.metWithin(ctx, r, 45*time.Second); err != nil {
			return err
		}
		if err := l.died(ctx, r); err != nil {
			return err
		}
	}
	_ = l.await(ctx, 45*time.Second, "the events are told", func() bool { // as above
		h, err := l.read()
		return err == nil && len(checkTold(h)) == 0
	})
	return clock.Wait(ctx, l.clock, time.Second)
}
