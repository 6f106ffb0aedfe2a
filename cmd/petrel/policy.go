package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/permissiontest"
)

func newPolicy() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Try and test who may do what",
		Long:  "Try and test who may do what, by the people and the permissions of a configuration. Nothing is run, and no store is opened.",
	}
	cmd.AddCommand(newPolicyTest(), newPolicyExplain())
	return cmd
}

// rehearse reads the configuration and returns what the rules can be asked with.
func rehearse(cmd *cobra.Command, path string) (*app.Rehearsal, config.Config, error) {
	c, err := config.Load(path)
	if err != nil {
		return nil, c, err
	}
	c = quiet(c)
	r, err := app.Rehearse(c, newLog(c.Log, cmd.ErrOrStderr()))
	return r, c, err
}

func newPolicyExplain() *cobra.Command {
	var channel string
	cmd := &cobra.Command{
		Use:   "explain PERSON TEXT…",
		Short: "Explain rule by rule whether a person or an account may type a text",
		Args:  cobra.MinimumNArgs(2),
	}
	path := configPath(cmd)
	cmd.Flags().StringVar(&channel, "channel", "", "where it is typed, as in slack:T012/C345")
	cmd.Flags().SetInterspersed(false) // what follows is the text
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, _, err := rehearse(cmd, path())
		if err != nil {
			return err
		}
		origin, err := r.Authority.OriginIn(args[0], channel)
		if err != nil {
			return err
		}
		reply, err := r.Desk.Explain(cmd.Context(), bot.Message{Origin: origin, Text: strings.Join(args[1:], " ")})
		if err != nil {
			return err
		}
		return printReply(cmd.OutOrStdout(), reply)
	}
	return cmd
}

func newPolicyTest() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test [FILE…]",
		Short: "Run the tests of the people and the permissions of a configuration",
		Long: `Run the tests of the people and the permissions of a configuration. Without FILE those are run that lie beside the configuration and beside
its access_files: people_test.yaml for people.yaml.`,
	}
	path := configPath(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, c, err := rehearse(cmd, path())
		if err != nil {
			return err
		}
		for _, note := range r.Authority.Lint(r.Content.Specs) {
			fmt.Fprintln(cmd.OutOrStdout(), "note: "+note)
		}
		files := args
		if len(files) == 0 {
			if files, err = testsBeside(c.Files(path())); err != nil {
				return err
			}
		}
		return testPolicy(cmd, r.Suite(), files)
	}
	return cmd
}

// testsBeside returns the test files that there are.
func testsBeside(files []string) ([]string, error) {
	var list []string
	for _, f := range files {
		name := permissiontest.Beside(f)
		if _, err := os.Stat(name); err == nil {
			list = append(list, name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, bot.E(bot.CodeUnavailable, "cmd.policy.beside", name+" cannot be read.", err)
		}
	}
	if len(list) == 0 {
		return nil, bot.E(bot.CodeNotFound, "cmd.policy.beside", "There are no tests beside "+strings.Join(files, ", ")+". Write "+permissiontest.Beside(files[0])+", or name a file.", nil)
	}
	return list, nil
}

func testPolicy(cmd *cobra.Command, suite permissiontest.Suite, files []string) error {
	tests, failed := 0, 0
	for _, name := range files {
		f, err := permissiontest.Read(name)
		if err != nil {
			return err
		}
		for _, t := range f.Tests {
			tests++
			why := suite.Run(cmd.Context(), t)
			for _, text := range why {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", t.Source, text)
			}
			if len(why) > 0 {
				failed++
			}
		}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d tests, %d failed.\n", tests, failed)
	if failed > 0 {
		return errFailed
	}
	return nil
}
