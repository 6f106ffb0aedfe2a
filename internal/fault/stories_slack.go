//go:build fault

package fault

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/sim/script"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// slackStories are played with the adapter of Slack.
func slackStories() []scenario {
	return []scenario{
		{name: "Slack: load", play: slackLoad, setup: Setup{Replicas: 3, Chat: "slack", Slash: 2}, timed: true, settle: 90 * time.Second},
		{name: "Slack: a storm of faults", play: slackStorm, setup: Setup{Replicas: 3, Chat: "slack", Limits: true}, settle: 2 * time.Minute},
	}
}

// slackLoad has people write for a short time: each process edits 50 messages a minute and no more, so the ends of many are shown late.
func slackLoad(ctx context.Context, l *lab) error {
	l.figures["own seconds"] = 90
	return load(50, 3*time.Second, 0)(ctx, l)
}

// amidKills plays a story while replicas are killed, one at a time.
func amidKills(between time.Duration, story func(context.Context, *lab) error) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		killing, stop := context.WithCancel(ctx)
		defer stop()
		drawn := &seeded{l.Seed + 1}
		var killer errgroup.Group
		killer.Go(func() error {
			for clock.Wait(killing, l.clock, between/2+time.Duration(drawn.Uint64()%uint64(between))) == nil {
				if err := l.killReplica(drawn.upTo(len(l.replicas))); err != nil {
					return err
				}
				if err := l.restart(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		err := story(ctx, l)
		stop()
		return errors.Join(err, killer.Wait())
	}
}

// ownStorm is how many seconds a command may take because its chat refuses to show it.
const ownStorm = 120

// slackStorm has people write in threads while three of ten calls are told to wait, one fails, and answers of posts are lost.
func slackStorm(ctx context.Context, l *lab) error {
	l.figures["own seconds"] = ownStorm
	if r, ok := l.room.(*slackRoom); ok {
		for _, f := range []script.Fault{
			{Effect: script.EffectDrop, After: true, Method: "chat.postMessage", Percent: 10},
			{Effect: script.EffectHang, After: true, Method: "chat.postMessage", Percent: 5},
			{Effect: script.EffectStatus, Status: 429, RetryAfter: 1, Percent: 30},
			{Effect: script.EffectStatus, Status: 503, Percent: 14}, // of the rest, which is ten of all
		} {
			f.Count = script.Forever
			if _, err := r.sim.Inject(f); err != nil {
				return err
			}
		}
	}
	return amidKills(3*time.Second, threads(6, 4))(ctx, l)
}

// threads has people write so many lines into each of so many threads, and a comment on a node between them.
func threads(count, lines int) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		roots := make([]string, count)
		for range lines {
			for i := range roots {
				c := l.command(Echo, 0)
				c.Thread, c.Must = roots[i], true
				if err := l.write(ctx, c, "u1", 0); err != nil {
					return err
				}
				if roots[i] == "" {
					roots[i] = c.Message
				}
				if err := clock.Wait(ctx, l.clock, 300*time.Millisecond); err != nil {
					return err
				}
			}
			if _, err := l.say(ctx, Comment, 1, 0); err != nil {
				return err
			}
		}
		return nil
	}
}

// halfOpen swallows all that Slack says, while people go on writing, until the bot looks for another way; then the path is whole again.
func halfOpen(ctx context.Context, l *lab) error {
	r, ok := l.room.(*slackRoom)
	if !ok {
		return errors.New("only Slack has such a path")
	}
	if _, err := l.mix(ctx, 0); err != nil {
		return err
	}
	if err := l.ended(ctx, 20*time.Second); err != nil {
		return err
	}
	r.through.deaf.Store(true)
	l.in.note("half-open", 0)
	deaf := l.clock.Now()
	for range 4 {
		c := l.command(Echo, 0)
		c.Must, c.Late = true, true
		if err := l.write(ctx, c, "u2", 0); err != nil {
			return err
		}
		if err := clock.Wait(ctx, l.clock, 2*time.Second); err != nil {
			return err
		}
	}
	found, err := r.socket(ctx, "asked", deaf)
	l.figures["found seconds"] = found.Sub(deaf).Seconds()
	if err != nil {
		return err
	}
	if err := clock.Wait(ctx, l.clock, 2*time.Second); err != nil { // what is asked for now is lost too
		return err
	}
	healed := l.clock.Now()
	r.through.deaf.Store(false)
	l.in.note("healed", 0)
	err = l.connected(ctx) // one socket could be lucky: it may have looked for another way a moment ago
	l.figures["healed seconds"] = l.clock.Now().Sub(healed).Seconds()
	if err != nil {
		return err
	}
	limit := 2 * time.Minute
	if len(l.Defects) > 0 { // what a mutant lost does not come
		limit = 20 * time.Second
	}
	_ = l.ended(ctx, limit) // who never ends is found by the checker
	l.figures["caught seconds"] = l.clock.Now().Sub(healed).Seconds()
	return nil
}

// socket waits for what the ledger says of a socket after a time, and returns when that was.
func (r *slackRoom) socket(ctx context.Context, code string, after time.Time) (at time.Time, err error) {
	at = after
	err = r.l.await(ctx, 2*time.Minute, "a socket is "+code, func() bool {
		raw, err := parse[simslack.Line](r.file)
		for _, line := range raw {
			if line.Kind == simslack.LineSocket && line.Code == code && line.Time.After(after) {
				at = line.Time
				return true
			}
		}
		return err != nil
	})
	return at, err
}

// lostAnswers has Slack take the posts of comments and lose its answers.
func lostAnswers(ctx context.Context, l *lab) error {
	r, ok := l.room.(*slackRoom)
	if !ok {
		return errors.New("it is a story of Slack")
	}
	for _, effect := range []script.Effect{script.EffectDrop, script.EffectHang} {
		if _, err := r.sim.Inject(script.Fault{Effect: effect, After: true, Method: "chat.postMessage", Count: 3}); err != nil {
			return err
		}
	}
	for range 8 {
		if _, err := l.say(ctx, Comment, 1, 0); err != nil {
			return err
		}
	}
	return nil
}
