package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

func newServe() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the bot until it is stopped",
		Args:  cobra.NoArgs,
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := load()
		if err != nil {
			return err
		}
		return serve(cmd.Context(), cmd, c)
	}
	return cmd
}

func serve(ctx context.Context, cmd *cobra.Command, c config.Config) (err error) {
	log := newLog(c.Log, cmd.ErrOrStderr())
	release, err := app.LockDaemon(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	o := app.Options{Config: c, Owner: owner("serve"), Log: log, Chats: true}
	if c.Adapters.Console.Enabled {
		terminal := isTerminal(os.Stdin) && isTerminal(os.Stdout)
		o.Console = &console.Options{
			In: cmd.InOrStdin(), Out: cmd.OutOrStdout(), Person: c.Adapters.Console.Person,
			Terminal: terminal, Color: terminal && useColor(), Width: terminalWidth(),
		}
	}
	a, err := app.New(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	log.InfoContext(ctx, "ready", "op", "cmd.serve.run", "data", c.Data)
	return a.Run(ctx, false)
}
