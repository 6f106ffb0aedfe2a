package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/datastore"
)

func newKey() *cobra.Command {
	key := &cobra.Command{
		Use:   "key",
		Short: "Keep values in the datastore",
		Long: `Keep values in the datastore, for people and packs. A key of scope system is everybody's, one of scope user your own.

What changes a key is an action (core.key.set, core.key.delete): a running petrel serve does it where there is one, and the history
shows it. The permissions of the actions hold here too.`,
	}
	key.AddCommand(newKeySet(), newKeyGet(), newKeyList(), newKeyDelete(), newKeyLoad())
	return key
}

// keyFlags are the flags that subcommands of key share.
type keyFlags struct {
	load  func() (config.Config, error)
	scope string
	json  bool
}

func addKeyFlags(cmd *cobra.Command) *keyFlags {
	f := &keyFlags{load: configFlag(cmd)}
	cmd.Flags().StringVarP(&f.scope, "scope", "s", string(datastore.System), "system or user")
	return f
}

// addJSON adds the flag of those that print a key.
func (f *keyFlags) addJSON(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&f.json, "json", "j", false, "print it as JSON")
}

// keyDesk is what a subcommand of key works with: Petrel, and who is asking.
type keyDesk struct {
	*keyFlags
	app    *app.App
	config config.Config
	origin bot.Origin
	cmd    *cobra.Command
}

// withKeys builds Petrel and calls do.
func (f *keyFlags) withKeys(cmd *cobra.Command, do func(ctx context.Context, d keyDesk) error) error {
	return withApp(cmd, f.load, func(ctx context.Context, a *app.App, c config.Config) error {
		origin, err := shellOrigin()
		if err != nil {
			return err
		}
		return do(ctx, keyDesk{keyFlags: f, app: a, config: c, origin: origin, cmd: cmd})
	})
}

// key returns the key that the person means.
func (d keyDesk) key(name string) datastore.Key {
	return datastore.KeyOf(datastore.Scope(d.scope), name, d.app.Identify(d.origin))
}

// permitReading asks whether the person may read. Somebody else's secret, which every key of scope system may be, is shown in plain only
// to those who could also replace it: a rule that lets everybody look is not meant for passwords.
func (d keyDesk) permitReading(action string, params map[string]any, decrypt bool) error {
	if err := d.app.Permit(d.origin, action, params); err != nil {
		return err
	}
	if decrypt && d.scope != string(datastore.User) {
		if err := d.app.Permit(d.origin, "core.key.set", params); err != nil {
			return bot.E(bot.CodeDenied, "cmd.key.decrypt", "To decrypt a system key takes the right to set it. "+bot.ErrorText(err), err)
		}
	}
	return nil
}

// read returns the entry, in plain when asked to.
func (d keyDesk) read(ctx context.Context, k datastore.Key, decrypt bool) (datastore.Entry, error) {
	if decrypt {
		return d.app.Keys.Decrypt(ctx, k)
	}
	return d.app.Keys.Get(ctx, k)
}

func newKeyGet() *cobra.Command {
	var decrypt bool
	cmd := &cobra.Command{Use: "get NAME", Short: "Print the value of a key", Args: cobra.ExactArgs(1)}
	f := addKeyFlags(cmd)
	f.addJSON(cmd)
	cmd.Flags().BoolVarP(&decrypt, "decrypt", "d", false, "print an encrypted value in plain")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return f.withKeys(cmd, func(ctx context.Context, d keyDesk) error {
			k := d.key(args[0])
			if err := d.permitReading("core.key.get", map[string]any{"name": k.Name, "scope": d.scope}, decrypt); err != nil {
				return err
			}
			e, err := d.read(ctx, k, decrypt)
			if err != nil {
				return err
			}
			if d.json {
				return printJSON(cmd.OutOrStdout(), viewKey(e, decrypt))
			}
			if e.Encrypted && !decrypt {
				fmt.Fprintf(cmd.ErrOrStderr(), "The %s is encrypted. Give --decrypt to see it.\n", k)
			}
			fmt.Fprintln(cmd.OutOrStdout(), e.Value)
			return nil
		})
	}
	return cmd
}

