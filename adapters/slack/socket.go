package slack

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

const (
	maxEnvelope = 1 << 20 // bytes; a message has at most 40,000 characters, here and there escaped
	// patience is how long slack-go may wait by itself before it connects again: it goes up to five minutes.
	patience = 5 * time.Second
	// longPause is between tries when only a person can mend what is wrong.
	longPause = time.Minute
)

// delivery is something that Slack wants acknowledged.
type delivery struct {
	kind    string
	payload json.RawMessage
	retry   int // how often it was tried before
	// ack tells Slack that it was taken, with an answer where it wants one.
	ack func(answer any) error
	// end, where there is one, is called when its turn is over, whether it was acknowledged or not.
	end func()
}

// listen holds one socket to the workspace until ctx ends.
func (w *workspace) listen(ctx context.Context, take func(context.Context, delivery)) error {
	pause, life := time.Duration(0), newPulse(w.opts.Clock)
	w.heard.grow(life)
	for clock.Wait(ctx, w.opts.Clock, pause) == nil {
		life.beat()
		pause = w.connect(ctx, life, take)
	}
	return nil
}

// connect runs one client of slack-go, which follows Slack's wishes to reconnect, and returns how long to wait before the next.
func (w *workspace) connect(ctx context.Context, life *pulse, take func(context.Context, delivery)) (pause time.Duration) {
	client := socketmode.New(w.opener, socketmode.OptionDialer(life.dialer(w.opts.Opening)), socketmode.OptionPingInterval(w.opts.Silence), socketmode.OptionReadLimit(maxEnvelope))
	running, stop := context.WithCancel(ctx)
	var group errgroup.Group
	group.Go(func() error {
		defer stop()
		return client.RunContext(running)
	})
	silent := false // written before stop, and read after the wait for the group
	group.Go(func() error {
		if silent = life.silent(running, w.opts.Silence); silent {
			w.log.WarnContext(ctx, "nothing comes over a Slack socket any more, not even pings; opening another", "op", "slack.socket.listen", "ms", w.opts.Silence.Milliseconds())
			stop()
		}
		return nil
	})
	pause = patience
	s := session{workspace: w, client: client, life: life, take: take}
	for running.Err() == nil {
		select {
		case e := <-client.Events:
			if wait, enough := s.heard(running, e); enough {
				pause = wait
				stop()
			}
		case <-running.Done():
		}
	}
	err := group.Wait()
	life.closed()
	w.heard.lost(life.last())
	if silent {
		return 0
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		// It gave up: the token is refused. Only a person can mend that, perhaps while this process goes on with other workspaces.
		failed := fault("apps.connections.open", err)
		w.log.ErrorContext(ctx, "cannot listen to Slack; trying again in a minute", "op", "slack.socket.connect", "code", failed.Code, "text", failed.Text, "err", err)
		pause = longPause
	}
	return pause
}

// session is one client of slack-go at work.
type session struct {
	*workspace
	client *socketmode.Client
	life   *pulse
	take   func(context.Context, delivery)
}

// heard takes one event of slack-go while that runs. enough says that it is time to begin anew after the wait.
func (w *session) heard(ctx context.Context, e socketmode.Event) (wait time.Duration, enough bool) {
	switch e.Type {
	case socketmode.EventTypeConnecting:
		w.life.closed()
		// slack-go keeps to itself that Slack asked for another socket (v0.34.0), so each new one counts as a loss, and the history is read.
		if c, ok := e.Data.(*slackgo.ConnectingEvent); ok && c.ConnectionCount > 0 {
			w.workspace.heard.lost(w.life.last())
		}
	case socketmode.EventTypeHello:
		w.life.opened()
		w.workspace.heard.back()
		w.log.DebugContext(ctx, "listening to Slack", "op", "slack.socket.hello")
	case socketmode.EventTypeConnectionError:
		failed, ok := e.Data.(*slackgo.ConnectionErrorEvent)
		if !ok {
			return 0, false
		}
		w.log.WarnContext(ctx, "could not connect to Slack", "op", "slack.socket.connect", "err", failed.ErrorObj)
		if limit, ok := errors.AsType[*slackgo.RateLimitedError](failed.ErrorObj); ok {
			return limit.RetryAfter, true
		}
		return patience, failed.Backoff > patience
	case socketmode.EventTypeEventsAPI, socketmode.EventTypeSlashCommand, socketmode.EventTypeInteractive:
		if e.Request != nil {
			w.take(ctx, envelope(ctx, w.client, *e.Request))
		}
	case socketmode.EventTypeErrorBadMessage:
		// slack-go refuses an envelope for one block that it does not know. What the bot needs is read without it.
		bad, ok := e.Data.(*socketmode.ErrorBadMessage)
		var request socketmode.Request
		if ok && json.Unmarshal(bad.Message, &request) == nil && request.EnvelopeID != "" {
			w.take(ctx, envelope(ctx, w.client, request))
		}
	}
	return 0, false
}

// envelope returns what came through a client. It can be acknowledged only while that client runs.
func envelope(running context.Context, client *socketmode.Client, r socketmode.Request) delivery {
	return delivery{
		kind: r.Type, payload: r.Payload, retry: r.RetryAttempt,
		ack: func(answer any) error {
			if err := client.AckCtx(running, r.EnvelopeID, answer); err != nil {
				return bot.E(bot.CodeUnavailable, "slack.socket.acknowledge", "", err)
			}
			return nil
		},
	}
}
