package chat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/sim/script"
)

// Options say how a Server behaves. The zero value is a chat in real time without a ledger.
type Options struct {
	// Clock dates messages and runs every wait; the clock of the machine if nil.
	Clock clock.Clock
	// Ledger receives one JSON line per Write; none is kept if nil.
	Ledger io.Writer
	// Scale divides the pauses before the second and third redelivery and the time between beats; 1 if zero.
	Scale int
}

const (
	// ackTime is how long the chat waits for an acknowledgement.
	ackTime = 3 * time.Second
	// beatTime is the time between two signs of life of a socket.
	beatTime = 20 * time.Second
)

// pauses are the waits before each redelivery.
func pauses() []time.Duration { return []time.Duration{0, time.Minute, 5 * time.Minute} }

// Server is the chat. It is an http.Handler and safe for concurrent use. Close ends what it does by itself.
type Server struct {
	clock clock.Clock
	scale time.Duration
	mux   *http.ServeMux
	alive context.Context //nolint:containedctx // the life of the server's own goroutines
	stop  context.CancelFunc
	own   sync.WaitGroup

	// mu guards the rest. It is held across the write to the ledger: nobody sees what the ledger does not have.
	mu       sync.Mutex
	ledger   script.Ledger
	messages []*Message
	byID     map[string]*Message
	byKey    map[string][]*Message
	pending  map[string]*delivery
	sockets  []*socket
	next     int // the socket that gets the next message
	ids      int
	rules    []*Fault
	quiet    map[Kind]time.Time
	free     chan struct{} // closed when held calls may go
}

// New returns a chat nobody has written in yet.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	s := &Server{
		clock: o.Clock, scale: time.Duration(max(o.Scale, 1)), ledger: script.NewLedger(o.Ledger),
		byID: map[string]*Message{}, byKey: map[string][]*Message{}, pending: map[string]*delivery{}, quiet: map[Kind]time.Time{},
		free: make(chan struct{}),
	}
	s.alive, s.stop = context.WithCancel(context.Background()) //nolint:forbidigo // Close ends it
	s.mux = s.routes()
	return s
}

// Close ends every socket and redelivery and waits for them.
func (s *Server) Close() {
	s.stop()
	s.ClearFaults()
	s.own.Wait()
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/socket", s.socket)
	for pattern, route := range map[string]struct {
		kind Kind
		do   func(http.ResponseWriter, *http.Request, *Fault) answer
	}{
		"POST /v1/acks":               {KindAck, s.ack},
		"POST /v1/messages":           {KindPost, s.post},
		"PATCH /v1/messages/{id}":     {KindEdit, s.edit},
		"PUT /v1/messages/{id}/marks": {KindMark, s.mark},
		"GET /v1/messages":            {KindLookup, s.lookup},
		"GET /v1/history":             {KindHistory, s.history},
	} {
		mux.HandleFunc(pattern, s.serve(route.kind, route.do))
	}
	mux.HandleFunc("/", s.serve(KindOther, func(_ http.ResponseWriter, r *http.Request, _ *Fault) answer {
		return fail(http.StatusNotFound, "unknown_call", "there is no "+r.Method+" "+r.URL.Path)
	}))
	s.control(mux)
	return mux
}

// ServeHTTP answers the protocol and, under /_sim/, the control API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// serve wraps a call in what every call goes through: early calls, fault rules, and the ledger's line of a refusal.
func (s *Server) serve(kind Kind, do func(http.ResponseWriter, *http.Request, *Fault) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := s.work(w, r, kind, do)
		if a.code != "" {
			if a.retryAfter > 0 {
				s.beQuiet(kind, a.retryAfter)
			}
			if s.note(Line{Kind: LineRefused, Call: kind, Code: a.code, Message: r.PathValue("id")}) != nil {
				a = ledgerFailed()
			}
		}
		a.write(w)
	}
}

func (s *Server) work(w http.ResponseWriter, r *http.Request, kind Kind, do func(http.ResponseWriter, *http.Request, *Fault) answer) answer {
	if left, early := s.early(kind); early {
		a := fail(http.StatusTooManyRequests, "early", "the time that Retry-After named is not over")
		a.retryAfter = left
		return a
	}
	rule, free := s.take(kind)
	if rule == nil {
		return do(w, r, nil)
	}
	if rule.After {
		return s.spoil(r.Context(), rule, free, do(w, r, rule))
	}
	a := s.spoil(r.Context(), rule, free, answer{})
	if a.drop || a.status != 0 {
		return a
	}
	return do(w, r, rule)
}

func (s *Server) beQuiet(kind Kind, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if until := s.clock.Now().Add(d); until.After(s.quiet[kind]) {
		s.quiet[kind] = until
	}
}

// note writes a line of its own.
func (s *Server) note(l Line) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.Time = s.clock.Now().UTC()
	return s.write(l)
}

// id returns a new id. The caller holds mu.
func (s *Server) id(prefix string) string {
	s.ids++
	return prefix + strconv.Itoa(s.ids)
}

func ledgerFailed() answer {
	return fail(http.StatusInternalServerError, "ledger_failed", "the ledger cannot be written, so nothing is done any more")
}

// Say writes a message as a person does and delivers it. With copies above zero it is delivered that often in any case.
func (s *Server) Say(m Message, copies int) (Message, error) {
	const op = "simchat.message.say"
	if m.User == "" || m.Channel == "" || strings.TrimSpace(m.Text) == "" || copies < 0 || copies > len(pauses())+1 {
		return Message{}, bot.E(bot.CodeInvalid, op, "A message has a user, a channel, a text and at most four copies", nil)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.Thread != "" && s.byID[m.Thread] == nil {
		return Message{}, bot.E(bot.CodeNotFound, op, "There is no message "+m.Thread, nil)
	}
	m.ID, m.Delivery, m.Time = s.id("m"), s.id("d"), s.clock.Now().UTC()
	line := Line{Kind: LineSaid, Time: m.Time, Message: m.ID, Delivery: m.Delivery, Channel: m.Channel, Thread: m.Thread, User: m.User, Text: m.Text}
	if err := s.write(line); err != nil {
		return Message{}, bot.E(bot.CodeInternal, op, "The ledger cannot be written", err)
	}
	s.add(&m)
	d := &delivery{message: m, acked: make(chan struct{}), copies: copies}
	s.pending[m.Delivery] = d
	sent, err := s.send(d, 0) // here, so that messages go out in the order in which they were written
	if err != nil {
		return Message{}, bot.E(bot.CodeInternal, op, "The ledger cannot be written", err)
	}
	s.own.Go(func() { s.deliver(d, sent) })
	return m, nil
}

// add keeps a message. The caller holds mu.
func (s *Server) add(m *Message) {
	s.messages = append(s.messages, m)
	s.byID[m.ID] = m
	if m.Key != "" {
		s.byKey[m.Key] = append(s.byKey[m.Key], m)
	}
}

// Redeliver delivers a message once more, with the same delivery id.
func (s *Server) Redeliver(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.pending[id]
	if d == nil {
		return bot.E(bot.CodeNotFound, "simchat.message.redeliver", "There is no delivery "+id, errors.New(id))
	}
	_, err := s.send(d, 1)
	return err
}
