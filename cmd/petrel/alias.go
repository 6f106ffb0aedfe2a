package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/pack"
)

func newAlias() *cobra.Command {
	alias := &cobra.Command{Use: "alias", Short: "Look at aliases, try texts on them and check them"}
	alias.AddCommand(newAliasList(), newAliasMatch(), newAliasLint())
	return alias
}

// packsFlag adds --config and --pack and returns a function that reads the built-in packs and those that the flags name. No store is
// opened. Problems are told on standard error.
func packsFlag(cmd *cobra.Command) func(more ...string) (*pack.Set, error) {
	file := cmd.Flags().String("config", "", "also read the packs of this configuration `FILE` (default: $PETREL_CONFIG)")
	folders := cmd.Flags().StringArray("pack", nil, "also read the pack in `DIR`; may be given several times")
	return func(more ...string) (*pack.Set, error) {
		if *file == "" {
			*file = os.Getenv("PETREL_CONFIG")
		}
		list := slices.Concat(*folders, more)
		if *file != "" {
			c, err := config.Load(*file)
			if err != nil {
				return nil, err
			}
			list = append(c.Packs, list...)
		}
		set, problems, err := app.ReadPacks(list, []string{pack.RunnerGo, pack.RunnerInquirer})
		for _, p := range problems {
			fmt.Fprintln(cmd.ErrOrStderr(), p)
		}
		return set, err
	}
}

func newAliasList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the aliases of the packs", Args: cobra.NoArgs}
	read := packsFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		set, err := read()
		if err != nil {
			return err
		}
		var rows [][]string
		for _, a := range set.Aliases() {
			for _, f := range a.Formats {
				rows = append(rows, []string{a.Ref(), a.Action, f.Shown()})
			}
		}
		return printTable(cmd.OutOrStdout(), []string{"alias", "action", "format"}, rows)
	}
	return cmd
}

func newAliasMatch() *cobra.Command {
	var format string
	var stdin, multiple bool
	cmd := &cobra.Command{
		Use:   "match TEXT",
		Short: "Tell which alias a text is taken by, and why the others are not",
		Long: `Tell which alias a text is taken by, and why the others are not.

With --format the text is tried on that one format alone. With --stdin every line of standard input is a JSON object
{"format": …, "command": …, "multiple": true|false}, and a line of JSON is answered for each: {"ok":true,"params":{…}}, a list of such objects
under params when multiple is true, or {"ok":false,"error":"…"}.`,
	}
	read := packsFlag(cmd)
	cmd.Flags().StringVar(&format, "format", "", "try only this `FORMAT`")
	cmd.Flags().BoolVar(&multiple, "multiple", false, "with --format: every match in the text (match_multiple)")
	cmd.Flags().BoolVar(&stdin, "stdin", false, "answer JSON lines from standard input")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if stdin {
			return cobra.NoArgs(cmd, args)
		}
		return cobra.MinimumNArgs(1)(cmd, args)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		text := strings.Join(args, " ")
		switch {
		case stdin:
			return matchLines(cmd.InOrStdin(), cmd.OutOrStdout())
		case cmd.Flags().Changed("format"):
			return matchFormat(cmd.OutOrStdout(), format, text, multiple)
		}
		set, err := read()
		if err != nil {
			return err
		}
		index, problems := aliases.Compile(set.Aliases(), aliases.Options{})
		for _, p := range problems {
			fmt.Fprintln(cmd.ErrOrStderr(), refused(p))
		}
		return explainMatch(cmd.OutOrStdout(), index.Explain(text))
	}
	return cmd
}

func refused(p aliases.Problem) string {
	return fmt.Sprintf("%s: %s: the format %q is refused at character %d: %s", p.Source, p.Alias, p.Format, p.Offset+1, p.Text)
}

func matchFormat(w io.Writer, format, text string, multiple bool) error {
	found, err := aliases.ParseFormat(format, text, multiple)
	if err != nil {
		return err
	}
	for _, params := range found {
		for _, name := range slices.Sorted(maps.Keys(params)) {
			value := "(not set)"
			if v := params[name]; v != nil {
				value = *v
			}
			fmt.Fprintf(w, "%s = %s\n", name, value)
		}
	}
	return nil
}

// explainMatch prints what a text leads to. It fails when that is nothing, so that scripts can ask.
func explainMatch(w io.Writer, ex aliases.Explanation) error {
	out := ex.Outcome
	switch {
	case out.Err != nil:
		return out.Err
	case len(out.Ambiguous) > 0:
		fmt.Fprintln(w, "Several aliases fit equally well, so none is taken:")
		for _, c := range out.Ambiguous {
			fmt.Fprintf(w, "  %s  %s\n", c.Alias.Ref(), c.Alias.Formats[c.Format].Representations[c.Representation])
		}
		return errFailed
	case len(out.Matches) == 0:
		return bot.E(bot.CodeNotFound, "cmd.alias.match", "No alias takes this text. petrel alias list shows what they take.", nil)
	}
	for _, m := range out.Matches {
		fmt.Fprintf(w, "alias   %s\naction  %s\nformat  %s\n", m.Alias.Ref(), m.Alias.Action, m.Alias.Formats[m.Format].Representations[m.Representation])
		for _, name := range slices.Sorted(maps.Keys(m.Params)) {
			fmt.Fprintf(w, "  %s = %s\n", name, m.Params[name])
		}
	}
	for _, l := range ex.Lost {
		fmt.Fprintf(w, "not     %s  %s: %s\n", l.Alias.Ref(), l.Alias.Formats[l.Format].Representations[l.Representation], l.Why)
	}
	return nil
}
