package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
)

func newSensor() *cobra.Command {
	cmd := &cobra.Command{Use: "sensor", Short: "Look at what watches other systems"}
	list := &cobra.Command{Use: "list", Short: "Show when each sensor was polled, what it saw and what is wrong with it", Args: cobra.NoArgs}
	load := configFlag(list)
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			states, err := a.Sensors.States(ctx)
			if err != nil {
				return err
			}
			return printReply(cmd.OutOrStdout(), chat.SensorReply(states))
		})
	}
	cmd.AddCommand(list)
	return cmd
}
