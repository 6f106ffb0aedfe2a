package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/rule"
)

// permitted builds Petrel and calls do, where the person of the shell may list rules: that is what shows events in chat.
func permitted(cmd *cobra.Command, load func() (config.Config, error), do func(ctx context.Context, a *app.App) error) error {
	return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
		origin, err := shellOrigin()
		if err != nil {
			return err
		}
		if err := a.Permit(origin, "core.rule.list", nil); err != nil {
			return err
		}
		return do(ctx, a)
	})
}

func newRuleList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List rules", Args: cobra.NoArgs}
	load := configFlag(cmd)
	pack := cmd.Flags().StringP("pack", "p", "", "only those of this pack")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return permitted(cmd, load, func(ctx context.Context, a *app.App) error {
			list, err := a.Events.Rules(ctx)
			if err != nil {
				return err
			}
			var rows [][]string
			for _, r := range list {
				if *pack == "" || r.Pack == *pack {
					rows = append(rows, []string{r.Ref(), strconv.FormatBool(r.Enabled), r.Trigger, r.Action, r.Source})
				}
			}
			return printTable(cmd.OutOrStdout(), []string{"rule", "enabled", "trigger", "action", "from"}, rows)
		})
	}
	return cmd
}

func newRuleGet() *cobra.Command {
	cmd := &cobra.Command{Use: "get RULE", Short: "Show a rule", Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return permitted(cmd, load, func(ctx context.Context, a *app.App) error {
			r, err := a.Events.Rule(ctx, args[0])
			if err != nil {
				return err
			}
			printRule(cmd.OutOrStdout(), r)
			return nil
		})
	}
	return cmd
}

func printRule(w io.Writer, r *rule.Rule) {
	fmt.Fprintf(w, "rule     %s\nabout    %s\nenabled  %t\ntype     %s\ntrigger  %s", r.Ref(), r.Description, r.Enabled, r.Type, r.Trigger)
	if len(r.With) > 0 {
		fmt.Fprintf(w, " %s", compact(r.With))
	}
	fmt.Fprintln(w)
	for _, c := range r.Criteria {
		fmt.Fprintf(w, "when     %s %v %s %s\n", c.Key, c.Type, c.Condition, compact(c.Pattern))
	}
	fmt.Fprintf(w, "action   %s %s\nfrom     %s\n", r.Action, compact(r.Params), r.Source)
	if r.Fault != "" {
		fmt.Fprintf(w, "fault    it cannot be used: %s\n", r.Fault)
	}
}

// newRuleSwitch runs the action of the same name, so that the audit log has it.
func newRuleSwitch(name, short string) *cobra.Command {
	cmd := &cobra.Command{
		Use: name + " RULE", Short: short + " for all processes on the store, whatever its pack says", Args: cobra.ExactArgs(1),
	}
	f := &keyFlags{load: configFlag(cmd)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return f.withKeys(cmd, func(ctx context.Context, d keyDesk) error {
			c := executor.Command{Action: "core.rule." + name, Params: map[string]any{"rule": args[0]}, Text: "petrel rule " + name + " " + args[0]}
			if err := d.perform(ctx, c); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The rule %s is %sd.\n", args[0], name)
			return d.warnRefused(ctx, args[0])
		})
	}
	return cmd
}
