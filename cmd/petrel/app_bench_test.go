package main

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
)

// benchPerson is who runs the benchmarks' commands.
var benchPerson = bot.Origin{Adapter: "console", User: "ann"}

func benchCommand(action string, params map[string]any) executor.Command {
	return executor.Command{Action: action, Params: params, Identity: bot.Identity{ID: benchPerson.Account()}, Origin: benchPerson, Text: action}
}

// benchConfig is the default configuration with a data folder of its own and a person who may do everything.
func benchConfig(b *testing.B) config.Config {
	b.Helper()
	c := config.Default()
	c.Data = b.TempDir()
	c.Permissions = []config.Permission{{Identity: benchPerson.Account(), Action: "*"}}
	return c
}

// runApp runs Petrel in this process, with a console at which nobody types.
func runApp(b *testing.B, c config.Config) *app.App {
	b.Helper()
	silent, typed := io.Pipe()
	a, err := app.New(b.Context(), app.Options{
		Config: c, Owner: "bench",
		Log:     slog.New(slog.NewTextHandler(b.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Console: &console.Options{In: silent, Out: io.Discard, Person: benchPerson.User},
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, false) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		_ = typed.Close() // a pipe's end has nothing to lose
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	return a
}
