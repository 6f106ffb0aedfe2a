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
	simchat "github.com/petrelops/petrel/internal/sim/chat"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// listening begins the line in which a simulator tells its address.
const listening = "listening on "

// simFlags are what every simulator is told.
type simFlags struct {
	listen, ledger string
	withParent     bool
}

func (f *simFlags) add(cmd *cobra.Command, listen string) {
	cmd.Flags().StringVar(&f.listen, "listen", listen, "address to listen on")
	cmd.Flags().StringVar(&f.ledger, "ledger", "", "append every change to `FILE`, a JSON object a line")
	cmd.Flags().BoolVar(&f.withParent, "with-parent", false, "end when standard input ends, as it does when whoever started this dies")
}

func newSim() *cobra.Command {
	sim := &cobra.Command{Use: "sim", Short: "Run a stand-in for a system that cannot be installed here"}
	sim.AddCommand(newSimClary(), newSimChat(), newSimSlack(), newSimDiscord())
	return sim
}

func newSimClary() *cobra.Command {
	var flags simFlags
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
			return flags.serve(cmd, func(ledger io.Writer) (simulator, error) {
				o := simclary.Options{Latency: latency, Ledger: ledger}
				if nodes > 0 {
					o.Nodes = plainNodes(nodes)
				}
				sim, err := simclary.New(o)
				if err != nil {
					return simulator{}, err
				}
				return simulator{handler: sim, end: sim.ClearFaults}, nil
			})
		},
	}
	flags.add(cmd, "127.0.0.1:8088")
	cmd.Flags().DurationVar(&latency, "latency", 0, "add this to every answer")
	cmd.Flags().IntVar(&nodes, "nodes", 0, "have `N` nodes n[1-N], all in production, instead of the 60 of the demo")
	return cmd
}

func newSimChat() *cobra.Command {
	var flags simFlags
	var scale int
	cmd := &cobra.Command{
		Use:   "chat",
		Short: "Serve a chat over plain HTTP for adapters.relay, and write a ledger of all that is said",
		Long: `Serve a chat over plain HTTP for adapters.relay, and write a ledger of all that is said.

The address is told on standard output. The simulator ends when it is interrupted. People write, and faults are ordered, at /_sim/ below
the address, so listen on loopback only.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return flags.serve(cmd, func(ledger io.Writer) (simulator, error) {
				sim := simchat.New(simchat.Options{Ledger: ledger, Scale: scale})
				return simulator{handler: sim, end: sim.Close}, nil
			})
		},
	}
	flags.add(cmd, "127.0.0.1:8089")
	cmd.Flags().IntVar(&scale, "scale", 1, "divide the minutes between redeliveries and the seconds between signs of life by `N`")
	return cmd
}

func plainNodes(n int) map[string]string {
	nodes := make(map[string]string, n)
	for i := range n {
		nodes[fmt.Sprintf("n%d", i+1)] = "production"
	}
	return nodes
}

// simulator is what a command of sim serves, and how its own work is ended.
type simulator struct {
	handler http.Handler
	end     func()
}

// serve opens the ledger and serves what build makes until the command is interrupted.
func (f simFlags) serve(cmd *cobra.Command, build func(ledger io.Writer) (simulator, error)) (err error) {
	if f.withParent {
		ctx, cancel := context.WithCancel(cmd.Context())
		defer cancel()
		go func() { // it ends with the process: a read of standard input cannot be called back
			_, _ = io.Copy(io.Discard, cmd.InOrStdin()) // any end is the end
			cancel()
		}()
		cmd.SetContext(ctx)
	}
	var ledger io.Writer
	if f.ledger != "" {
		file, openErr := os.OpenFile(f.ledger, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if openErr != nil {
			return bot.E(bot.CodeUnavailable, "cmd.sim.ledger", "The ledger "+f.ledger+" cannot be written.", openErr)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		ledger = file
	}
	sim, err := build(ledger)
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(cmd.Context(), "tcp", f.listen)
	if err != nil {
		return bot.E(bot.CodeUnavailable, "cmd.sim.listen", "Nothing can listen on "+f.listen+". Choose another address with --listen.", err)
	}
	server := &http.Server{Handler: sim.handler, ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(cmd.Context(), func() {
		sim.end()
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
