package console_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/console"
	"github.com/petrelops/petrel/bot"
)

func TestScript(t *testing.T) {
	long := strings.Repeat("x", 40_000)
	tests := []struct {
		name     string
		script   string
		options  console.Options
		want     string
		failures int
	}{
		{name: "one line", script: "help\n", want: "console:user said help\n"},
		{name: "last line without an end", script: "help", want: "console:user said help\n"},
		{name: "blank lines and comments", script: "\n  \n# a comment\n  # another\nhelp\n", want: "console:user said help\n"},
		{name: "carriage returns", script: "help\r\nmore\r\n", want: "console:user said help\nconsole:user said more\n"},
		{name: "echo", script: "help\n", options: console.Options{Echo: true}, want: "> help\nconsole:user said help\n"},
		{name: "a person", script: "help\n", options: console.Options{Person: "bob"}, want: "console:bob said help\n"},
		{name: "exit", script: "exit\nhelp\n", want: ""},
		{name: "quit", script: "help\nquit\nhelp\n", want: "console:user said help\n"},
		{name: "40,000 characters", script: long + "\n", want: "console:user said " + long + "\n"},
		{
			name: "the longest line", script: strings.Repeat("y", console.MaxLine) + "\n",
			want: "console:user said " + strings.Repeat("y", console.MaxLine) + "\n",
		},
		{
			name: "a line above the cap", script: strings.Repeat("y", console.MaxLine+1) + "\nhelp\n",
			want:     "The line is longer than 1048576 bytes and was not taken. Split it into several lines.\nconsole:user said help\n",
			failures: 1,
		},
		{
			name: "a last line above the cap", script: strings.Repeat("y", console.MaxLine*2),
			want:     "The line is longer than 1048576 bytes and was not taken. Split it into several lines.\n",
			failures: 1,
		},
		{
			name: "as", script: "as ann\nhelp\n", options: console.Options{AllowAs: true},
			want: "You are ann now.\nconsole:ann said help\n",
		},
		{
			name: "as nobody", script: "as\nas a b\nas ../x\n", options: console.Options{AllowAs: true},
			want: strings.Repeat("Name one account, as in: as ann\n", 3), failures: 3,
		},
		{name: "as where it is not allowed", script: "as ann\n", want: "console:user said as ann\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, got := run(t, tt.script, tt.options, toParrot)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
			if c.Failures() != tt.failures {
				t.Errorf("Failures = %d, want %d", c.Failures(), tt.failures)
			}
		})
	}
}

// TestScriptWaits has the outbox deliver from another goroutine after Receive has returned: the next line must be read only
// after the final reply of this one.
func TestScriptWaits(t *testing.T) {
	var outbox sync.WaitGroup
	c, got := run(t, "one\ntwo\n", console.Options{Echo: true}, func(c *console.Adapter) bot.Receiver {
		return receiver(func(ctx context.Context, m bot.Message) (bot.Answer, error) {
			outbox.Go(func() {
				for _, status := range []bot.Status{bot.Requested, bot.Running, bot.Succeeded} {
					r := bot.Reply{Execution: m.Text, Status: status, Title: m.Text + " at " + string(status)}
					if _, err := c.Post(ctx, bot.Posting{Key: m.Text, Reply: r}); err != nil {
						t.Errorf("Post: %v", err)
					}
				}
			})
			return bot.Answer{Execution: m.Text}, nil
		})
	})
	outbox.Wait()
	want := "> one\nsucceeded  one at succeeded\n> two\nsucceeded  two at succeeded\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if c.Failures() != 0 {
		t.Errorf("Failures = %d, want 0", c.Failures())
	}
}

