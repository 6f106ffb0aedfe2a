package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

// demoPerson is who types in the demo until "as" says otherwise.
const demoPerson = "demo"

// demoGreeting is what a terminal shows first. The ledger of the simulated Clary is named in it.
const demoGreeting = `Petrel with a simulated Clary of 60 nodes, irene4000 to irene4059. Its ledger is %s.
Type help to see what can be typed, exit to leave.
You may be several people: type "as ann" (operator), "as bob" (approver) or "as eve" (stranger). More than 10 nodes with impact need bob's approval:
  as ann
  clary ensure irene[4000-4019] maintenance "new memory" impacting=true
  as bob
  inquiries
and then approve and the id that it shows.
`

func newDemo() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the bot in this terminal against a simulated Clary with 60 nodes",
		Long: `Try the bot in this terminal against a simulated Clary with 60 nodes.

Three people come with it: "as ann" makes you the operator ann, "as bob" the approver bob, "as eve" a stranger. What hurts users on more than
ten nodes needs an approval by somebody else, and so does what breaks a freeze.

Lines from a pipe, a file (petrel demo < FILE) or --script FILE are taken one at a time, and only final replies are printed. The exit
status is 1 when one of them failed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in := cmd.InOrStdin()
			if o.script != "" {
				f, err := os.Open(o.script)
				if err != nil {
					return bot.E(bot.CodeNotFound, "cmd.demo.script", "The script "+o.script+" cannot be opened.", err)
				}
				defer f.Close() //nolint:errcheck // it was only read
				in = f
			}
			return demo(cmd, in, o)
		},
	}
	cmd.Flags().StringVar(&o.data, "data", "", "keep the data in `DIR` (default: a fresh folder that is removed at the end)")
	cmd.Flags().BoolVar(&o.slack, "slack-sim", false, "join a simulated Slack workspace too, for a browser, and run until interrupted")
	cmd.Flags().BoolVar(&o.discord, "discord-sim", false, "join a simulated Discord server too, for a browser, and run until interrupted")
	cmd.Flags().StringVar(&o.script, "script", "", "take the lines from `FILE`")
	cmd.Flags().StringArrayVar(&o.packs, "pack", nil, "also read the pack in `DIR`; may be given several times")
	cmd.Flags().StringVar(&o.access, "access", "", "take people and permissions from `FILE`; \"as NAME\" makes you the account console:NAME")
	return cmd
}

// claryTold begins the line in which the demo tells where its Clary is.
const claryTold = "Simulated Clary: "

// fails tells how to have a node fail there.
func fails(url string) string {
	return fmt.Sprintf("to have a node fail: curl -X PUT %s_sim/nodes/irene4003/status -d '{\"status\":\"failed\",\"comment\":\"fan broke\"}'", url)
}

// demoOptions are the flags of petrel demo.
type demoOptions struct {
	data           string // empty is a fresh folder that is removed at the end
	slack, discord bool
	script         string // empty is standard input
	access         string // empty is the demo's own people
	packs          []string
}

// chats are the simulated chats that are asked for.
func (o demoOptions) chats() []demoChat {
	var list []demoChat
	if o.slack {
		list = append(list, demoSlack())
	}
	if o.discord {
		list = append(list, demoDiscord())
	}
	return list
}

func demo(cmd *cobra.Command, in io.Reader, o demoOptions) (err error) {
	data := o.data
	if data == "" {
		if data, err = os.MkdirTemp("", "petrel-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	} else if err := os.MkdirAll(data, 0o700); err != nil {
		return bot.E(bot.CodeUnavailable, "cmd.demo.data", "The folder "+data+" cannot be made.", err)
	}
	sim, err := startSim(cmd, "clary", filepath.Join(data, "clary-ledger.jsonl"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sim.stop()) }()

	c, err := demoSettings(data, sim.url, o.access)
	if err != nil {
		return err
	}
	c.Packs = append(c.Packs, o.packs...)
	stop, err := startChats(cmd, o, data, &c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	chats := len(o.chats()) > 0
	if chats {
		fmt.Fprintf(cmd.OutOrStdout(), "%s%s   (%s)\n", claryTold, sim.url, fails(sim.url))
	}
	terminal := in == io.Reader(os.Stdin) && isTerminal(os.Stdin) && isTerminal(os.Stdout)
	a, err := app.New(cmd.Context(), app.Options{
		Config: c, Owner: "demo", Chats: chats, Log: newLog(c.Log, cmd.ErrOrStderr()),
		Console: &console.Options{
			In: in, Out: cmd.OutOrStdout(), Person: demoPerson, AllowAs: true, Echo: true,
			Terminal: terminal, Color: terminal && useColor(), Width: terminalWidth(),
			FilesDir: data, History: filepath.Join(data, "history"),
		},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if terminal {
		fmt.Fprintf(cmd.OutOrStdout(), demoGreeting, sim.ledger)
	}
	if err := a.Run(cmd.Context(), !chats || terminal); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	if !terminal && !chats && a.Console.Failures() > 0 {
		return errFailed
	}
	return nil
}

// demoSettings returns the configuration of the demo, with the people of a file where one is named.
func demoSettings(data, claryURL, access string) (config.Config, error) {
	c := demoConfig(data, claryURL)
	var err error
	if access != "" {
		if c.Access, err = config.LoadAccess(access); err != nil {
			return c, err
		}
	}
	c.Packs, err = demoPack(data)
	return c, err
}

// demoPack writes the pack of the demo: what changes many nodes and hurts users is asked about first.
func demoPack(data string) ([]string, error) {
	folder := filepath.Join(data, "demo")
	for name, text := range map[string]string{
		"pack.yaml": "name: demo\ndescription: The policies of the demo\nversion: 1.0.0\nauthor: Petrel\n",
		"policies/ask_before_impact.yaml": `name: ask_before_impact
