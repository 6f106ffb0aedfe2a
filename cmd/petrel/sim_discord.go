package main

import (
	"io"

	"github.com/spf13/cobra"

	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

func newSimDiscord() *cobra.Command {
	var flags simFlags
	o := simdiscord.Options{}
	cmd := &cobra.Command{
		Use:   "discord",
		Short: "Serve a Discord guild with a page to type on, and write a ledger of every delivery and post",
		Long: `Serve a Discord guild with a page to type on, and write a ledger of every delivery and post.

The address is told on standard output; open it in a browser. A bot joins with api_url set to the address and api/v10/ behind it, and the
token ` + simdiscord.DefaultToken + `. Whoever reaches the address can do everything, so listen on loopback only.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return flags.serve(cmd, func(ledger io.Writer) (simulator, error) {
				o.Ledger = ledger
				sim := simdiscord.New(cmd.Context(), o)
				return simulator{handler: sim, end: sim.Close}, nil
			})
		},
	}
	flags.add(cmd, "127.0.0.1:8091")
	cmd.Flags().StringVar(&o.Deliver, "deliver", "", "post interactions to `URL` instead of sending them through the gateway")
	return cmd
}
