// Command petrel is the ChatOps bot and its command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
)

// version is set by the build.
var version = "devel"

func main() { os.Exit(run()) }

// errFailed ends the program with status 1 when everything that is to be said has been said.
var errFailed = errors.New("failed")

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFailed):
		return 1
	}
	explain(root.ErrOrStderr(), err)
	if _, ours := errors.AsType[*bot.Error](err); !ours { // cobra refused the command line
		fmt.Fprintf(root.ErrOrStderr(), "See %s --help.\n", cmd.CommandPath())
	}
	return 1
}

// explain prints what went wrong for the person at the keyboard.
func explain(w io.Writer, err error) {
	text := bot.ErrorText(err)
	if text == "" {
		text = err.Error()
	}
	fmt.Fprintln(w, "petrel: "+text)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "petrel",
		Short:         "A ChatOps bot for people who run clouds and clusters",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(
		newDemo(), newServe(), newRun(), newAction(), newExecution(), newAudit(), newInquiry(), newFreeze(), newSchedule(), newMute(), newKey(), newAlias(), newPack(), newPolicy(), newRule(), newTrigger(), newTimer(), newEvent(), newSensor(), newConfig(), newSim(), newSlack(), newDoctor(), newDocs(),
	)
	return root
}
