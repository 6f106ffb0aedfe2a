package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/access"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

func newConfig() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check a configuration or print an example"}
	cmd.AddCommand(
		&cobra.Command{
			Use: "check FILE", Short: "Tell every fault of a configuration file", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				c, err := config.Load(args[0])
				if err != nil {
					return err
				}
				if err := app.SetAccess(&access.Authority{}, c.Access, c.Clary.Groups); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), args[0]+" is in order.")
				return nil
			},
		},
		&cobra.Command{
			Use: "example", Short: "Print every setting with its meaning and default", Args: cobra.NoArgs,
			Run: func(cmd *cobra.Command, _ []string) { fmt.Fprint(cmd.OutOrStdout(), config.Example()) },
		},
	)
	return cmd
}
