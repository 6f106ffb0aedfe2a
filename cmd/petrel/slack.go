package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/adapters/slack"
)

func newSlack() *cobra.Command {
	cmd := &cobra.Command{Use: "slack", Short: "Prepare a Slack workspace"}
	cmd.AddCommand(newSlackManifest())
	return cmd
}

func newSlackManifest() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "manifest",
		Short: "Print the app manifest that fits the configuration",
		Long: `Print the app manifest that fits the configuration.

Paste it at api.slack.com/apps under Create New App, From a manifest. docs/slack.md tells the rest.`,
		Args: cobra.NoArgs,
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := load()
		if err != nil {
			return err
		}
		s := c.Adapters.Slack
		text, err := slack.Manifest(slack.App{Name: s.Name, Commands: s.Commands, Public: s.HTTP.URL, Emails: s.Emails})
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(cmd.OutOrStdout(), text)
		return err
	}
	return cmd
}
