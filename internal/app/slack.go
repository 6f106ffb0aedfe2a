package app

import (
	"github.com/petrelops/petrel/adapters/slack"
)

// addSlack builds the Slack adapter where the configuration names a workspace. It calls nobody.
func (a *App) addSlack(o Options) error {
	c := o.Config.Adapters.Slack
	if len(c.Workspaces) == 0 {
		return nil
	}
	options := slack.Options{
		Commands: c.Commands, Name: c.Name, Sockets: c.Sockets, Guests: slack.Policy(c.Guests), Strangers: slack.Policy(c.Strangers), Log: o.Log,
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
	var err error
	if a.Slack, err = slack.New(options); err != nil {
		return err
	}
	a.closers = append(a.closers, func() error { a.Slack.Close(); return nil })
	return nil
}
