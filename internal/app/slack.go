package app

import (
	"log/slog"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/config"
)

// addSlack joins Slack where the configuration names a workspace. It calls nobody.
func (a *App) addSlack(o Options) error {
	if len(o.Config.Adapters.Slack.Workspaces) == 0 {
		return nil
	}
	if h := o.Config.Adapters.Slack.HTTP; h.On() && o.Config.HTTP.Listen == "" {
		return bot.E(bot.CodeInvalid, "app.slack.add", "adapters.slack.http.url has Slack post to the bot, and http.listen is empty. Name the address at which that is taken.", nil)
	}
	s, err := NewSlack(o.Config.Adapters.Slack, o.Log)
	if err != nil {
		return err
	}
	a.chats = append(a.chats, s)
	return nil
}

// NewSlack returns the adapter that the configuration describes, with its tokens read.
func NewSlack(c config.Slack, log *slog.Logger) (*slack.Adapter, error) {
	options := slack.Options{
		Commands: c.Commands, Name: c.Name, Sockets: c.Sockets, Guests: slack.Policy(c.Guests), Strangers: slack.Policy(c.Strangers), Emails: c.Emails,
		HTTP: c.HTTP.On(), Public: c.HTTP.URL, Clock: clock.System(), Log: log,
	}
	for _, w := range c.Workspaces {
		botToken, err := w.BotToken.Resolve()
		if err != nil {
			return nil, err
		}
		joined := slack.Workspace{BotToken: botToken, URL: w.APIURL}
		if c.HTTP.On() {
			joined.Secret, err = w.Secret.Resolve()
		} else {
			joined.AppToken, err = w.AppToken.Resolve()
		}
		if err != nil {
			return nil, err
		}
		options.Workspaces = append(options.Workspaces, joined)
	}
	return slack.New(options)
}