func newKeyList() *cobra.Command {
	var decrypt bool
	var prefix string
	var n int
	cmd := &cobra.Command{Use: "list", Short: "List keys by name", Args: cobra.NoArgs}
	f := addKeyFlags(cmd)
	f.addJSON(cmd)
	cmd.Flags().StringVar(&prefix, "prefix", "", "only keys whose names begin with `TEXT`")
	cmd.Flags().IntVarP(&n, "limit", "n", 50, "how many")
	cmd.Flags().BoolVarP(&decrypt, "decrypt", "d", false, "show encrypted values in plain")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if n < 1 {
			return bot.E(bot.CodeInvalid, "cmd.key.list", fmt.Sprintf("%d keys cannot be listed. Give -n a number from 1 on.", n), nil)
		}
		return f.withKeys(cmd, func(ctx context.Context, d keyDesk) error {
			if err := d.permitReading("core.key.list", map[string]any{"prefix": prefix, "scope": d.scope}, decrypt); err != nil {
				return err
			}
			list, more, err := d.list(ctx, prefix, n)
			if err != nil {
				return err
			}
			for i := 0; decrypt && i < len(list); i++ {
				if list[i], err = d.app.Keys.Decrypt(ctx, list[i].Key); err != nil {
					return err
				}
			}
			if more {
				fmt.Fprintf(cmd.ErrOrStderr(), "There are more than %d. Give -n a higher number, or --prefix.\n", n)
			}
			return printKeys(cmd.OutOrStdout(), list, d.json, decrypt)
		})
	}
	return cmd
}

// list reads up to n entries and reports whether there are more.
func (d keyDesk) list(ctx context.Context, prefix string, n int) (list []datastore.Entry, more bool, err error) {
	whose := d.key("")
	q := datastore.Query{Scope: whose.Scope, Owner: whose.Owner, Prefix: prefix}
	for len(list) < n {
		q.Limit = min(n-len(list), datastore.MaxPage)
		page, err := d.app.Keys.List(ctx, q)
		if err != nil {
			return nil, false, err
		}
		list = append(list, page.Entries...)
		if q.After = page.Next; q.After == "" {
			return list, false, nil
		}
	}
	return list, true, nil
}

func printKeys(w io.Writer, list []datastore.Entry, asJSON, decrypted bool) error {
	if asJSON {
		views := make([]keyView, len(list))
		for i, e := range list {
			views[i] = viewKey(e, decrypted)
		}
		return printJSON(w, views)
	}
	rows := make([][]string, len(list))
	for i, e := range list {
		ends := ""
		if !e.Expires.IsZero() {
			ends = e.Expires.UTC().Format(time.RFC3339)
		}
		rows[i] = []string{e.Key.Name, e.Short(), ends, e.By, e.Updated.UTC().Format(time.RFC3339)}
	}
	return printTable(w, []string{"name", "value", "ends", "set by", "set"}, rows)
}

// keyView is a key as programs see it, under StackStorm's names: petrel key load reads what petrel key list -j prints. Secret tells how
// it is stored, Encrypted that Value is not the value.
type keyView struct {
	Name      string    `json:"name"`
	Value     string    `json:"value"`
	Scope     string    `json:"scope"`
	Secret    bool      `json:"secret"`
	Encrypted bool      `json:"encrypted"`
	Expires   time.Time `json:"expire_timestamp,omitzero"`
	By        string    `json:"by"`
	Updated   time.Time `json:"updated"`
	Version   int64     `json:"version"`
}

func viewKey(e datastore.Entry, decrypted bool) keyView {
	return keyView{
		Name: e.Key.Name, Value: e.Value, Scope: string(e.Key.Scope), Secret: e.Encrypted, Encrypted: e.Encrypted && !decrypted,
		Expires: e.Expires.UTC(), By: e.By, Updated: e.Updated.UTC(), Version: e.Version,
	}
}
