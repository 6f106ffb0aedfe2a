package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
)

// defaultConfig is the file that is read when --config and PETREL_CONFIG name none.
const defaultConfig = "/etc/petrel/petrel.yaml"

// configFlag adds --config and returns a function that loads the file.
func configFlag(cmd *cobra.Command) func() (config.Config, error) {
	find := configPath(cmd)
	return func() (config.Config, error) { return config.Load(find()) }
}

// configPath adds --config and returns a function that names the file.
func configPath(cmd *cobra.Command) func() string {
	path := cmd.Flags().String("config", "", "configuration `FILE` (default: $PETREL_CONFIG, then "+defaultConfig+")")
	return func() string {
		switch {
		case *path != "":
		case os.Getenv("PETREL_CONFIG") != "":
			*path = os.Getenv("PETREL_CONFIG")
		default:
			*path = defaultConfig
		}
		return *path
	}
}

// newLog returns the logger that the configuration asks for.
func newLog(c config.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // the configuration checked it
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "text" {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// quiet keeps the log of a one-shot command down to what its user must know.
func quiet(c config.Config) config.Config {
	if c.Log.Level == "info" {
		c.Log.Level = "warn"
	}
	return c
}

// shellOrigin is who the shell's commands come from: the operating system's user, never a flag.
func shellOrigin() (bot.Origin, error) {
	u, err := user.LookupId(fmt.Sprint(os.Getuid()))
	if err != nil {
		return bot.Origin{}, bot.E(bot.CodeDenied, "cmd.shell.origin", fmt.Sprintf("The user id %d has no name on this machine, so nobody can be held to account for the command.", os.Getuid()), err)
	}
	return bot.Origin{Adapter: executor.ShellAdapter, User: u.Username}, nil
}

// withApp builds Petrel from the configuration, calls do, and closes it.
func withApp(cmd *cobra.Command, load func() (config.Config, error), do func(ctx context.Context, a *app.App, c config.Config) error) (err error) {
	c, err := load()
	if err != nil {
		return err
	}
	c = quiet(c)
	a, err := app.New(cmd.Context(), app.Options{Config: c, Owner: owner("shell"), Log: newLog(c.Log, cmd.ErrOrStderr())})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return do(cmd.Context(), a, c)
}

// owner names this process in histories.
func owner(role string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return fmt.Sprintf("%s@%s/%d", role, host, os.Getpid())
}
