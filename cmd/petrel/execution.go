package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
)

func newExecution() *cobra.Command {
	execution := &cobra.Command{Use: "execution", Short: "Look at executions, cancel them or run them again"}
	execution.AddCommand(newExecutionList(), newExecutionGet(), newExecutionCancel(), newExecutionRerun())
	return execution
}

func newExecutionList() *cobra.Command {
	var n int
	cmd := &cobra.Command{Use: "list", Short: "List the newest executions", Args: cobra.NoArgs}
	load := configFlag(cmd)
	cmd.Flags().IntVarP(&n, "last", "n", 50, "how many")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if n < 1 {
			return bot.E(bot.CodeInvalid, "cmd.execution.list", fmt.Sprintf("%d executions cannot be listed. Give -n a number from 1 on.", n), nil)
		}
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			list, err := a.Executor.Executions(ctx, n)
			if err != nil {
				return err
			}
			rows := make([][]string, len(list))
			for i, e := range list {
				rows[i] = []string{e.ID, e.Action, e.Identity.ID, string(e.Status), e.Created.UTC().Format(time.RFC3339)}
			}
			return printTable(cmd.OutOrStdout(), []string{"id", "action", "who", "status", "start"}, rows)
		})
	}
	return cmd
}

func newExecutionGet() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "get ID", Short: "Show an execution; the first characters of its id are enough", Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.Flags().BoolVarP(&asJSON, "json", "j", false, "print it as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, c config.Config) error {
			e, err := a.Executor.Execution(ctx, args[0])
			if err != nil {
				return err
			}
			return printExecution(ctx, cmd.OutOrStdout(), shell{app: a, config: c, json: asJSON}, e)
		})
	}
	return cmd
}

func newExecutionCancel() *cobra.Command {
	cmd := &cobra.Command{Use: "cancel ID", Short: "Stop an execution", Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			origin, err := shellOrigin()
			if err != nil {
				return err
			}
			e, err := a.Executor.Execution(ctx, args[0])
			if err != nil {
				return err
			}
			e, err = a.Desk.Cancel(ctx, origin, e)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is %s.\n", e.ID, e.Status)
			return nil
		})
	}
	return cmd
}

func newExecutionRerun() *cobra.Command {
	var async, asJSON bool
	cmd := &cobra.Command{Use: "re-run ID", Short: "Run the action of an execution again with the same parameters", Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.Flags().BoolVarP(&async, "async", "a", false, "do not wait for the result")
	cmd.Flags().BoolVarP(&asJSON, "json", "j", false, "print the execution as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, c config.Config) error {
			origin, err := shellOrigin()
			if err != nil {
				return err
			}
			old, err := a.Executor.Execution(ctx, args[0])
			if err != nil {
				return err
			}
			e, err := a.Executor.Rerun(ctx, old, executor.Command{
				Identity: chat.Identify(origin), Origin: origin, Text: "petrel execution re-run " + old.ID,
			})
			if err != nil {
				return err
			}
			return follow(ctx, cmd, shell{a, c, async, asJSON}, e)
		})
	}
	return cmd
}
