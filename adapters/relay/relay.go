package relay

import (
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
)

// name is the adapter's word in origins and accounts.
const name = "relay"

// Options describe a chat.
type Options struct {
	// URL is the base address of the protocol.
	URL string
	// Workspace tells this chat from others in accounts; empty where there is one.
	Workspace string
	// Sockets is how many streams are kept open, 1 to 10; 0 is 1. The chat gives each message to one of them.
	Sockets int
	// Name is what people call the bot; a line may begin with it. Empty means "petrel".
	Name string
	// Clock runs every wait; the clock of the machine if nil.
	Clock clock.Clock
	// Random spreads reconnects; the operating system's source if nil.
	Random random.Source
	// Log takes what an operator should know; nil drops it.
	Log *slog.Logger
}

// validate returns every fault of o at once.
func (o Options) validate() error {
	var faults []error
	if u, err := url.Parse(o.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		faults = append(faults, errors.New("option URL is not an http or https address"))
	}
	if o.Sockets < 0 || o.Sockets > 10 {
		faults = append(faults, errors.New("option Sockets is not from 1 to 10"))
	}
	return errors.Join(faults...)
}

// Adapter is the bot.Adapter of a chat behind the protocol.
type Adapter struct {
	o      Options
	client *client
	lanes  []chan delivery
	late   chan delivery // what the lanes had no room for
}

var (
	_ bot.Adapter   = (*Adapter)(nil)
	_ bot.Marker    = (*Adapter)(nil)
	_ bot.Historian = (*Adapter)(nil)
)

const (
	// lanes is how many messages are handled at once. The messages of one person share a lane, so they keep their order.
	lanes = 16
	// laneSize is how many messages wait in a lane.
	laneSize = 32
	// A person is to hear within 2.5 s that a message is not accepted. receiveLimit is how long that may take, lateLimit how long for a
	// message that has waited for laneLimit before.
	receiveLimit = 1800 * time.Millisecond
	laneLimit    = time.Second
	lateLimit    = 300 * time.Millisecond
)

// New returns an adapter, or an error that names every fault of the options.
func New(o Options) (*Adapter, error) {
	if err := o.validate(); err != nil {
		return nil, bot.E(bot.CodeInvalid, "relay.options.check", "The chat behind adapters.relay cannot be joined: set adapters.relay.url to its http address.", err)
	}
	if o.Sockets == 0 {
		o.Sockets = 1
	}
	if o.Name == "" {
		o.Name = "petrel"
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Random == nil {
		o.Random = random.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &Adapter{o: o, client: newClient(o.URL, o.Clock), lanes: make([]chan delivery, lanes), late: make(chan delivery, 4*laneSize)}
	for i := range a.lanes {
		a.lanes[i] = make(chan delivery, laneSize)
	}
	return a, nil
}

// Name returns "relay".
func (a *Adapter) Name() string { return name }
