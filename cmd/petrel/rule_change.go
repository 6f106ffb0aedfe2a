package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/executor"
)

// newRuleWrite runs the action of the same name, so that the audit log has who stored what.
func newRuleWrite(name, short string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   name + " FILE",
		Short: short,
		Long: short + `. It counts for all processes on the store, at once.

FILE is a rule as in the folder rules of a pack. Its pack is default unless it names one, which must not be installed: the rules of a pack come
with it, and can only be turned on and off.`,
		Args: cobra.ExactArgs(1),
	}
	f := &keyFlags{load: configFlag(cmd)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := readRule(cmd.ErrOrStderr(), args[0])
		if err != nil {
			return err
		}
		text, err := readInput(args[0])
		if err != nil {
			return err
		}
		return f.withKeys(cmd, func(ctx context.Context, d keyDesk) error {
			c := executor.Command{Action: "core.rule." + name, Params: map[string]any{"text": string(text)}, Text: "petrel rule " + name + " " + args[0]}
			if err := d.perform(ctx, c); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The rule %s is %sd, and %s.\n", r.Ref(), name, map[bool]string{true: "on", false: "off"}[r.Enabled])
			return d.warnRefused(ctx, r.Ref())
		})
	}
	return cmd
}

// warnRefused tells of a rule that is on and would be refused when it fires.
func (d keyDesk) warnRefused(ctx context.Context, ref string) error {
	r, err := d.app.Events.Rule(ctx, ref)
	if err != nil {
		return err
	}
	if why := d.app.Events.Refused(r); why != "" && r.Enabled {
		fmt.Fprintf(d.cmd.ErrOrStderr(), "But it will be refused each time: %s\n%s\n", why, app.PermissionFor(r))
	}
	return nil
}

func newRuleDelete() *cobra.Command {
	cmd := &cobra.Command{Use: "delete RULE", Short: "Delete a stored rule", Args: cobra.ExactArgs(1)}
	f := &keyFlags{load: configFlag(cmd)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return f.withKeys(cmd, func(ctx context.Context, d keyDesk) error {
			c := executor.Command{Action: "core.rule.delete", Params: map[string]any{"rule": args[0]}, Text: "petrel rule delete " + args[0]}
			if err := d.perform(ctx, c); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The rule %s is deleted.\n", args[0])
			return nil
		})
	}
	return cmd
}
