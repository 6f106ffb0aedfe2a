package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

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
		return serve(cmd.Context(), cmd, c, load)
	}
	return cmd
}

// serve runs the bot. SIGHUP has it read people and permissions anew, by calling again.
func serve(ctx context.Context, cmd *cobra.Command, c config.Config, again func() (config.Config, error)) (err error) {
	log := newLog(c.Log, cmd.ErrOrStderr())
	release, err := app.LockDaemon(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	hangups := make(chan os.Signal, 1)
	if !c.Adapters.Console.Enabled || !isTerminal(os.Stdin) { // a terminal that goes away takes its bot with it
		signal.Notify(hangups, syscall.SIGHUP)
		defer signal.Stop(hangups)
	}
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
	return untilOneEnds(ctx,
		func(ctx context.Context) error { return a.Run(ctx, false) },
		func(ctx context.Context) error {
			reloader{hangups, a, again, log}.run(ctx)
			return nil
		},
	)
}

// untilOneEnds runs parts side by side and stops all when one ends.
func untilOneEnds(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all errgroup.Group
	for _, part := range parts {
		all.Go(func() error {
			defer stop()
			return part(ctx)
		})
	}
	return all.Wait()
}
