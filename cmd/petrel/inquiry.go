package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
)

func newInquiry() *cobra.Command {
	cmd := &cobra.Command{Use: "inquiry", Short: "List what waits for an answer, and answer it"}
	cmd.AddCommand(newInquiryList(),
		newInquiryRespond("approve", "Agree to an execution that waits for approval", executor.Response{Yes: true}),
		newInquiryRespond("deny", "Say no to one", executor.Response{}),
		newInquiryRespond("confirm", "Confirm what you asked for yourself", executor.Response{Yes: true, Confirm: true}),
	)
	return cmd
}

func newInquiryList() *cobra.Command {
	var n int
	cmd := &cobra.Command{Use: "list", Short: "List what waits for an answer", Args: cobra.NoArgs}
	load := configFlag(cmd)
	cmd.Flags().IntVarP(&n, "last", "n", 50, "how many")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if n < 1 {
			return bot.E(bot.CodeInvalid, "cmd.inquiry.list", fmt.Sprintf("%d inquiries cannot be listed. Give -n a number from 1 on.", n), nil)
		}
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			list, err := a.Executor.Inquiries(ctx, n)
			if err != nil {
				return err
			}
			table := chat.InquiryTable(list).Table
			return printTable(cmd.OutOrStdout(), table.Columns, table.Rows)
		})
	}
	return cmd
}

func newInquiryRespond(verb, short string, answer executor.Response) *cobra.Command {
	var reason string
	cmd := &cobra.Command{Use: verb + " ID", Short: short, Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			origin, err := shellOrigin()
			if err != nil {
				return err
			}
			if err := a.Permit(origin, "core."+verb, map[string]any{"id": args[0], "reason": reason}); err != nil {
				return err
			}
			e, err := a.Executor.Execution(ctx, args[0])
			if err != nil {
				return err
			}
			answer.Reason, answer.By, answer.Origin = reason, a.Identify(origin), origin
			q, err := a.Executor.Respond(ctx, e.ID, answer)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), chat.ResponseText(q))
			return nil
		})
	}
	return cmd
}
