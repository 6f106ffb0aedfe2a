package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
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
		public := ""
		if s := c.Adapters.Slack; s.HTTP.On() {
			if public = s.HTTP.URL; public == "" {
				return bot.E(bot.CodeInvalid, "cmd.slack.manifest", "Write into adapters.slack.http.url where Slack finds the bot, as in https://petrel.example.com.", nil)
			}
		}
		text, err := slack.Manifest(slack.App{Name: c.Adapters.Slack.Name, Commands: c.Adapters.Slack.Commands, Public: public, Emails: c.Adapters.Slack.Emails})
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(cmd.OutOrStdout(), text)
		return err
	}
	return cmd
}
