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
)

// listening begins the line in which a simulator tells its address.
const listening = "listening on "

func newSim() *cobra.Command {
	sim := &cobra.Command{Use: "sim", Short: "Run a stand-in for a system that cannot be installed here"}
	var listen, ledger string
	var latency time.Duration
	var nodes int
	var withParent bool
	clary := &cobra.Command{
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
			if withParent {
				ctx, cancel := context.WithCancel(cmd.Context())
				defer cancel()
				go func() { // it ends with the process: a read of standard input cannot be called back
					_, _ = io.Copy(io.Discard, cmd.InOrStdin()) // any end is the end
					cancel()
				}()
				cmd.SetContext(ctx)
			}
			return serveClary(cmd, listen, ledger, o)
		},
	}
	clary.Flags().StringVar(&listen, "listen", "127.0.0.1:8088", "address to listen on")
	clary.Flags().StringVar(&ledger, "ledger", "", "append every change to `FILE`, a JSON object a line")
	clary.Flags().DurationVar(&latency, "latency", 0, "add this to every answer")
	clary.Flags().IntVar(&nodes, "nodes", 0, "have `N` nodes n[1-N], all in production, instead of the 60 of the demo")
	clary.Flags().BoolVar(&withParent, "with-parent", false, "end when standard input ends, as it does when whoever started this dies")
	sim.AddCommand(clary)
	return sim
}

func plainNodes(n int) map[string]string {
	nodes := make(map[string]string, n)
	for i := range n {
		nodes[fmt.Sprintf("n%d", i+1)] = "production"
	}
	return nodes
}

func serveClary(cmd *cobra.Command, listen, ledger string, o simclary.Options) (err error) {
	if ledger != "" {
		f, err := os.OpenFile(ledger, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return bot.E(bot.CodeUnavailable, "cmd.sim.ledger", "The ledger "+ledger+" cannot be written.", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		o.Ledger = f
	}
	sim, err := simclary.New(o)
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(cmd.Context(), "tcp", listen)
	if err != nil {
		return bot.E(bot.CodeUnavailable, "cmd.sim.listen", "Nothing can listen on "+listen+". Choose another address with --listen.", err)
	}
	server := &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(cmd.Context(), func() {
		sim.ClearFaults()
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

// startSim starts the Clary simulator as a child of this process and waits for its address.
func startSim(cmd *cobra.Command, ledger string) (*simProcess, error) {
	const op = "cmd.demo.sim"
	self, err := os.Executable()
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	// The signal that ends the demo must not end the simulator before the last commands have been drained.
	child := exec.CommandContext(context.WithoutCancel(cmd.Context()), self, "sim", "clary", "--listen", "127.0.0.1:0", "--ledger", ledger, "--with-parent")
	child.Stderr = cmd.ErrOrStderr()
	child.SysProcAttr = childAttributes()
	in, inErr := child.StdinPipe()
	out, err := child.StdoutPipe()
	if err = errors.Join(inErr, err); err == nil {
		err = child.Start()
	}
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "The simulated Clary cannot be started.", err)
	}
	p := &simProcess{ledger: ledger, in: in, cmd: child}
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), listening)
	if err != nil || !ok {
		return nil, errors.Join(bot.E(bot.CodeInternal, op, "The simulated Clary did not start.", err), p.stop())
	}
	p.url = url
	return p, nil
}

// stop ends the simulator and waits for it.
func (p *simProcess) stop() error {
	return errors.Join(p.in.Close(), p.cmd.Wait())
}
