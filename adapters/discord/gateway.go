package discord

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
)

const (
	// saveEvery is how long the saved sequence may be behind. What comes again because of it is known by its id.
	saveEvery = time.Second
	// identifyEvery is how soon a new session may follow another; it doubles up to identifyMost while sessions do not last.
	identifyEvery = 6 * time.Second
	identifyMost  = 5 * time.Minute
	// lasting is how long a session has to last for the pause to start anew.
	lasting = 10 * time.Minute
	// spare is how many IDENTIFYs of the day are left to a person: Discord resets the token of a bot that uses up all.
	spare = 50
	// back is how far the past is read after a session was lost.
	back = 10 * time.Minute
)

// gateway holds the one connection to Discord's gateway. It is not used again after run.
type gateway struct {
	a        *Adapter
	in       *intake
	progress *progress
	// missed is since when messages may have been missed; zero when none were.
	missed     time.Time
	identified time.Time
	pause      time.Duration // before the next IDENTIFY
	past       errgroup.Group
}

func newGateway(a *Adapter, in *intake) *gateway {
	return &gateway{a: a, in: in, progress: newProgress(), pause: identifyEvery}
}

// run connects until ctx ends or the seat is lost. A fault that only a person can mend is told once; then it waits for the end, so that no
// other process runs into the same.
func (g *gateway) run(ctx context.Context) error {
	if err := g.progress.load(ctx, g.a.opts.Memory); err != nil {
		return err
	}
	s, _ := g.progress.resumable()
	g.missed = s.At
	g.a.hearing.deaf(g.a.opts.Clock.Now())
	defer g.a.hearing.hears()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var group errgroup.Group
	group.Go(func() error {
		defer stop()
		return g.keep(ctx)
	})
	group.Go(func() error {
		g.register(ctx)
		return nil
	})
	pause := time.Duration(0)
	for clock.Wait(ctx, g.a.opts.Clock, pause) == nil {
		var fatal error
		if pause, fatal = g.once(ctx); fatal != nil {
			g.a.log.ErrorContext(ctx, "stopped listening to Discord until a restart", "op", "discord.gateway.close", "code", bot.ErrorCode(fatal), "text", bot.ErrorText(fatal), "err", fatal)
			<-ctx.Done()
		}
	}
	_ = g.past.Wait() // it returns no errors
	return group.Wait()
}

// register makes the commands known, and tries again until they are.
func (g *gateway) register(ctx context.Context) {
	for _, t := range g.a.trees {
		if len(t.Left) > 0 {
			g.a.log.WarnContext(ctx, "some aliases are typed behind the bot's own command only: Discord has no room for them, or cannot ask for what they need", "op", "discord.command.grow", "command", t.Command.Name, "aliases", t.Left)
		}
	}
	for {
		err := g.a.Register(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		g.a.log.WarnContext(ctx, "could not register the command; trying again", "op", "discord.command.write", "code", bot.ErrorCode(err), "text", bot.ErrorText(err), "err", err)
		if clock.Wait(ctx, g.a.opts.Clock, max(longPause, bot.ErrorWait(err))) != nil {
			return
		}
	}
}

// keep saves the session while it changes, and once more at the end. An error says that another process has it.
func (g *gateway) keep(ctx context.Context) error {
	save := func(ctx context.Context) error {
		err := g.progress.save(ctx, g.a.opts.Memory, g.a.opts.Clock.Now())
		if err != nil && bot.ErrorCode(err) != bot.CodeConflict && ctx.Err() == nil {
			g.a.log.WarnContext(ctx, "could not save the session; what came since comes again after a restart", "op", "discord.session.save", "code", bot.ErrorCode(err), "err", err)
			return nil
		}
		return err
	}
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
			defer cancel()
			if err := save(last); bot.ErrorCode(err) != bot.CodeConflict {
				return err
			}
			return nil // its successor has it already
		case <-g.progress.changed:
		}
		if err := save(ctx); bot.ErrorCode(err) == bot.CodeConflict {
			return err
		}
		_ = clock.Wait(ctx, g.a.opts.Clock, saveEvery) // the end is seen above
	}
}

