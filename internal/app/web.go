package app

import (
	"context"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/web"
)

// addWeb builds the HTTP server where the configuration names an address. A shell, which comes and goes, has none.
func (a *App) addWeb(o Options, s store.Store) error {
	c := o.Config.HTTP
	if !o.Chats || c.Listen == "" {
		return nil
	}
	options := web.Options{Listen: c.Listen}
	for _, known := range c.Senders {
		secret, err := known.Secret.Resolve()
		if err != nil {
			return err
		}
		options.Senders = append(options.Senders, web.Sender{Name: known.Name, Kind: web.Kind(known.Kind), Secret: secret, Hooks: known.Hooks, PerMinute: known.PerMinute})
	}
	var err error
	a.Web, err = web.New(web.Parts{Events: a.Events, Ready: func(ctx context.Context) error { return reach(ctx, s) }, Clock: clock.System(), Log: o.Log}, options)
	return err
}

// reach returns why the store cannot be asked, or nil. It looks for a record that is not there.
func reach(ctx context.Context, s store.Store) error {
	_, err := s.Get(ctx, store.Key{Kind: "ready", ID: "ready"})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return nil
	}
	return err
}
