package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

func newSchedule() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schedule",
		Short: "Have lines run later",
		Long: `Have lines run later, by petrel serve, as if you typed them when they come due. They are yours: your permissions of that moment hold. The
history shows what became of them; nobody is written to, since a shell reads no chat.`,
	}
	cmd.AddCommand(newScheduleAdd(), newScheduleList(), newScheduleRemove())
	return cmd
}

func newScheduleAdd() *cobra.Command {
	times := map[string]*string{}
	cmd := &cobra.Command{
		Use:     "add --every|--at|--in TIME LINE",
		Short:   "Schedule a line, in quotes as it would be typed in chat",
		Example: "  petrel schedule add --every \"day at 09:00\" 'clary status @compute'\n  petrel schedule add --in 30m 'clary ensure irene4000 production \"burn-in is over\"'",
		Args:    cobra.ExactArgs(1),
	}
	load := configFlag(cmd)
	times["every"] = cmd.Flags().String("every", "", "how often, as `TIME` such as 15m, \"day at 09:00\" or \"mon,thu at 08:30\"")
	times["at"] = cmd.Flags().String("at", "", "when, once, as `TIME` such as 02:00 or \"2026-12-24 18:00\"")
	times["in"] = cmd.Flags().String("in", "", "after what time, once, as `TIME` such as 30m or 2h")
	cmd.MarkFlagsOneRequired("every", "at", "in")
	cmd.MarkFlagsMutuallyExclusive("every", "at", "in")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		params := map[string]any{"line": args[0]}
		for name, value := range times {
			if *value != "" {
				params[name] = *value
			}
		}
		if err := askDesk(cmd, load, "core.schedule", params); err != nil {
			return err
		}
		return warnNobodyRuns(cmd, load)
	}
	return cmd
}

// warnNobodyRuns tells where nobody is there who would run what comes due.
func warnNobodyRuns(cmd *cobra.Command, load func() (config.Config, error)) error {
	c, err := load()
	if err != nil {
		return err
	}
	alive, err := app.WorkedElsewhere(c)
	if err == nil && !alive {
		fmt.Fprintln(cmd.ErrOrStderr(), "No petrel serve is running. Start one: nothing that comes due is run before.")
	}
	return err
}

func newScheduleList() *cobra.Command {
	var all bool
	cmd := &cobra.Command{Use: "list", Short: "List what you scheduled and when it runs next", Args: cobra.NoArgs}
	load := configFlag(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "what anybody scheduled")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ref := "core.schedules"
		if all {
			ref = "core.schedules.all"
		}
		return askDesk(cmd, load, ref, nil)
	}
	return cmd
}

func newScheduleRemove() *cobra.Command {
	cmd := &cobra.Command{Use: "remove ID", Short: "End a schedule; the first six characters of its id are enough", Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return askDesk(cmd, load, "core.unschedule", map[string]any{"id": args[0]})
	}
	return cmd
}
