package app

import (
	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/internal/clock"
)

// addSlack joins Slack where the configuration names a workspace. It calls nobody.
func (a *App) addSlack(o Options) error {
	c := o.Config.Adapters.Slack
	if len(c.Workspaces) == 0 {
		return nil
	}
	options := slack.Options{
		Commands: c.Commands, Name: c.Name, Sockets: c.Sockets, Guests: slack.Policy(c.Guests), Strangers: slack.Policy(c.Strangers),
		Clock: clock.System(), Log: o.Log,
	}
	for _, w := range c.Workspaces {
		botToken, err := w.BotToken.Resolve()
		if err != nil {
			return err
		}
		appToken, err := w.AppToken.Resolve()
		if err != nil {
			return err
		}
		options.Workspaces = append(options.Workspaces, slack.Workspace{BotToken: botToken, AppToken: appToken, URL: w.APIURL})
	}
	s, err := slack.New(options)
	if err != nil {
		return err
	}
	a.chats = append(a.chats, s)
	return nil
}