// once holds one connection and returns how long to wait before the next. fatal is a fault that only a person can mend.
func (g *gateway) once(ctx context.Context) (pause time.Duration, fatal error) {
	s, last := g.progress.resumable()
	address := s.URL
	if s.ID == "" || address == "" {
		if address, pause = g.find(ctx); address == "" {
			return pause, nil
		}
		s = session{}
	}
	l := newLink(g, s, last)
	end := l.hold(ctx, address)
	if l.greeted {
		g.missed = l.alive
	}
	if end.deaf {
		g.a.hearing.deaf(l.alive)
	} else {
		g.a.hearing.deaf(g.a.opts.Clock.Now())
	}
	if end.forget {
		g.progress.forget()
	}
	if ctx.Err() == nil && end.fatal == nil {
		g.a.log.InfoContext(ctx, "the connection to Discord ended; connecting again", "op", "discord.gateway.end", "why", end.why, "resume", !end.forget, "ms", end.pause.Milliseconds())
	}
	return end.pause, end.fatal
}

// find returns the gateway's address, or how long to wait before it is asked for again.
func (g *gateway) find(ctx context.Context) (address string, wait time.Duration) {
	address, wait, err := g.mayIdentify(ctx)
	if err != nil {
		wait = max(patience, bot.ErrorWait(err))
		if ctx.Err() == nil {
			g.a.log.WarnContext(ctx, "cannot ask for the gateway; trying again", "op", "discord.gateway.find", "code", bot.ErrorCode(err), "text", bot.ErrorText(err), "ms", wait.Milliseconds(), "err", err)
		}
	}
	return address, wait
}

// mayIdentify returns the gateway's address, and how long a new session has to wait.
func (g *gateway) mayIdentify(ctx context.Context) (address string, wait time.Duration, err error) {
	now := g.a.opts.Clock.Now()
	if !g.identified.IsZero() {
		if now.Sub(g.identified) > lasting {
			g.pause = identifyEvery
		}
		if wait := g.identified.Add(g.pause).Sub(now); wait > 0 {
			return "", wait, nil
		}
		g.pause = min(2*g.pause, identifyMost)
	}
	var found struct {
		URL   string `json:"url"`
		Limit struct {
			Remaining  int   `json:"remaining"`
			ResetAfter int64 `json:"reset_after"` // milliseconds
		} `json:"session_start_limit"`
	}
	if err := g.a.call(ctx, request{name: "gateway.find", method: http.MethodGet, path: "gateway/bot"}, &found); err != nil {
		return "", 0, err
	}
	if found.Limit.Remaining <= spare {
		wait := max(time.Duration(found.Limit.ResetAfter)*time.Millisecond, longPause)
		failed := platform.Limited(op("gateway.identify"), wait, nil)
		failed.Text = "Discord allows 1000 new sessions a day, and nearly all are used. Something makes the bot start over and over: look at the log. It listens again in " + wait.Round(time.Minute).String() + "."
		return "", 0, failed
	}
	g.identified = now
	return found.URL, 0, nil
}

// ready notes a new session, and reads what was missed if there was one before.
func (g *gateway) ready(ctx context.Context, id, url string) {
	g.progress.begin(id, url)
	since, now := g.missed, g.a.opts.Clock.Now()
	if since.IsZero() {
		return
	}
	if oldest := now.Add(-back); since.Before(oldest) {
		since = oldest
	}
	g.past.Go(func() error {
		g.catchUp(ctx, since.Add(-skew))
		return nil
	})
}

// catchUp takes what people wrote while no session listened. What was taken is known by its mark, its answer or its id.
func (g *gateway) catchUp(ctx context.Context, since time.Time) {
	for try := range maxCatchUp {
		past, err := g.a.History(ctx, since)
		if err == nil {
			for _, p := range past {
				if !p.Taken && !g.in.lanes.Put(ctx, job{Event: Event{Message: p.Message}, late: true, done: func() {}}) {
					return
				}
			}
			return
		}
		if ctx.Err() != nil {
			return
		}
		g.a.log.WarnContext(ctx, "could not read what was missed", "op", "discord.history.read", "code", bot.ErrorCode(err), "try", try+1, "err", err)
		if clock.Wait(ctx, g.a.opts.Clock, max(patience, bot.ErrorWait(err))) != nil {
			return
		}
	}
}

const maxCatchUp = 5

// spread returns a pause of one to five seconds, which is what Discord asks for.
func (g *gateway) spread() time.Duration {
	return time.Second + random.Jitter(g.a.opts.Random, 4*time.Second)
}
