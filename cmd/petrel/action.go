package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

func newAction() *cobra.Command {
	action := &cobra.Command{Use: "action", Short: "Look at the actions that the packs bring"}

	var packName string
	list := &cobra.Command{Use: "list", Short: "List actions", Args: cobra.NoArgs}
	load := configFlag(list)
	list.Flags().StringVarP(&packName, "pack", "p", "", "only those of `PACK`")
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd, load, func(_ context.Context, a *app.App, _ config.Config) error {
			return listActions(cmd.OutOrStdout(), a, packName)
		})
	}

	get := &cobra.Command{Use: "get ACTION", Short: "Show an action and its parameters", Args: cobra.ExactArgs(1)}
	loadGet := configFlag(get)
	get.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd, loadGet, func(_ context.Context, a *app.App, _ config.Config) error {
			return describe(cmd.OutOrStdout(), a, args[0])
		})
	}
	action.AddCommand(list, get)
	return action
}

func listActions(w io.Writer, a *app.App, packName string) error {
	var rows [][]string
	for _, spec := range a.Content().Specs {
		if packName == "" || spec.Pack == packName {
			rows = append(rows, []string{spec.Ref(), string(spec.Class), spec.Runner, spec.Description})
		}
	}
	if len(rows) == 0 {
		return bot.E(bot.CodeNotFound, "cmd.action.list", "There is no pack "+packName+" with actions. petrel action list shows all.", nil)
	}
	return printTable(w, []string{"action", "class", "runner", "description"}, rows)
}

func printTable(w io.Writer, columns []string, rows [][]string) error {
	return printReply(w, bot.Reply{Blocks: []bot.Block{bot.TableBlock(columns, rows)}})
}

// printReply prints what a chat would show.
func printReply(w io.Writer, r bot.Reply) error {
	_, err := fmt.Fprint(w, console.Render(r, console.Style{Width: terminalWidth()}))
	return err
}
