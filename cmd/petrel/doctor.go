package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/doctor"
)

func newDoctor() *cobra.Command {
	cmd := &cobra.Command{Use: "doctor", Short: "Look at what the bot needs from outside, and tell what is wrong"}
	cmd.AddCommand(newDoctorSlack(), newDoctorDiscord())
	return cmd
}

func newDoctorSlack() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "slack",
		Short: "Check the tokens, scopes and way in of every configured workspace",
		Long: `Check the tokens, scopes and way in of every configured workspace. Nothing is written there.

The exit status is 1 when something is wrong.`,
		Args: cobra.NoArgs,
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := load()
		if err != nil {
			return err
		}
		a, err := app.NewSlack(c.Adapters.Slack, newLog(c.Log, cmd.ErrOrStderr()))
		if err != nil {
			return err
		}
		defer a.Close()
		return tell(cmd, a.Examine(cmd.Context()))
	}
	return cmd
}

func newDoctorDiscord() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "discord",
		Short: "Check the token, intents, command, way in and permissions of the bot in Discord",
		Long: `Check the token, intents, command, way in and permissions of the bot in Discord. Nothing is written there.

The exit status is 1 when something is wrong.`,
		Args: cobra.NoArgs,
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := load()
		if err != nil {
			return err
		}
		a, err := app.NewDiscord(c.Adapters.Discord, newLog(c.Log, cmd.ErrOrStderr()))
		if err != nil {
			return err
		}
		defer a.Close()
		return tell(cmd, a.Examine(cmd.Context()))
	}
	return cmd
}

// tell tells what was found, and fails when something is wrong.
func tell(cmd *cobra.Command, found []doctor.Finding) error {
	wrong := false
	for _, f := range found {
		word := "good"
		if !f.Good {
			word, wrong = "wrong", true
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-5s  %s\n", word, f.Text)
	}
	if wrong {
		return errFailed
	}
	return nil
}
