package slack

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/lane"
	"github.com/petrelops/petrel/internal/posted"
)

// workspace is one workspace that is joined.
type workspace struct {
	opts   Options
	log    *slog.Logger
	api    *slackgo.Client
	opener *slackgo.Client // asks for the addresses of sockets, with less patience
	http   *http.Client
	origin string // the address of the Web API
	gate   *gate
	edits  *budget
	people *people
	posted *posted.Memory[place]
	heard  *hearing
	begun  atomic.Pointer[past] // a look at the history that is not over, or whose result nobody has yet
	// answered are the deliveries that were answered, and caught those that were read from the history: neither is answered once more.
	answered, caught *lane.Recent
	secret           string                // that Slack signs requests with
	inbox            atomic.Pointer[inbox] // nil while the workspace is not joined, or not over HTTP

	// asking is held by whoever asks Slack who the bot is.
	asking chan struct{}
	known  Self // set once, while asking is held
}

// Self is the bot as its workspace knows it.
type Self struct {
	Team string // of the workspace
	User string // of the bot
	Bot  string
}

func newWorkspace(o Options, w Workspace, transport http.RoundTripper) *workspace {
	if w.URL == "" {
		w.URL = defaultURL
	}
	client := &http.Client{Transport: transport, Timeout: callTimeout}
	api := func(c *http.Client) *slackgo.Client {
		return slackgo.New(w.BotToken, slackgo.OptionAPIURL(w.URL), slackgo.OptionAppLevelToken(w.AppToken), slackgo.OptionHTTPClient(c))
	}
	s := &workspace{
		opts: o, log: o.Log, secret: w.Secret, http: client, origin: w.URL, gate: newGate(o.Clock), edits: newBudget(o.Clock, o.Edits), posted: posted.New[place](), heard: &hearing{}, answered: lane.NewRecent(), caught: lane.NewRecent(), asking: make(chan struct{}, 1),
		api: api(client), opener: api(&http.Client{Transport: transport, Timeout: o.Opening}),
	}
	s.people = newPeople(o.Clock, s.ask)
	return s
}

// self returns who the bot is in this workspace, asking Slack the first time.
func (w *workspace) self(ctx context.Context) (Self, error) {
	select {
	case w.asking <- struct{}{}:
		defer func() { <-w.asking }()
	case <-ctx.Done():
		return Self{}, ctx.Err()
	}
	if w.known.Team != "" {
		return w.known, nil
	}
	err := w.call(ctx, "auth.test", func(ctx context.Context) error {
		me, err := w.api.AuthTestContext(ctx)
		if err == nil {
			w.known = Self{Team: me.TeamID, User: me.UserID, Bot: me.BotID}
		}
		return err
	})
	return w.known, err
}

// workspaceOf returns the workspace with the id.
func (a *Adapter) workspaceOf(ctx context.Context, team string) (*workspace, error) {
	var lastErr error
	for _, w := range a.workspaces {
		me, err := w.self(ctx)
		if err != nil {
			lastErr = err
			continue
		}
		if me.Team == team {
			return w, nil
		}
	}
	if lastErr != nil {
		return nil, lastErr
	}
	return nil, bot.E(bot.CodeNotFound, "slack.workspace.find", "The workspace "+team+" is not in adapters.slack.workspaces any more.", nil)
}
