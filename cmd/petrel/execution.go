package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/internal/when"
)

func newExecution() *cobra.Command {
	execution := &cobra.Command{Use: "execution", Short: "Look at executions, cancel them, run them again or say what became of them"}
	execution.AddCommand(newExecutionList(), newExecutionGet(), newExecutionCancel(), newExecutionRerun(), newExecutionResolve())
	return execution
}

func newExecutionList() *cobra.Command {
	var f executor.Filter
	var status, since, until string
	cmd := &cobra.Command{Use: "list", Short: "List the newest executions, all or those that fit", Args: cobra.NoArgs}
	load := configFlag(cmd)
	flags := cmd.Flags()
	flags.IntVarP(&f.Limit, "last", "n", 50, "how many")
	flags.StringVar(&status, "status", "", "only those that stand so, such as failed")
	flags.StringVar(&f.Action, "action", "", "only those of this action")
	flags.StringVar(&f.Identity, "who", "", "only those of this person")
	flags.StringVar(&f.Target, "target", "", "only those about this target")
	flags.StringVar(&f.Parent, "parent", "", "only those that ran this execution again")
	flags.StringVar(&f.Trace, "trace-tag", "", "only those with this trace tag")
	flags.StringVar(&since, "since", "", "from when on: yesterday, 10:00, 2h, 3d, 2026-11-24 (UTC)")
	flags.StringVar(&until, "until", "", "until when")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		const op = "cmd.execution.list"
		if f.Limit < 1 {
			return bot.E(bot.CodeInvalid, op, fmt.Sprintf("%d executions cannot be listed. Give -n a number from 1 on.", f.Limit), nil)
		}
		if f.Status = bot.Status(status); status != "" && !f.Status.Valid() {
			return bot.E(bot.CodeInvalid, op, fmt.Sprintf("There is no status %s%s", status, spell.Hint(status, statusNames())), nil)
		}
		var err error
		if f.Since, f.Until, err = span(since, until); err != nil {
			return err
		}
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			list, err := a.Executor.Executions(ctx, f)
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

func statusNames() []string {
	var names []string
	for _, s := range bot.Statuses() {
		names = append(names, string(s))
	}
	return names
}

// span reads two times that people typed; an empty one is the zero time.
func span(since, until string) (from, to time.Time, err error) {
	now := clock.System().Now()
	if since != "" {
		if from, err = when.Past(since, now); err != nil {
			return from, to, err
		}
	}
	if until != "" {
		to, err = when.Past(until, now)
	}
	return from, to, err
}

func newExecutionResolve() *cobra.Command {
	cmd := &cobra.Command{
		Use: "resolve ID happened|not_happened|left", Short: "Say what became of an abandoned execution", Args: cobra.ExactArgs(2),
		ValidArgs: []string{string(bot.Happened), string(bot.NotHappened), string(bot.Left)},
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		finding := bot.Finding(args[1])
		if !slices.Contains(cmd.ValidArgs, args[1]) {
			return bot.E(bot.CodeInvalid, "cmd.execution.resolve", fmt.Sprintf("%q is no finding. Write happened, not_happened or left.", args[1]), nil)
		}
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			origin, err := shellOrigin()
			if err != nil {
				return err
			}
			e, err := a.Executor.Execution(ctx, args[0])
			if err != nil {
				return err
			}
			if e, err = a.Desk.Resolve(ctx, origin, e, finding); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "It is on record that %s %s: %s.\n", e.Action, e.ID, e.Resolution.Finding)
			return nil
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
				Identity: a.Identify(origin), Origin: origin, Text: "petrel execution re-run " + old.ID,
			})
			if err != nil {
				return err
			}
			return follow(ctx, cmd, shell{a, c, async, asJSON}, e)
		})
	}
	return cmd
}
