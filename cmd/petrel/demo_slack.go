package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/config"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// slackTold begins the line in which the demo tells where its Slack workspace is.
const slackTold = "Simulated Slack: "

// startSlack starts a simulated workspace, tells its address, and adds it to the configuration: ann may do everything there, bob may look, approve and answer.
func startSlack(cmd *cobra.Command, data string, c *config.Config) (*simProcess, error) {
	sim, err := startSim(cmd, "slack", filepath.Join(data, "slack-ledger.jsonl"))
	if err != nil {
		return nil, err
	}
	w := config.SlackWorkspace{APIURL: sim.url + "api/"}
	for _, token := range []struct {
		at          *config.Secret
		name, value string
	}{{&w.BotToken, "slack-bot-token", simslack.DefaultBotToken}, {&w.AppToken, "slack-app-token", simslack.DefaultAppToken}} {
		path := filepath.Join(data, token.name)
		if err := os.WriteFile(path, []byte(token.value), 0o600); err != nil {
			return nil, bot.E(bot.CodeUnavailable, "cmd.demo.slack", "The file "+path+" cannot be written.", err)
		}
		*token.at = config.Secret("file:" + path)
	}
	c.Adapters.Slack.Workspaces = []config.SlackWorkspace{w}
	account := "slack:" + simslack.Team + "/"
	c.Guards.BreakGlass.Users = append(c.Guards.BreakGlass.Users, account+"U0BOB")
	c.Permissions = append(c.Permissions,
		config.Permission{Identity: account + "U0ANN", Action: "*", Source: "demo"},
		config.Permission{Identity: account + "U0BOB", Action: "*", Classes: []bot.Class{bot.Read}, Source: "demo"},
		config.Permission{Identity: account + "U0BOB", Actions: []string{"core.approve", "core.deny", "core.inquiry.respond"}, Source: "demo"},
	)
	fmt.Fprintf(cmd.OutOrStdout(), "%s%s   (open it in a browser; ann may do everything, bob may look, approve and answer)\n", slackTold, sim.url)
	return sim, nil
}
