package slack

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/sim/script"
)

// Tokens that the app has unless Options name others.
const (
	DefaultBotToken = "xoxb-sim"
	DefaultAppToken = "xapp-sim"
	DefaultSecret   = "sim-signing-secret"
	// DefaultShortcut is the callback_id of the app's message shortcut.
	DefaultShortcut = "run_on_this"
)

// Options says how a Server behaves. The zero value is the demo.
type Options struct {
	// Clock dates messages and runs every wait and limit. Nil is the clock of the machine.
	Clock clock.Clock
	// Ledger receives one JSON line per event. Nil keeps none.
	Ledger io.Writer
	// BotToken, AppToken and Secret are the app's; empty is the default of each.
	BotToken, AppToken, Secret string
	// People and Channels are the workspace. Nil is the demo's.
	People   []Person
	Channels []Channel
	// Shortcuts are the message shortcuts of the app. Nil is DefaultShortcut.
	Shortcuts []Shortcut
	// Unlimited switches the rate limits off, for tests of something else that say a lot at once.
	Unlimited bool
	// Ping is how often sockets are pinged. Zero is 10 s.
	Ping time.Duration
	// Scale divides the minutes between redeliveries; zero is one.
	Scale int
	// Random draws which calls meet a Fault that has a Percent. Nil is the machine's.
	Random random.Source
	// Reads puts calls on record that only read.
	Reads bool
	// Deliver, when not empty, is the base address to which events, commands and interactions are posted over HTTP, as /events,
	// /commands and /interactions below it. Sockets get nothing then.
	Deliver string
}

// Server is the simulated workspace. It is an http.Handler; Close ends what it began.
type Server struct {
	o     Options
	clock clock.Clock
	ctx   context.Context //nolint:containedctx // the life of the server, which Close ends
	stop  context.CancelFunc
	work  sync.WaitGroup // deliveries and sockets

	faults script.Faults
	change script.Change
	api    map[string]method
	mux    *http.ServeMux

	// mu guards what follows.
	mu         sync.Mutex
	state      state
	ledger     script.Ledger
	scopes     map[string]bool
	revoked    bool
	buckets    map[string]*bucket
	tickets    map[string]bool // of sockets to be opened
	sockets    []*socket
	turn       int // of the socket that is next
	pending    map[string]*attempt
	hooks      map[string]*hook   // by the last part of response_url
	triggers   map[string]trigger // by trigger_id
	lastEvents []*delivery        // of the last message
}

// New returns a server for o.
func New(ctx context.Context, o Options) *Server {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.People == nil {
		o.People = DemoPeople()
	}
	if o.Channels == nil {
		o.Channels = DemoChannels()
	}
	if o.Shortcuts == nil {
		o.Shortcuts = []Shortcut{{Callback: DefaultShortcut, Label: "Run on this"}}
	}
	if o.Ping == 0 {
		o.Ping = 10 * time.Second
	}
	for _, token := range []struct {
		at    *string
		value string
	}{{&o.BotToken, DefaultBotToken}, {&o.AppToken, DefaultAppToken}, {&o.Secret, DefaultSecret}} {
		if *token.at == "" {
			*token.at = token.value
		}
	}
	s := &Server{
		o: o, clock: o.Clock, state: newState(o.People, o.Channels), ledger: script.NewLedger(o.Ledger),
		scopes: allScopes(), buckets: map[string]*bucket{}, tickets: map[string]bool{},
		pending: map[string]*attempt{}, hooks: map[string]*hook{}, triggers: map[string]trigger{},
	}
	s.ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.faults.Random = o.Random
	s.api = s.methods()
	s.mux = s.routes()
	return s
}

// Close ends every delivery and socket and waits for them.
func (s *Server) Close() {
	s.stop()
	s.faults.Clear()
	s.DropSockets()
	s.work.Wait()
}

// ServeHTTP answers the Web API, sockets, uploads, response_url, the page and the control API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{method}", s.serveAPI)
	mux.HandleFunc("GET /link", s.serveSocket)
	mux.HandleFunc("POST /upload/{file}", s.serveUpload)
	mux.HandleFunc("POST /hook/{id}", s.serveHook)
	mux.HandleFunc("GET /files/{file}", s.serveFile)
	s.pageRoutes(mux)
	s.controlRoutes(mux)
	return mux
}

// note writes a line and wakes whoever waits for a change. It is called with mu held.
func (s *Server) note(line Line) {
	line.Time = s.clock.Now().UTC()
	s.ledger.Write(func(seq int64) any {
		line.Seq = seq
		return line
	})
	s.change.Tell()
}

// Changed returns a channel that is closed at the next change.
func (s *Server) Changed() <-chan struct{} { return s.change.Next() }

// LedgerError returns the first failure of the ledger's writer.
func (s *Server) LedgerError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.Err()
}

// Messages returns what stands in the channel, oldest first, ephemeral messages included.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Message
	for _, m := range s.state.messages[channel] {
		list = append(list, *m)
	}
	return list
}

// Seen returns all that people can read now in every channel, with the files opened.
func (s *Server) Seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, id := range s.state.order {
		for _, m := range s.state.messages[id] {
			if !m.Bot {
				continue
			}
			b.WriteString(Readable(*m))
			for _, f := range m.Files {
				b.WriteString(s.state.files[f].name + "\n")
				b.Write(s.state.files[f].content)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// Wait waits until want can be read.
func (s *Server) Wait(ctx context.Context, want string) error {
	return s.change.Until(ctx, want, func() bool { return strings.Contains(s.Seen(), want) })
}

// WaitSockets waits until so many sockets are open.
func (s *Server) WaitSockets(ctx context.Context, count int) error {
	return s.change.Until(ctx, "sockets", func() bool { return s.Sockets() >= count })
}

// WaitForm waits until the person has a form open.
func (s *Server) WaitForm(ctx context.Context, person string) error {
	return s.change.Until(ctx, "a form", func() bool { _, open := s.Form(person); return open })
}

// WaitHome waits until want can be read in the App home of the person.
func (s *Server) WaitHome(ctx context.Context, person, want string) error {
	return s.change.Until(ctx, want, func() bool { return strings.Contains(s.Home(person), want) })
}

// Revoke ends the app's tokens.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Change puts a person into the place of the one with the same id, as an administrator does.
func (s *Server) Change(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.people[p.ID] = p
}

// SetScopes says what the app may do from now on.
func (s *Server) SetScopes(scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = map[string]bool{}
	for _, name := range scopes {
		s.scopes[name] = true
	}
}
