package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/executor"
)

func newKeySet() *cobra.Command {
	var encrypt bool
	var ttl string
	cmd := &cobra.Command{
		Use:   "set NAME [VALUE]",
		Short: "Set a key",
		Long: `Set a key. Without a VALUE it is read from the standard input, without a line end after it: a secret that is given as an argument can be
seen in the list of processes and is kept in the shell's history.`,
		Args: cobra.RangeArgs(1, 2),
	}
	f := addKeyFlags(cmd)
	f.addJSON(cmd)
	cmd.Flags().BoolVarP(&encrypt, "encrypt", "e", false, "store the value encrypted")
	cmd.Flags().StringVarP(&ttl, "ttl", "l", "", "how long the key lives, in `SECONDS` or as 90s, 15m or 24h (default: without an end)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		value, err := valueOf(cmd.InOrStdin(), args[1:])
		if err != nil {
			return err
		}
		return f.withKeys(cmd, func(ctx context.Context, d keyDesk) error {
			life, err := datastore.ParseTTL(ttl)
			if err != nil {
				return err
			}
			w := datastore.Write{Key: d.key(args[0]), Value: value, TTL: life, Encrypt: encrypt}
			if err := w.Check(); err != nil {
				return err
			}
			if err := d.perform(ctx, setting(w, "petrel key set "+w.Key.Name)); err != nil {
				return err
			}
			return d.tellSet(ctx, w.Key)
		})
	}
	return cmd
}

// valueOf returns the value of the command line, or else what stands on the standard input without its last line end.
func valueOf(in io.Reader, args []string) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	data, err := io.ReadAll(io.LimitReader(in, datastore.MaxValue+2)) // enough to see that it is too long
	if err != nil {
		return "", bot.E(bot.CodeInvalid, "cmd.key.value", "The value cannot be read from the standard input. Give it behind the name, or as petrel key set NAME < FILE.", err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r"), nil
}

// setting is the command that writes. Its text is for the history and must not hold the value.
func setting(w datastore.Write, text string) executor.Command {
	params := map[string]any{"name": w.Key.Name, "scope": string(w.Key.Scope), "value": w.Value, "encrypt": w.Encrypt}
	if w.TTL > 0 {
		params["ttl"] = w.TTL.String()
	}
	return executor.Command{Action: "core.key.set", Params: params, Text: text}
}

// tellSet says that a key is set, or prints it as JSON.
func (d keyDesk) tellSet(ctx context.Context, k datastore.Key) error {
	if !d.json {
		fmt.Fprintf(d.cmd.OutOrStdout(), "The %s is set.\n", k)
		return nil
	}
	e, err := d.app.Keys.Get(ctx, k)
	if err != nil {
		return err
	}
	return printJSON(d.cmd.OutOrStdout(), viewKey(e, false))
}

func newKeyDelete() *cobra.Command {
	cmd := &cobra.Command{Use: "delete NAME", Short: "Delete a key", Args: cobra.ExactArgs(1)}
	f := addKeyFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return f.withKeys(cmd, func(ctx context.Context, d keyDesk) error {
			k := d.key(args[0])
			params := map[string]any{"name": k.Name, "scope": d.scope}
			if err := d.perform(ctx, executor.Command{Action: "core.key.delete", Params: params, Text: "petrel key delete " + k.Name}); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "The %s is deleted.\n", k)
			return nil
		})
	}
	return cmd
}

// perform runs actions, here where no daemon lives, and returns the first fault.
func (d keyDesk) perform(ctx context.Context, list ...executor.Command) error {
	alive, err := app.WorkedElsewhere(d.config)
	if err != nil {
		return err
	}
	var ids []string
	for _, c := range list {
		c.Identity, c.Origin = d.app.Identify(d.origin), d.origin
		e, err := d.app.Executor.Accept(ctx, c)
		if err != nil {
			return err
		}
		ids = append(ids, e.ID)
	}
	return hosting(ctx, d.app, !alive, func(ctx context.Context) error {
		for _, id := range ids {
			e, err := d.app.Executor.Wait(ctx, id)
			if err != nil {
				return notWaited(err, id)
			}
			if e.Status != bot.Succeeded {
				return unsuccessful(e)
			}
		}
		return nil
	})
}

// unsuccessful is the error of an execution that ended otherwise than was wished.
func unsuccessful(e bot.Execution) error {
	fault := bot.Fault{Code: bot.CodeCanceled, Text: fmt.Sprintf("%s is %s. See what happened with: petrel execution get %s", e.Action, e.Status, e.ID)}
	if e.Error != nil && e.Error.Text != "" {
		fault = *e.Error
	}
	return bot.E(fault.Code, "cmd.key.perform", fault.Text, nil)
}
