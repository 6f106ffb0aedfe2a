package main

import (
	"io"

	"github.com/spf13/cobra"

	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

func newSimSlack() *cobra.Command {
	var flags simFlags
	o := simslack.Options{}
	cmd := &cobra.Command{
		Use:   "slack",
		Short: "Serve a Slack workspace with a page to type on, and write a ledger of every delivery and post",
		Long: `Serve a Slack workspace with a page to type on, and write a ledger of every delivery and post.

The address is told on standard output; open it in a browser. A bot joins with api_url set to the address and api/ behind it, the bot
token ` + simslack.DefaultBotToken + ` and the app-level token ` + simslack.DefaultAppToken + `. Whoever reaches the address can do everything, so listen on loopback only.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return flags.serve(cmd, func(ledger io.Writer) (simulator, error) {
				o.Ledger = ledger
				sim := simslack.New(cmd.Context(), o)
				return simulator{handler: sim, end: sim.Close}, nil
			})
		},
	}
	flags.add(cmd, "127.0.0.1:8090")
	cmd.Flags().StringVar(&o.Deliver, "deliver", "", "post events, commands and interactions below `URL` instead of sending them through sockets")
	return cmd
}
