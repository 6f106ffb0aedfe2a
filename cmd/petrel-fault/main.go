//go:build fault

// Command petrel-fault runs the fault harness: see docs/guarantees.md.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/petrelops/petrel/internal/fault"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := fault.Main(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "petrel-fault: "+err.Error())
		return 1
	}
	return 0
}
