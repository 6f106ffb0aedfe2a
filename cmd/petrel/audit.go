package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/store"
)

func newAudit() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "Read the audit log, check that nobody changed it, or export it"}
	cmd.AddCommand(newAuditList(), newAuditVerify(), newAuditExport())
	return cmd
}

// withAudit opens the app for whoever may read the audit log as the parameters of core.audit say.
func withAudit(cmd *cobra.Command, load func() (config.Config, error), params map[string]any, use func(context.Context, *audit.Trail) error) error {
	return withApp(cmd, load, func(ctx context.Context, a *app.App, _ config.Config) error {
		origin, err := shellOrigin()
		if err != nil {
			return err
		}
		if err := a.Permit(origin, "core.audit", params); err != nil {
			return err
		}
		return use(ctx, a.Executor.Audit())
	})
}

func newAuditList() *cobra.Command {
	var q audit.Query
	var since, until string
	cmd := &cobra.Command{Use: "list", Short: "List lines of the audit log, newest first", Args: cobra.NoArgs}
	load := configFlag(cmd)
	flags := cmd.Flags()
	flags.IntVarP(&q.Limit, "last", "n", 50, "how many")
	flags.StringVar(&q.Who, "who", "", "only what this person did; * stands for any text")
	flags.StringVar(&q.Action, "action", "", "only about this action; * stands for any text")
	flags.StringVar(&q.Target, "target", "", "only about this target")
	flags.StringVar(&q.Execution, "execution", "", "only about this execution, by its whole id")
	flags.BoolVar(&q.Changes, "changes", false, "only about actions that change something")
	flags.StringVar(&since, "since", "", "from when on: yesterday, 10:00, 2h, 3d, 2026-11-24 (UTC)")
	flags.StringVar(&until, "until", "", "until when")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if q.Limit < 1 {
			return bot.E(bot.CodeInvalid, "cmd.audit.list", fmt.Sprintf("%d lines cannot be listed. Give -n a number from 1 on.", q.Limit), nil)
		}
		var err error
		if q.Since, q.Until, err = span(since, until); err != nil {
			return err
		}
		params := map[string]any{"limit": q.Limit, "changes": q.Changes}
		for name, value := range map[string]string{"who": q.Who, "action": q.Action, "target": q.Target, "execution": q.Execution, "since": since, "until": until} {
			if value != "" {
				params[name] = value
			}
		}
		return withAudit(cmd, load, params, func(ctx context.Context, t *audit.Trail) error {
			lines, err := t.Find(ctx, q)
			if err != nil {
				return err
			}
			table := chat.AuditTable(lines).Table
			return printTable(cmd.OutOrStdout(), table.Columns, table.Rows)
		})
	}
	return cmd
}

func newAuditVerify() *cobra.Command {
	var head string
	cmd := &cobra.Command{
		Use: "verify", Short: "Check that no line of the audit log was changed, taken out or put in", Args: cobra.NoArgs,
		Long: "Follows the chain of hashes from the first line that is kept to the last one. Note its end down elsewhere and give it with --head the\n" +
			"next time: then it is also found when somebody rewrote the whole chain, or cut its end off.",
	}
	load := configFlag(cmd)
	cmd.Flags().StringVar(&head, "head", "", "the end that an earlier run printed, as NUMBER:HASH")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		known, err := parseHead(head)
		if err != nil {
			return err
		}
		return withAudit(cmd, load, nil, func(ctx context.Context, t *audit.Trail) error {
			r, err := t.Verify(ctx, known)
			if err != nil {
				return err
			}
			if r.Broken != "" {
				fmt.Fprintln(cmd.OutOrStdout(), "The audit log is not what was written. "+r.Broken)
				return errFailed
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The audit log is whole: %s. Its end is %d:%s\n", lineCount(r), r.Head.Seq, r.Head.Hash)
			return nil
		})
	}
	return cmd
}

// parseHead reads what verify printed.
func parseHead(text string) (store.Head, error) {
	if text == "" {
		return store.Head{}, nil
	}
	number, hash, ok := strings.Cut(text, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || hash == "" {
		return store.Head{}, bot.E(bot.CodeInvalid, "cmd.audit.verify", "--head takes what verify printed, such as 120:2fd4e1c67a2d28fced849ee1bb76e7391b93eb12.", err)
	}
	return store.Head{Seq: seq, Hash: hash}, nil
}

func lineCount(r audit.Report) string {
	if r.Last == 0 {
		return "no lines"
	}
	return "lines " + strconv.FormatInt(r.First, 10) + " to " + strconv.FormatInt(r.Last, 10)
}

func newAuditExport() *cobra.Command {
	cmd := &cobra.Command{Use: "export", Short: "Write every line of the audit log as JSON, oldest first", Args: cobra.NoArgs}
	load := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return withAudit(cmd, load, nil, func(ctx context.Context, t *audit.Trail) error {
			_, err := t.Export(ctx, cmd.OutOrStdout())
			return err
		})
	}
	return cmd
}
