package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/config"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// demoChat is a simulated chat that the demo can join.
type demoChat struct {
	name string // of the simulator
	told string // begins the line in which the demo tells where it is
	// join adds the chat at the address to the configuration. Secrets are written into the folder.
	join func(c *config.Config, url, data string) error
	// accounts are those of people there, by name. Ann may do everything; the others may look, approve and answer.
	accounts map[string][]string
}

// demoSlack is the simulated Slack workspace.
func demoSlack() demoChat {
	return demoChat{
		name: "slack", told: "Simulated Slack: ",
		join: func(c *config.Config, url, data string) (err error) {
			w := config.SlackWorkspace{APIURL: url + "api/"}
			if w.BotToken, err = demoSecret(data, "slack-bot-token", simslack.DefaultBotToken); err != nil {
				return err
			}
			if w.AppToken, err = demoSecret(data, "slack-app-token", simslack.DefaultAppToken); err != nil {
				return err
			}
			c.Adapters.Slack.Workspaces = []config.SlackWorkspace{w}
			return nil
		},
		accounts: map[string][]string{
			"ann": {"slack:" + simslack.Team + "/U0ANN"}, "bob": {"slack:" + simslack.Team + "/U0BOB"}, "carl": {"slack:" + simslack.Team + "/U0CARL"},
		},
	}
}

// demoDiscord is the simulated Discord server. A person has another account in direct messages.
func demoDiscord() demoChat {
	both := func(id string) []string { return []string{"discord:" + simdiscord.Guild + "/" + id, "discord:" + id} }
	return demoChat{
		name: "discord", told: "Simulated Discord: ",
		join: func(c *config.Config, url, data string) (err error) {
			d := &c.Adapters.Discord
			d.APIURL, d.MessageContent, d.NativePacks = url+"api/v10/", true, []string{"clary"}
			d.Token, err = demoSecret(data, "discord-token", simdiscord.DefaultToken)
			return err
		},
		accounts: map[string][]string{"ann": both(simdiscord.Ann), "bob": both(simdiscord.Bob), "carl": both(simdiscord.Carl)},
	}
}

// demoSecret writes a token into a file and returns how the configuration names it.
func demoSecret(data, name, value string) (config.Secret, error) {
	path := filepath.Join(data, name)
	if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
		return "", bot.E(bot.CodeUnavailable, "cmd.demo.secret", "The file "+path+" cannot be written.", err)
	}
	return config.Secret("file:" + path), nil
}

// startChats starts the simulated chats, adds them to the configuration and tells their addresses. stop ends them.
func startChats(cmd *cobra.Command, o demoOptions, data string, c *config.Config) (stop func() error, err error) {
	var running []*simProcess
	stop = func() error {
		var faults []error
		for _, sim := range running {
			faults = append(faults, sim.stop())
		}
		return errors.Join(faults...)
	}
	who := ""
	if o.access == "" {
		demoPeople(c, o.chats())
		who = "; ann may do everything, bob and carl may look, approve and answer, eve is a stranger"
	}
	for _, chat := range o.chats() {
		sim, err := startSim(cmd, chat.name, filepath.Join(data, chat.name+"-ledger.jsonl"))
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		running = append(running, sim)
		if err := chat.join(c, sim.url, data); err != nil {
			return nil, errors.Join(err, stop())
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s%s   (open it in a browser%s)\n", chat.told, sim.url, who)
	}
	return stop, nil
}

// demoPeople makes the people of the demo the same persons in every chat, so that nobody approves what he asked for somewhere else.
func demoPeople(c *config.Config, chats []demoChat) {
	if len(chats) == 0 {
		return
	}
	const account = "console:"
	for _, name := range []string{demoPerson, "ann", "bob", "carl"} {
		p := config.Person{ID: name, Accounts: []string{account + name}, Source: "demo"}
		for _, chat := range chats {
			p.Accounts = append(p.Accounts, chat.accounts[name]...)
		}
		c.People = append(c.People, p)
	}
	var all []config.Permission
	for _, p := range c.Permissions {
		p.Identity = strings.TrimPrefix(p.Identity, account)
		p.Public = strings.HasPrefix(p.Identity, "rule:") // a rule is nobody, and where there are people nobody may do only what is public
		all = append(all, p)
		if p.Identity == "bob" {
			p.Identity = "carl"
			all = append(all, p)
		}
	}
	c.Permissions, c.Guards.BreakGlass.Users = all, []string{"bob", "carl"}
}
