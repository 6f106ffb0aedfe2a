package discord_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/sim/discord"
	"github.com/petrelops/petrel/internal/sim/script"
)

// TestAgain: what was done comes once more when a script says so, under the same id.
func TestAgain(t *testing.T) {
	r := newRig(t, discord.Options{})
	id, err := r.sim.Say(discord.Said{User: discord.Ann, Channel: discord.Ops, Text: "hello", Again: []time.Duration{time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	for waiting, changed := r.clock.Waiters(); waiting == 0; waiting, changed = r.clock.Waiters() {
		<-changed
	}
	r.clock.Advance(time.Minute)
	if err := r.sim.Until(r.ctx, func() bool { return r.ledger.count(`"delivery":"`+id+`"`) == 2 }); err != nil {
		t.Error(err)
	}
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), part)
}

// counting draws 0, 1, 2 … in turn.
type counting struct{ next uint64 }

func (c *counting) Uint64() uint64 {
	c.next++
	return c.next - 1
}

// TestPercent: chance decides which calls meet a rule.
func TestPercent(t *testing.T) {
	r := newRig(t, discord.Options{Random: &counting{}, Unlimited: true})
	if _, err := r.sim.Inject(script.Fault{Effect: script.EffectStatus, Status: 503, Count: script.Forever, Percent: 30}); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for range 100 {
		if status, _ := r.call(http.MethodGet, "users/@me", nil); status == http.StatusServiceUnavailable {
			failed++
		}
	}
	if failed != 30 {
		t.Errorf("%d of 100 calls failed", failed)
	}
	if _, err := r.sim.Inject(script.Fault{Effect: script.EffectDrop, Percent: 101}); err == nil {
		t.Error("101 % was taken")
	}
}
