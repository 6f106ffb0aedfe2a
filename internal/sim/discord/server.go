package discord

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/sim/script"
)

// DefaultToken is the bot's unless Options name another.
const DefaultToken = "sim-bot-token"

// Options says how a Server behaves. The zero value is the demo.
type Options struct {
	// Clock dates messages and runs every wait and limit. Nil is the clock of the machine.
	Clock clock.Clock
	// Ledger receives one JSON line per event. Nil keeps none.
	Ledger io.Writer
	// Token is the bot's; empty is DefaultToken.
	Token string
	// People and Channels are the guild. Nil is the demo's.
	People   []Person
	Channels []Channel
	// Unlimited switches the rate limits off, for tests of something else that say a lot at once.
	Unlimited bool
	// Buckets name, by call, buckets that several calls share. A call that is not named has its own.
	Buckets map[string]string
	// Heartbeat is what hello asks for. Zero is 41.25 s, as Discord's is.
	Heartbeat time.Duration
	// NoContent says that the portal does not grant the message content intent.
	NoContent bool
	// Identifies is how many the token has left today; zero is 1000.
	Identifies int
	// Random draws which calls meet a Fault that has a Percent. Nil is the machine's.
	Random random.Source
	// Deliver, when not empty, is the address to which interactions are posted over HTTP. The gateway gets none then.
	Deliver string
}

// Server is the simulated guild. It is an http.Handler; Close ends what it began.
type Server struct {
	o      Options
	clock  clock.Clock
	ctx    context.Context //nolint:containedctx // the life of the server, which Close ends
	stop   context.CancelFunc
	work   sync.WaitGroup // sockets and deliveries
	faults script.Faults
	change script.Change
	routes map[string]route
	mux    *http.ServeMux
	key    ed25519.PrivateKey

	// mu guards what follows.
	mu           sync.Mutex
	state        state
	ledger       script.Ledger
	revoked      bool
	uninvited    bool
	buckets      map[string]*bucket
	invalid      []time.Time // answers of 401, 403 and 429
	sessions     map[string]*session
	sockets      []*socket
	first        []int // ops that the next connection hears before hello
	identified   time.Time
	left         int                     // IDENTIFYs
	interactions map[string]*interaction // by token
	last         event
	choices      map[string]chan []string // by interaction id: whoever types waits for them
	form         map[string]*openForm     // by person
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
	if o.Token == "" {
		o.Token = DefaultToken
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 41250 * time.Millisecond
	}
	if o.Identifies == 0 {
		o.Identifies = 1000
	}
	seed := sha256.Sum256([]byte(o.Token))
	s := &Server{
		o: o, clock: o.Clock, key: ed25519.NewKeyFromSeed(seed[:]), state: newState(o.People, o.Channels), ledger: script.NewLedger(o.Ledger),
		buckets: map[string]*bucket{}, sessions: map[string]*session{}, left: o.Identifies, interactions: map[string]*interaction{},
		choices: map[string]chan []string{}, form: map[string]*openForm{},
	}
	s.ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.faults.Random = o.Random
	s.routes = s.api()
	s.mux = s.handlers()
	return s
}

// PublicKey is what interactions over HTTP are checked with, in hexadecimal.
func (s *Server) PublicKey() string {
	public, _ := s.key.Public().(ed25519.PublicKey) // it is one
	return hex.EncodeToString(public)
}

// Close ends every socket and delivery and waits for them.
func (s *Server) Close() {
	s.stop()
	s.faults.Clear()
	s.DropGateway()
	s.work.Wait()
}

// ServeHTTP answers the REST API, the gateway, files, the page and the control API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) handlers() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, route := range s.routes {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/v10/"+path, s.serveAPI(route))
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		send(w, http.StatusNotFound, answer{"message": "404: Not Found", "code": 0})
	})
	// Whoever writes ?v=10 behind the address does not always write a slash before it; a redirection would end the connection.
	mux.HandleFunc("GET /gateway", s.serveGateway)
	mux.HandleFunc("GET /gateway/", s.serveGateway)
	mux.HandleFunc("GET /files/{message}/{name}", s.serveFile)
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

// Messages returns what stands in the channel, oldest first, private messages included.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Message
	for _, m := range s.state.messages[channel] {
		list = append(list, *m)
	}
	return list
}

// Seen returns all that people can read of the bot now in every channel, with the files opened.
func (s *Server) Seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, id := range s.state.order {
		for _, m := range s.state.messages[id] {
			if m.User != App {
				continue
			}
			b.WriteString(Readable(*m))
			for _, name := range m.Files {
				b.WriteString("\n" + name + "\n")
				b.Write(s.state.files[m.ID+"/"+name])
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

// WaitSessions waits until so many sessions listen.
func (s *Server) WaitSessions(ctx context.Context, count int) error {
	return s.change.Until(ctx, "sessions", func() bool { return s.Listening() >= count })
}

// Revoke ends the bot's token.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Until waits until fits, which is asked at every change.
func (s *Server) Until(ctx context.Context, fits func() bool) error {
	return s.change.Until(ctx, "what was waited for", fits)
}
