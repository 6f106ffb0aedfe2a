package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// listening begins the line in which a simulator tells its address.
const listening = "listening on "

func newSim() *cobra.Command {
	sim := &cobra.Command{Use: "sim", Short: "Run a stand-in for a system that cannot be installed here"}
	sim.AddCommand(newSimClary(), newSimSlack())
	return sim
}

// stand is how a simulator is served.
type stand struct {
	listen     string
	ledger     string
	withParent bool
}

// flags adds what every simulator can be told.
func (s *stand) flags(cmd *cobra.Command, listen string) {
	cmd.Flags().StringVar(&s.listen, "listen", listen, "address to listen on")
	cmd.Flags().StringVar(&s.ledger, "ledger", "", "append every effect to `FILE`, a JSON object a line")
	cmd.Flags().BoolVar(&s.withParent, "with-parent", false, "end when standard input ends, as it does when whoever started this dies")
}

func newSimClary() *cobra.Command {
	var s stand
	var latency time.Duration
	var nodes int
	cmd := &cobra.Command{
		Use:   "clary",
		Short: "Serve the Clary REST contract with example nodes, and write a ledger of every change",
		Long: `Serve the Clary REST contract with example nodes, and write a ledger of every change.

The address is told on standard output. The simulator ends when it is interrupted. Faults are ordered at /_sim/ below the address, so
listen on loopback only.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := simclary.Options{Latency: latency}
			if nodes > 0 {
				o.Nodes = plainNodes(nodes)
			}
			return s.serve(cmd, func(ledger io.Writer) (http.Handler, func(), error) {
				o.Ledger = ledger
				sim, err := simclary.New(o)
				return sim, func() { sim.ClearFaults() }, err
			})
		},
	}
	s.flags(cmd, "127.0.0.1:8088")
	cmd.Flags().DurationVar(&latency, "latency", 0, "add this to every answer")
	cmd.Flags().IntVar(&nodes, "nodes", 0, "have `N` nodes n[1-N], all in production, instead of the 60 of the demo")
	return cmd
}

func newSimSlack() *cobra.Command {
	var s stand
	o := simslack.Options{}
	cmd := &cobra.Command{
		Use:   "slack",
		Short: "Serve a Slack workspace with a page to type on, and write a ledger of every delivery and post",
		Long: `Serve a Slack workspace with a page to type on, and write a ledger of every delivery and post.

The address is told on standard output; open it in a browser. A bot joins with api_url set to the address and api/ behind it, the bot
token ` + simslack.DefaultBotToken + ` and the app-level token ` + simslack.DefaultAppToken + `. Whoever reaches the address can do everything, so listen on loopback only.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.serve(cmd, func(ledger io.Writer) (http.Handler, func(), error) {
				o.Ledger = ledger
				sim := simslack.New(cmd.Context(), o)
				return sim, sim.Close, nil
			})
		},
	}
	s.flags(cmd, "127.0.0.1:8089")
	cmd.Flags().StringVar(&o.Deliver, "deliver", "", "post events, commands and interactions below `URL` instead of sending them through sockets")
	return cmd
}

func plainNodes(n int) map[string]string {
	nodes := make(map[string]string, n)
	for i := range n {
		nodes[fmt.Sprintf("n%d", i+1)] = "production"
	}
	return nodes
}

// serve runs the simulator that build makes until the context ends. release lets go of what the simulator holds.
func (s *stand) serve(cmd *cobra.Command, build func(ledger io.Writer) (sim http.Handler, release func(), err error)) (err error) {
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	if s.withParent {
		go func() { // it ends with the process: a read of standard input cannot be called back
			_, _ = io.Copy(io.Discard, cmd.InOrStdin()) // any end is the end
			cancel()
		}()
	}
	ledger := io.Discard
	if s.ledger != "" {
		f, err := os.OpenFile(s.ledger, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return bot.E(bot.CodeUnavailable, "cmd.sim.ledger", "The ledger "+s.ledger+" cannot be written.", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		ledger = f
	}
	sim, release, err := build(ledger)
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return bot.E(bot.CodeUnavailable, "cmd.sim.listen", "Nothing can listen on "+s.listen+". Choose another address with --listen.", err)
	}
	server := &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(ctx, func() {
		release()
		_ = server.Close() // it only ends connections
	})
	defer stopped()
	fmt.Fprintf(cmd.OutOrStdout(), "%shttp://%s/\n", listening, l.Addr())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// simProcess is a simulator in a process of its own.
type simProcess struct {
	url    string
	ledger string
	in     io.Closer // its end is the simulator's
	cmd    *exec.Cmd
}

// startSim starts a simulator as a child of this process and waits for its address.
func startSim(cmd *cobra.Command, name, ledger string) (*simProcess, error) {
	const op = "cmd.demo.sim"
	self, err := os.Executable()
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	// The signal that ends the demo must not end the simulator before the last commands have been drained.
	child := exec.CommandContext(context.WithoutCancel(cmd.Context()), self, "sim", name, "--listen", "127.0.0.1:0", "--ledger", ledger, "--with-parent")
	child.Stderr = cmd.ErrOrStderr()
	child.SysProcAttr = childAttributes()
	in, inErr := child.StdinPipe()
	out, err := child.StdoutPipe()
	if err = errors.Join(inErr, err); err == nil {
		err = child.Start()
	}
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "The simulated "+name+" cannot be started.", err)
	}
	p := &simProcess{ledger: ledger, in: in, cmd: child}
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), listening)
	if err != nil || !ok {
		return nil, errors.Join(bot.E(bot.CodeInternal, op, "The simulated "+name+" did not start.", err), p.stop())
	}
	p.url = url
	return p, nil
}

// stop ends the simulator and waits for it.
func (p *simProcess) stop() error {
	return errors.Join(p.in.Close(), p.cmd.Wait())
}
