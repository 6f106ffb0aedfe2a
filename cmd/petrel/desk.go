package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

// askDesk has the desk answer what in chat is a line of the bot itself, and prints the answer. Permission, checks and the audit log are
// those of the line.
func askDesk(cmd *cobra.Command, load func() (config.Config, error), ref string, params map[string]any) error {
	return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
		origin, err := shellOrigin()
		if err != nil {
			return err
		}
		r, err := a.Ask(ctx, origin, ref, params)
		if err != nil {
			return err
		}
		return printReply(cmd.OutOrStdout(), r)
	})
}
