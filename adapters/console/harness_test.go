package console_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
)

func TestConformance(t *testing.T) {
	adaptertest.Run(t, newPipe)
}

// screen is an output that tells when something was written.
type screen struct {
	// mu guards what follows.
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newScreen() *screen { return &screen{changed: make(chan struct{})} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
	return s.text.Write(p)
}

func (s *screen) Seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// pipe is a console behind a pipe.
type pipe struct {
	*screen
	console *console.Adapter
	in      *os.File
	person  string
	last    string

	// mu guards what follows: ids are drawn by the console's goroutine.
	mu    sync.Mutex
	id    int
	again bool
}

var _ adaptertest.Redeliverer = (*pipe)(nil)

func newPipe(t *testing.T) adaptertest.Harness {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.Close()
		_ = w.Close()
	})
	p := &pipe{screen: newScreen(), in: w, person: "ann"}
	p.console = newConsole(t, console.Options{In: r, Out: p.screen, IDs: p.nextID, Person: "ann", AllowAs: true, Echo: true})
	return p
}

func (p *pipe) Adapter() bot.Adapter { return p.console }
func (p *pipe) Place() bot.Origin    { return bot.Origin{Adapter: "console", User: p.person} }

func (p *pipe) Say(_ context.Context, person, line string) error {
	if person != p.person {
		line = "as " + person + "\n" + line
		p.person = person
	}
	p.last = line
	_, err := fmt.Fprintln(p.in, line)
	return err
}

func (p *pipe) Redeliver(ctx context.Context) error {
	p.mu.Lock()
	p.again = true
	p.mu.Unlock()
	return p.Say(ctx, p.person, p.last)
}

func (p *pipe) nextID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.again {
		p.id++
	}
	p.again = false
	return strconv.Itoa(p.id)
}

func newConsole(t *testing.T, o console.Options) *console.Adapter {
	t.Helper()
	if o.IDs == nil {
		n := 0
		o.IDs = func() string { n++; return strconv.Itoa(n) }
	}
	c, err := console.New(o)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

// receiver answers messages with a function.
type receiver func(ctx context.Context, m bot.Message) (bot.Answer, error)

func (r receiver) Receive(ctx context.Context, m bot.Message) (bot.Answer, error) { return r(ctx, m) }

// parrot answers every message with its account and text.
var parrot = receiver(func(_ context.Context, m bot.Message) (bot.Answer, error) {
	return bot.Answer{Reply: &bot.Reply{Title: m.Account() + " said " + m.Text}}, nil
})

// run feeds the script to a console and returns the console and its output.
func run(t *testing.T, script string, o console.Options, answer func(c *console.Adapter) bot.Receiver) (*console.Adapter, string) {
	t.Helper()
	var out strings.Builder
	o.In, o.Out = strings.NewReader(script), &out
	c := newConsole(t, o)
	if err := c.Run(patient(t), answer(c)); err != nil {
		t.Fatalf("Run: %v", err)
	}
	return c, out.String()
}

// patient returns a context that ends a test which would otherwise wait for ever.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func toParrot(*console.Adapter) bot.Receiver { return parrot }