func TestFailuresCountEndsThatAreNotSuccess(t *testing.T) {
	tests := []struct {
		status   bot.Status
		failures int
	}{{bot.Succeeded, 0}, {bot.Failed, 1}, {bot.Timeout, 1}, {bot.Canceled, 1}, {bot.Abandoned, 1}}
	for _, tt := range tests {
		t.Run(string(tt.status), func(t *testing.T) {
			c, _ := run(t, "go\n", console.Options{}, func(c *console.Adapter) bot.Receiver {
				return receiver(func(ctx context.Context, _ bot.Message) (bot.Answer, error) {
					_, err := c.Post(ctx, bot.Posting{Key: "k", Reply: bot.Reply{Execution: "e", Status: tt.status}})
					return bot.Answer{Execution: "e"}, err
				})
			})
			if c.Failures() != tt.failures {
				t.Errorf("Failures = %d, want %d", c.Failures(), tt.failures)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	problem := bot.Problem("There is no such action.")
	tests := []struct {
		name   string
		answer bot.Answer
		err    error
		want   string
	}{
		{"a problem", bot.Answer{Reply: &problem}, nil, "There is no such action.\n"},
		{
			"an error with a text",
			bot.Answer{},
			bot.E(bot.CodeUnavailable, "a.b.c", "The store is full. Try later.", nil),
			"The store is full. Try later.\n",
		},
		{
			"an error without a text",
			bot.Answer{},
			errors.New("secret detail"),
			"Something unexpected happened and the line was not accepted. Type it again, or quote 1 to whoever runs Petrel.\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, got := run(t, "go\n", console.Options{}, func(*console.Adapter) bot.Receiver {
				return receiver(func(context.Context, bot.Message) (bot.Answer, error) { return tt.answer, tt.err })
			})
			if got != tt.want || c.Failures() != 1 {
				t.Errorf("output %q with %d failures, want %q with 1", got, c.Failures(), tt.want)
			}
		})
	}
}

func TestContextEndWhileWaitingCountsTheLine(t *testing.T) {
	ctx, cancel := context.WithCancel(patient(t))
	c := newConsole(t, console.Options{In: strings.NewReader("go\nnever\n"), Out: io.Discard})
	err := c.Run(ctx, receiver(func(context.Context, bot.Message) (bot.Answer, error) {
		cancel()
		return bot.Answer{Execution: "e"}, nil
	}))
	if err != nil || c.Failures() != 1 {
		t.Errorf("Run = %v with %d failures, want nil with 1", err, c.Failures())
	}
}

// TestContextEndCutsBlockedReads has nothing to read for ever.
func TestContextEndCutsBlockedReads(t *testing.T) {
	fileR, fileW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer fileR.Close()
	defer fileW.Close()
	memoryR, memoryW := io.Pipe()
	defer memoryW.Close()
	for name, in := range map[string]io.Reader{"file": fileR, "closer": memoryR} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(patient(t))
			ended := make(chan error)
			c := newConsole(t, console.Options{In: in, Out: io.Discard})
			go func() { ended <- c.Run(ctx, parrot) }()
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Run = %v, want nil", err)
			}
		})
	}
}

func TestRegularFileIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(path, []byte("help\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out := newScreen()
	c := newConsole(t, console.Options{In: in, Out: out})
	if err := c.Run(t.Context(), parrot); err != nil || out.Seen() != "console:user said help\n" {
		t.Errorf("Run = %v, output %q", err, out.Seen())
	}
}

// brokenPipe fails every write.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestBrokenOutputEndsRun(t *testing.T) {
	blocked, w := io.Pipe()
	defer w.Close()
	tests := []struct {
		name string
		in   io.Reader
		post bool
	}{
		{"at an answer", strings.NewReader("help\nhelp\n"), false},
		{"at a post, while reading", blocked, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newConsole(t, console.Options{In: tt.in, Out: brokenPipe{}})
			ctx := patient(t)
			ended := make(chan error, 1)
			go func() { ended <- c.Run(ctx, parrot) }()
			if tt.post {
				_, err := c.Post(t.Context(), bot.Posting{Reply: bot.Reply{Title: "hello"}})
				if !errors.Is(err, io.ErrClosedPipe) {
					t.Errorf("Post = %v, want the write error", err)
				}
			}
			if err := <-ended; !errors.Is(err, io.ErrClosedPipe) || bot.ErrorText(err) == "" || ctx.Err() != nil {
				t.Errorf("Run = %v, want the write error with a text, at once", err)
			}
		})
	}
}

func TestUnreadableInputEndsRun(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("help\n"), readerFunc(func([]byte) (int, error) { return 0, io.ErrNoProgress }))
	c := newConsole(t, console.Options{In: broken, Out: io.Discard})
	if err := c.Run(t.Context(), parrot); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("Run = %v, want the read error", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestNewNamesEveryFault(t *testing.T) {
	_, err := console.New(console.Options{Width: -1})
	if bot.ErrorCode(err) != bot.CodeInvalid {
		t.Fatalf("New = %v, want an error with code invalid", err)
	}
	for _, part := range []string{"In", "Out", "IDs", "Width"} {
		if !strings.Contains(err.Error(), part+" is") {
			t.Errorf("%q does not name %s", err, part)
		}
	}
}

func BenchmarkScript(b *testing.B) {
	line := fmt.Sprintf("clary node status get %s\n", strings.Repeat("irene4000,", 100))
	b.SetBytes(int64(len(line)) * 1000)
	for b.Loop() {
		c, err := console.New(console.Options{
			In: strings.NewReader(strings.Repeat(line, 1000)), Out: io.Discard, IDs: func() string { return "1" },
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Run(b.Context(), parrot); err != nil {
			b.Fatal(err)
		}
	}
}
