package console

import (
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/petrelops/petrel/bot"
)

// name is the adapter's word in origins and accounts.
const name = "console"

// What stands where Options are empty.
const (
	defaultPerson = "user"
	defaultName   = "petrel"
)

// Options describe a console.
type Options struct {
	// In is where lines are read. With Terminal it must be the process's standard input. Otherwise a read that blocks is cut
	// short at the end of the context when In is a file or has a Close method.
	In io.Reader
	// Out is where replies are written. With Terminal it must be the process's standard output.
	Out io.Writer
	// Terminal says that a person sits in front: line editing, prompt, history, completion and living replies.
	Terminal bool
	// Color allows colours in replies.
	Color bool
	// Width is the number of columns to wrap at; 0 does not wrap.
	Width int
	// Person is the account's user; empty means "user".
	Person string
	// Name is what people call the bot; a line may begin with it. Empty means "petrel".
	Name string
	// AllowAs turns the line "as NAME" into a change of the account that later messages come from. Only the demo sets it.
	AllowAs bool
	// History is the file that keeps the typed lines; empty keeps them for this run only.
	History string
	// Complete offers candidates for the last word of a line; nil offers none.
	Complete func(line string) []Completion
	// Prompt is shown before the line; empty means "petrel> ".
	Prompt string
	// IDs returns a new delivery id for each line. It must not repeat over restarts, because the same id is the same command.
	IDs func() string
	// Echo prints each line of a script before its answer, so that the output is a transcript.
	Echo bool
	// FilesDir is where attached files are saved; empty saves none.
	FilesDir string
	// Log takes the causes of faults that people see as a sentence; nil drops them.
	Log *slog.Logger
}

// Completion is a candidate for the last word of a line.
type Completion struct {
	Value string // takes the place of the word
	Help  string // one line
}

// validate returns every fault of o at once.
func (o Options) validate() error {
	var faults []error
	if o.In == nil {
		faults = append(faults, errors.New("option In is missing"))
	}
	if o.Out == nil {
		faults = append(faults, errors.New("option Out is missing"))
	}
	if o.IDs == nil {
		faults = append(faults, errors.New("option IDs is missing"))
	}
	if o.Width < 0 {
		faults = append(faults, errors.New("option Width is negative"))
	}
	return errors.Join(faults...)
}

// Adapter is the bot.Adapter of a terminal or script.
type Adapter struct {
	opts     Options
	log      *slog.Logger
	style    Style
	out      *printer
	outcomes *outcomes
	failures atomic.Int64
	// person is who the next line comes from. Only Run's goroutine touches it.
	person string

	// mu guards messages, and keeps what is shown in the order of the calls of Post and Edit.
	mu       sync.Mutex
	messages *messages
}

var _ bot.Adapter = (*Adapter)(nil)

// New returns a console, or an error that names every fault of the options.
func New(o Options) (*Adapter, error) {
	if err := o.validate(); err != nil {
		return nil, bot.E(bot.CodeInvalid, "console.options.check", "", err)
	}
	if o.Person == "" {
		o.Person = defaultPerson
	}
	if o.Name == "" {
		o.Name = defaultName
	}
	if o.Prompt == "" {
		o.Prompt = "petrel> "
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Adapter{
		opts:     o,
		log:      o.Log,
		style:    Style{Width: o.Width, Color: o.Color},
		out:      &printer{out: o.Out},
		outcomes: newOutcomes(),
		person:   o.Person,
		messages: newMessages(),
	}, nil
}

// Name returns "console".
func (c *Adapter) Name() string { return name }

// Failures returns how many lines were refused or, in a script, led to an execution that did not succeed.
func (c *Adapter) Failures() int { return int(c.failures.Load()) }