description: More than ten nodes at once, with impact on users, need somebody else's approval
resource_ref: clary.node.status.ensure
policy_type: action.approval
parameters:
  when: impacting and target_count > 10 and not dry_run
  ttl: 3600
`,
	} {
		path := filepath.Join(folder, name)
		err := os.MkdirAll(filepath.Dir(path), 0o700)
		if err == nil {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			return nil, bot.E(bot.CodeUnavailable, "cmd.demo.pack", "The folder "+folder+" cannot be written.", err)
		}
	}
	return []string{folder}, nil
}

// demoConfig lets three people in: demo and ann may do everything, bob may look, approve and answer, and nobody else is known.
func demoConfig(data, claryURL string) config.Config {
	c := config.Default()
	c.Data = data
	c.Log = config.Log{Level: "error", Format: "text"}
	c.Clary.URL = claryURL
	c.Clary.Poll = time.Second // whoever tries it waits for it
	c.Clary.Groups = map[string]string{"all": "irene[4000-4059]", "gpu": "irene[4000-4007]"}
	// The roles and ids are for those who bring people of their own.
	c.Guards.BreakGlass = config.BreakGlass{Roles: []string{"approver"}, Users: []string{"console:bob"}, Required: 1, TTL: time.Hour, Reason: "optional"}
	c.Permissions = []config.Permission{
		{Identity: "console:" + demoPerson, Action: "*", Source: "demo"},
		{Identity: "console:ann", Action: "*", Source: "demo"},
		{Identity: "console:bob", Action: "*", Classes: []bot.Class{bot.Read}, Source: "demo"},
		{Identity: "console:bob", Action: "core.approve", Source: "demo"},
		{Identity: "console:bob", Action: "core.deny", Source: "demo"},
		{Identity: "console:bob", Action: "core.inquiry.respond", Source: "demo"},
		{Identity: "rule:clary.*", Action: "core.notification", Source: "demo"},
	}
	return c
}
