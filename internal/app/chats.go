package app

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/petrelops/petrel/adapters/relay"
	"github.com/petrelops/petrel/internal/catchup"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
)

// epochFile is in the data folder: which memory of the store this process has seen last.
const epochFile = "epoch"

// heardFile is there too: until when this process has heard everything that was said.
const heardFile = "heard"

// addChats joins the configured platforms. A shell, which hosts workers at most, joins none.
func (a *App) addChats(o Options, s store.Store) error {
	if c := o.Config.Adapters.Relay; c.Enabled && o.Chats {
		r, err := relay.New(relay.Options{
			URL: c.URL, Workspace: c.Workspace, Sockets: c.Sockets, Clock: clock.System(), Random: random.System(), Log: o.Log,
		})
		if err != nil {
			return err
		}
		a.chats = append(a.chats, r)
	}
	if o.Chats {
		if err := errors.Join(a.addSlack(o), a.addDiscord(o, s)); err != nil {
			return err
		}
	}
	a.watch = a.newWatch(o.Config, s)
	return nil
}

// newWatch returns the watch over the store's epoch, or nil where no chat can tell what was lost.
func (a *App) newWatch(c config.Config, s store.Store) *catchup.Watch {
	if len(a.chats) == 0 {
		return nil
	}
	return catchup.New(catchup.Parts{
		Store: s, Engine: a.Executor, Receiver: a.Desk, Chats: a.chats, Clock: clock.System(), Log: a.log,
		File: filepath.Join(c.Data, epochFile), HeardFile: filepath.Join(c.Data, heardFile),
	})
}

// runChats starts the parts that talk to the platforms.
func (a *App) runChats(run func(func(context.Context) error)) {
	for _, c := range a.chats {
		run(func(ctx context.Context) error { return a.Executor.Deliver(ctx, a.posts(c)) })
		run(func(ctx context.Context) error { return c.Run(ctx, catchup.Marking(a.Desk, c, a.log)) })
	}
	if a.watch != nil {
		run(a.watch.Run)
	}
}
