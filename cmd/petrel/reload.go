package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

// reloader reads people and permissions anew whenever a hangup comes. A faulty file changes nothing and is told loudly: whoever wrote it is
// not there to see it.
type reloader struct {
	hangups <-chan os.Signal
	app     *app.App
	load    func() (config.Config, error)
	log     *slog.Logger
}

// run ends when ctx ends.
func (r reloader) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.hangups:
			r.turn(ctx)
		}
	}
}

func (r reloader) turn(ctx context.Context) {
	const op = "cmd.serve.reload"
	c, err := r.load()
	if err == nil {
		err = r.app.Reload(c.Access)
	}
	if err != nil {
		r.log.ErrorContext(ctx, "kept the people and permissions as they were, because the new ones are faulty",
			"op", op, "code", bot.ErrorCode(err), "why", bot.ErrorText(err), "err", err)
		return
	}
	r.log.InfoContext(ctx, "read the people and permissions anew", "op", op, "people", len(c.People), "permissions", len(c.Permissions))
}
