package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/freeze"
	"github.com/petrelops/petrel/internal/when"
)

func newFreeze() *cobra.Command {
	cmd := &cobra.Command{Use: "freeze", Short: "Refuse, for a time, what changes something"}
	cmd.AddCommand(newFreezeStart(), newFreezeList(), newFreezeEnd())
	return cmd
}

func newFreezeStart() *cobra.Command {
	cmd := &cobra.Command{
		Use: "start REASON FOR [SCOPE…]", Short: "Begin a freeze", Args: cobra.MinimumNArgs(2),
		Example: "  petrel freeze start \"the release\" 2h\n  petrel freeze start \"new switches\" 1d pack:clary nodes:@gpu",
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, c config.Config) error {
			origin, err := shellOrigin()
			if err != nil {
				return err
			}
			reason, length, text := args[0], args[1], strings.Join(args[2:], " ")
			if err := a.Permit(origin, "core.freeze", map[string]any{"reason": reason, "for": length, "scope": text}); err != nil {
				return err
			}
			w := freeze.Wish{Reason: reason, By: a.Identify(origin), Origin: origin}
			if w.For, err = when.Duration(length); err != nil {
				return err
			}
			if w.Scope, err = freeze.ParseScope(text, c.Clary.Groups); err != nil {
				return err
			}
			f, err := a.Executor.Freezes().Declare(ctx, w)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), chat.FreezeText(f))
			return nil
		})
	}
	return cmd
}

func newFreezeList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List what is frozen", Args: cobra.NoArgs}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			list, err := a.Executor.Freezes().List(ctx)
			if err != nil {
				return err
			}
			table := chat.FreezeTable(list).Table
			return printTable(cmd.OutOrStdout(), table.Columns, table.Rows)
		})
	}
	return cmd
}

func newFreezeEnd() *cobra.Command {
	cmd := &cobra.Command{Use: "end ID", Short: "End a freeze before its time; the first characters of its id are enough", Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			origin, err := shellOrigin()
			if err != nil {
				return err
			}
			if err := a.Permit(origin, "core.unfreeze", map[string]any{"id": args[0]}); err != nil {
				return err
			}
			f, err := a.Executor.Freezes().Lift(ctx, args[0], a.Identify(origin), origin)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), chat.UnfreezeText(f))
			return nil
		})
	}
	return cmd
}
