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
	// ann and bob are the accounts of the two there.
	ann, bob []string
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
		ann: []string{"slack:" + simslack.Team + "/U0ANN"},
		bob: []string{"slack:" + simslack.Team + "/U0BOB"},
	}
}

// demoDiscord is the simulated Discord server. A person has another account in direct messages.
func demoDiscord() demoChat {
	server := "discord:" + simdiscord.Guild + "/"
	return demoChat{
		name: "discord", told: "Simulated Discord: ",
		join: func(c *config.Config, url, data string) (err error) {
			d := &c.Adapters.Discord
			d.APIURL, d.MessageContent = url+"api/v10/", true
			d.Token, err = demoSecret(data, "discord-token", simdiscord.DefaultToken)
			return err
		},
		ann: []string{server + simdiscord.Ann, "discord:" + simdiscord.Ann},
		bob: []string{server + simdiscord.Bob, "discord:" + simdiscord.Bob},
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
		who = "; ann may do everything, bob may look, approve and answer, eve is a stranger"
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
	person := func(name string) config.Person {
		return config.Person{ID: name, Accounts: []string{account + name}, Source: "demo"}
	}
	ann, bob := person("ann"), person("bob")
	for _, chat := range chats {
		ann.Accounts = append(ann.Accounts, chat.ann...)
		bob.Accounts = append(bob.Accounts, chat.bob...)
	}
	c.People = []config.Person{person(demoPerson), ann, bob}
	for i, p := range c.Permissions {
		c.Permissions[i].Identity = strings.TrimPrefix(p.Identity, account)
	}
	c.Guards.BreakGlass.Users = []string{bob.ID}
}
