package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/inquiry"
)

func newInquiry() *cobra.Command {
	cmd := &cobra.Command{Use: "inquiry", Short: "List what waits for an answer, and answer it"}
	cmd.AddCommand(newInquiryList(), newInquiryGet(), newInquiryAnswer(), newInquiryRespond("approve", "Agree to an execution that waits for approval", true), newInquiryRespond("deny", "Say no to one", false))
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

func newInquiryGet() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "get ID", Short: "Show what an execution waits on: the question, who may answer, until when", Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.Flags().BoolVarP(&asJSON, "json", "j", false, "print it as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
			e, err := a.Executor.Execution(ctx, args[0])
			if err != nil {
				return err
			}
			q, err := a.Executor.Inquiry(ctx, e.ID)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), q)
			}
			return printReply(cmd.OutOrStdout(), chat.ShowInquiry(q))
		})
	}
	return cmd
}

func newInquiryAnswer() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "respond ID ANSWER…",
		Short: "Answer a question that an execution waits on",
		Long: `Answer a question that an execution waits on. The answer is written as KEY=VALUE, as JSON, or as the bare value where one is asked for.
petrel inquiry get ID shows what is asked.`,
		Args: cobra.MinimumNArgs(2),
	}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return respondTo(cmd, load, shellResponse{
			id: args[0], action: "core.inquiry.respond", params: map[string]any{"id": args[0], "response": strings.Join(args[1:], " ")},
			response: executor.Response{Answer: shellAnswer(args[1:])},
		})
	}
	return cmd
}

// shellAnswer reads an answer from the words of a command line, where the shell has taken the quotes off the values.
func shellAnswer(words []string) *inquiry.Given {
	fields := map[string]string{}
	for _, w := range words {
		name, value, pair := strings.Cut(w, "=")
		if !pair || !isName(name) {
			return &inquiry.Given{Text: strings.Join(words, " ")}
		}
		fields[name] = value
	}
	return &inquiry.Given{Fields: fields}
}

func newInquiryRespond(verb, short string, yes bool) *cobra.Command {
	var reason, plan string
	cmd := &cobra.Command{Use: verb + " ID", Short: short, Args: cobra.ExactArgs(1)}
	load := configFlag(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	if yes {
		cmd.Flags().StringVar(&plan, "plan", "", "the mark of the plan that is meant, where it was asked about more than one")
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return respondTo(cmd, load, shellResponse{
			id: args[0], action: "core." + verb, params: map[string]any{"id": args[0], "reason": reason},
			response: executor.Response{Yes: yes, Reason: reason, Mark: plan},
		})
	}
	return cmd
}

// shellResponse is an answer from the command line, with the action whose permission it needs.
type shellResponse struct {
	id       string
	action   string
	params   map[string]any
	response executor.Response
}

func respondTo(cmd *cobra.Command, load func() (config.Config, error), r shellResponse) error {
	return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
		origin, err := shellOrigin()
		if err != nil {
			return err
		}
		if err := a.Permit(origin, r.action, r.params); err != nil {
			return err
		}
		e, err := a.Executor.Execution(ctx, r.id)
		if err != nil {
			return err
		}
		r.response.By, r.response.Origin = a.Identify(origin), origin
		q, err := a.Executor.Respond(ctx, e.ID, r.response)
		if err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), chat.ResponseText(q))
		return nil
	})
}
