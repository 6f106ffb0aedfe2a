package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/guarantees"
)

func newDocs() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:    "docs",
		Short:  "Write the generated pages of the documentation",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page := filepath.Join(dir, "docs", "guarantees.md")
			old, err := os.ReadFile(page)
			if err != nil {
				return err
			}
			measured, err := guarantees.Page(string(old), os.DirFS(filepath.Join(dir, "docs", "guarantees")))
			if err != nil {
				return err
			}
			for name, text := range map[string]string{
				page: measured,
				filepath.Join(dir, "docs", "reference", "settings.md"): config.Reference(),
				filepath.Join(dir, "config.example.yaml"):              config.Example(),
			} {
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil { //nolint:gosec // pages are for everybody
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "repo", ".", "the repository's `FOLDER`")
	return cmd
}
