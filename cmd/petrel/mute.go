package main

import "github.com/spf13/cobra"

func newMute() *cobra.Command {
	cmd := &cobra.Command{Use: "mute", Short: "Have channels hear nothing from a rule for a time"}
	cmd.AddCommand(newMuteAdd(), newMuteList(), newMuteRemove())
	return cmd
}

func newMuteAdd() *cobra.Command {
	cmd := &cobra.Command{
		Use: "add RULE|TRIGGER FOR", Short: "Mute a rule, or all rules of a trigger. What comes meanwhile is summed up afterwards", Args: cobra.ExactArgs(2),
		Example: "  petrel mute add clary.node_state 2h",
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return askDesk(cmd, load, "core.mute", map[string]any{"what": args[0], "for": args[1]})
	}
	return cmd
}

func newMuteList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List what is muted, by whom and until when", Args: cobra.NoArgs}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return askDesk(cmd, load, "core.mutes", nil) }
	return cmd
}

func newMuteRemove() *cobra.Command {
	cmd := &cobra.Command{Use: "remove RULE|TRIGGER", Short: "End a mute before its time", Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return askDesk(cmd, load, "core.unmute", map[string]any{"what": args[0]})
	}
	return cmd
}
