//go:build linux

package console_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
)

// childArg makes the test binary a console on its own terminal: the line editor knows no other than the process's.
const childArg = "console-on-a-terminal"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == childArg {
		os.Exit(child(os.Args[2]))
	}
	os.Exit(m.Run())
}

// child runs a console that keeps its history in the file. "work" is accepted as an execution that begins at the first signal
// USR1 and ends at the second; anything else is repeated. Signal USR2 ends the context.
func child(historyFile string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGUSR2)
	defer stop()
	count := 0
	c, err := console.New(console.Options{
		In: os.Stdin, Out: os.Stdout, Terminal: true, Echo: true, Person: "root", AllowAs: true, History: historyFile,
		IDs:      func() string { count++; return strconv.Itoa(count) },
		Complete: complete,
	})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	next := make(chan os.Signal, 2)
	signal.Notify(next, syscall.SIGUSR1)
	var outbox sync.WaitGroup
	err = c.Run(ctx, receiver(func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		if m.Text == "work" {
			outbox.Go(func() { live(ctx, c, next) })
			return bot.Answer{Execution: execution}, nil
		}
		return parrot(ctx, m)
	}))
	stop()
	outbox.Wait()
	fmt.Printf("Run returned %v\n", err)
	return 0
}

// live shows each state of an execution when it is told to.
func live(ctx context.Context, c *console.Adapter, next <-chan os.Signal) {
	for _, r := range []bot.Reply{living(bot.Running, "At work"), living(bot.Succeeded, "Work is done")} {
		select {
		case <-next:
			_, _ = c.Post(ctx, bot.Posting{Key: "k", Reply: r}) // the test looks at the terminal
		case <-ctx.Done():
			return
		}
	}
}

// complete offers two words that begin alike.
func complete(line string) []console.Completion {
	if strings.HasPrefix(line, "cl") {
		return []console.Completion{{Value: "clary", Help: "nodes and their states"}, {Value: "clarify", Help: "ask again"}}
	}
	return nil
}
