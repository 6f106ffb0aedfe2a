package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/doctor"
)

func newDoctor() *cobra.Command {
	cmd := &cobra.Command{Use: "doctor", Short: "Look at what the bot needs from outside, and tell what is wrong"}
	cmd.AddCommand(
		examines("slack", "Check the tokens, scopes and way in of every configured workspace", func(c config.Config, log *slog.Logger) (patient, error) {
			return app.NewSlack(c.Adapters.Slack, log)
		}),
		examines("discord", "Check the token, intents, command, way in and permissions of the bot in Discord", func(c config.Config, log *slog.Logger) (patient, error) {
			return app.NewDiscord(c.Adapters.Discord, log)
		}),
		newDoctorRules(),
	)
	return cmd
}

// newDoctorRules is the command that looks at what ought to happen by itself.
func newDoctorRules() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Check that every rule can match and may run its action, and that the sensors are well",
		Long:  "Check that every rule can match and may run its action, and that the sensors are well. Nothing is changed.\n\nThe exit status is 1 when something is wrong.",
		Args:  cobra.NoArgs,
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, c config.Config) error {
			return tell(cmd, append(a.ExamineRules(ctx, c), a.ExamineSensors(ctx)...))
		})
	}
	return cmd
}

// patient is an adapter that can say what it lacks.
type patient interface {
	Examine(ctx context.Context) []doctor.Finding
	Close()
}

// examines is the command that looks at one adapter.
func examines(name, short string, build func(config.Config, *slog.Logger) (patient, error)) *cobra.Command {
	cmd := &cobra.Command{
		Use:   name,
		Short: short,
		Long:  short + ". Nothing is written there.\n\nThe exit status is 1 when something is wrong.",
		Args:  cobra.NoArgs,
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := load()
		if err != nil {
			return err
		}
		a, err := build(c, newLog(c.Log, cmd.ErrOrStderr()))
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
