//go:build fault

package fault

import (
	"context"
	"errors"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
	"github.com/petrelops/petrel/internal/sim/script"
)

// discordStories are played with the adapter of Discord.
func discordStories() []scenario {
	setup := Setup{Replicas: 3, Chat: "discord"}
	return []scenario{
		{name: "Discord: load", play: load(50, 8*time.Second, 0), setup: Setup{Replicas: 3, Chat: "discord", Slash: 1}, timed: true},
		{name: "Discord: asked to connect again", play: onDiscord(reconnects), setup: setup},
		{name: "Discord: the session is gone", play: onDiscord(sessionGone), setup: setup},
		{name: "Discord: a storm of faults", play: onDiscord(discordStorm), setup: Setup{Replicas: 3, Chat: "discord", Limits: true}, settle: 90 * time.Second},
	}
}

// onDiscord plays a story with its simulator, and keeps what that counted.
func onDiscord(story func(context.Context, *lab, *discordRoom) error) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		r, ok := l.room.(*discordRoom)
		if !ok {
			return errors.New("it is a story of Discord")
		}
		err := story(ctx, l, r)
		sessions, readErr := r.sessions("identified", time.Time{})
		resumed, _ := r.sessions("resumed", time.Time{}) // the same error
		l.figures["identified"], l.figures["resumed"] = float64(len(sessions)), float64(len(resumed))
		l.figures["invalid"] = float64(r.sim.Invalid())
		return errors.Join(err, readErr)
	}
}

// sessions returns when, after a time, the ledger tells that of a session.
func (r *discordRoom) sessions(code string, after time.Time) (times []time.Time, err error) {
	raw, err := parse[simdiscord.Line](r.file)
	for _, line := range raw {
		if line.Kind == simdiscord.LineSession && line.Code == code && line.Time.After(after) {
			times = append(times, line.Time)
		}
	}
	return times, err
}

// until waits until the ledger tells that of a session, after a time, and returns when that was.
func (r *discordRoom) until(ctx context.Context, code string, after time.Time) (at time.Time, err error) {
	err = r.l.await(ctx, time.Minute, "a session is "+code, func() bool {
		times, err := r.sessions(code, after)
		if err == nil && len(times) > 0 {
			at = times[0]
		}
		return err != nil || len(times) > 0
	})
	return at, err
}

// mention has somebody write what the bot has to take.
func (l *lab) mention(ctx context.Context, pause time.Duration) error {
	c := l.command(Echo, 0)
	c.Must = true
	if err := l.write(ctx, c, "u3", 0); err != nil {
		return err
	}
	return clock.Wait(ctx, l.clock, pause)
}

// mentions has people write so often.
func (l *lab) mentions(ctx context.Context, count int, pause time.Duration) error {
	for range count {
		if err := l.mention(ctx, pause); err != nil {
			return err
		}
	}
	return nil
}

// reconnects has Discord ask for another connection while people write.
func reconnects(ctx context.Context, l *lab, r *discordRoom) error {
	for range 3 {
		if err := l.mentions(ctx, 5, 50*time.Millisecond); err != nil {
			return err
		}
		asked := l.clock.Now()
		l.in.note("op 7", 0)
		r.sim.Reconnect()
		if err := l.mentions(ctx, 5, 10*time.Millisecond); err != nil {
			return err
		}
		if _, err := r.until(ctx, "resumed", asked); err != nil {
			return err
		}
	}
	return nil
}

// gatewayDies kills whoever holds the gateway while people write, so that another goes on where it stopped.
func gatewayDies(ctx context.Context, l *lab, r *discordRoom) error {
	for range 2 {
		seen := l.in.arm(failpoint.Receive, failpoint.Go, 1)
		if err := l.mentions(ctx, 3, 20*time.Millisecond); err != nil {
			return err
		}
		if err := l.met(ctx, seen); err != nil {
			return err
		}
		if err := clock.Wait(ctx, l.clock, 1500*time.Millisecond); err != nil { // the sequence is saved each second
			return err
		}
		died := l.clock.Now()
		if err := l.killReplica(l.holder(seen)); err != nil {
			return err
		}
		if err := l.mentions(ctx, 5, 100*time.Millisecond); err != nil {
			return err
		}
		if err := l.restart(ctx); err != nil {
			return err
		}
		code := "resumed"
		if len(l.Defects) > 0 {
			code = "identified"
		}
		back, err := r.until(ctx, code, died)
		if err != nil {
			return err
		}
		l.figures["handover seconds"] = max(l.figures["handover seconds"], back.Sub(died).Seconds())
	}
	return nil
}

// killedAtReceive kills the process that has a command in its hands for so long that how far it has come is saved.
func killedAtReceive(ctx context.Context, l *lab, _ *discordRoom) error {
	r := l.in.arm(failpoint.Receive, hold, 1)
	if err := l.mention(ctx, 0); err != nil { // it is a slash command here
		return err
	}
	if err := l.met(ctx, r); err != nil {
		return err
	}
	if err := clock.Wait(ctx, l.clock, 1500*time.Millisecond); err != nil {
		return err
	}
	if err := l.killReplica(l.holder(r)); err != nil {
		return err
	}
	l.in.free(r)
	return l.restart(ctx)
}

// sessionGone has Discord end the session for good, twice, while people write.
func sessionGone(ctx context.Context, l *lab, r *discordRoom) error {
	for range 2 {
		if err := l.mentions(ctx, 5, 50*time.Millisecond); err != nil {
			return err
		}
		gone := l.clock.Now()
		l.in.note("op 9", 0)
		r.sim.Invalidate()
		if err := l.mentions(ctx, 5, 50*time.Millisecond); err != nil {
			return err
		}
		if _, err := r.until(ctx, "identified", gone); err != nil {
			return err
		}
	}
	return nil
}

// discordStorm has three of ten calls told to wait, one fail and answers lost, and connections cut, while people write and replicas die.
func discordStorm(ctx context.Context, l *lab, r *discordRoom) error {
	l.figures["own seconds"] = ownStorm
	for _, f := range []script.Fault{
		{Effect: script.EffectDrop, After: true, Method: "message.create", Percent: 10},
		{Effect: script.EffectStatus, Status: 429, RetryAfter: 1, Percent: 30},
		{Effect: script.EffectStatus, Status: 503, Percent: 14}, // of the rest, which is ten of all
	} {
		f.Count = script.Forever
		if _, err := r.sim.Inject(f); err != nil {
			return err
		}
	}
	return amidKills(8*time.Second, func(ctx context.Context, l *lab) error {
		for range 6 {
			if err := l.mentions(ctx, 6, 200*time.Millisecond); err != nil {
				return err
			}
			r.sim.DropGateway()
			if err := clock.Wait(ctx, l.clock, 2*time.Second); err != nil {
				return err
			}
		}
		return nil
	})(ctx, l)
}
