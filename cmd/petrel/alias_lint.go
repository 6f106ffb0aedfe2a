package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/app"
)

func newAliasLint() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lint [PACKDIR…]",
		Short: "Tell what is wrong with aliases: formats that are refused, shadowed or ambiguous, parameters that do not fit",
		Long: `Tell what is wrong with aliases: formats that are refused, shadowed or ambiguous, parameters that do not fit.

The folders are checked together with the built-in packs. Overlaps in which one alias always wins by rank are told as notes, with a text that
both take; everything else makes the exit status 1.`,
	}
	read := packsFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		set, err := read(args...)
		if err != nil {
			return err
		}
		faults := 0
		findings := app.Lint(cmd.Context(), set)
		for _, f := range findings {
			kind := "note"
			if !app.IsNote(f) {
				kind = "fault"
				faults++
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s: %s\n", filepath.ToSlash(f.Source), kind, f.Text)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d aliases, %d faults, %d notes.\n", len(set.Aliases()), faults, len(findings)-faults)
		if faults > 0 {
			return errFailed
		}
		return nil
	}
	return cmd
}
