package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/event"
)

func newTrigger() *cobra.Command {
	cmd := &cobra.Command{Use: "trigger", Short: "Look at the kinds of events that rules can wait for"}
	list := &cobra.Command{Use: "list", Short: "List triggers", Args: cobra.NoArgs}
	load := configFlag(list)
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		return permitted(cmd, load, func(_ context.Context, a *app.App) error {
			var rows [][]string
			for _, t := range a.Triggers().All() {
				rows = append(rows, []string{t.Ref(), t.Description})
			}
			return printTable(cmd.OutOrStdout(), []string{"trigger", "about"}, rows)
		})
	}
	cmd.AddCommand(list)
	return cmd
}

func newTimer() *cobra.Command {
	cmd := &cobra.Command{Use: "timer", Short: "Look at the timers that rules wait for"}
	list := &cobra.Command{Use: "list", Short: "List the timers of enabled rules with their next three runs", Args: cobra.NoArgs}
	load := configFlag(list)
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		return permitted(cmd, load, func(ctx context.Context, a *app.App) error {
			timers, err := a.Events.Timers(ctx)
			if err != nil {
				return err
			}
			now := clock.System().Now()
			var rows [][]string
			for _, t := range timers {
				var runs []string
				for _, at := range t.Upcoming(now, 3) {
					runs = append(runs, at.In(t.Zone).Format(time.RFC3339))
				}
				rows = append(rows, []string{t.Refs(), string(t.Missed), strings.Join(runs, "  ")})
			}
			return printTable(cmd.OutOrStdout(), []string{"rules", "missed", "next runs"}, rows)
		})
	}
	cmd.AddCommand(list)
	return cmd
}

func newEvent() *cobra.Command {
	cmd := &cobra.Command{Use: "event", Aliases: []string{"trigger-instance"}, Short: "Look at events, and at what rules made of them"}
	cmd.AddCommand(newEventList(), newEventGet())
	return cmd
}

func newEventList() *cobra.Command {
	var f event.Filter
	cmd := &cobra.Command{Use: "list", Short: "List the newest events", Args: cobra.NoArgs}
	load := configFlag(cmd)
	cmd.Flags().StringVar(&f.Trigger, "trigger", "", "only those of this trigger")
	cmd.Flags().IntVarP(&f.Limit, "last", "n", 50, "how many, up to 500")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return permitted(cmd, load, func(ctx context.Context, a *app.App) error {
			list, err := a.Events.Instances(ctx, f)
			if err != nil {
				return err
			}
			var rows [][]string
			for _, i := range list {
				rows = append(rows, []string{i.ID, i.Trigger, string(i.Status), i.At.UTC().Format(time.RFC3339)})
			}
			return printTable(cmd.OutOrStdout(), []string{"id", "trigger", "status", "at"}, rows)
		})
	}
	return cmd
}

func newEventGet() *cobra.Command {
	cmd := &cobra.Command{Use: "get ID", Short: "Show an event as JSON, with what rules made of it", Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return permitted(cmd, load, func(ctx context.Context, a *app.App) error {
			i, err := a.Events.Instance(ctx, args[0])
			if err != nil {
				return err
			}
			enforced, err := a.Events.Enforcements(ctx, event.Filter{Instance: i.ID})
			if err != nil {
				return err
			}
			return printJSON(cmd.OutOrStdout(), map[string]any{"event": i, "enforcements": enforced})
		})
	}
	return cmd
}
