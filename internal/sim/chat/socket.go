package chat

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// Event is a line of a socket.
type Event struct {
	Type     string   `json:"type"` // hello, beat, message, bye
	BeatMS   int64    `json:"beat_ms,omitempty"`
	Delivery string   `json:"delivery,omitempty"`
	Retry    int      `json:"retry,omitempty"`
	Message  *Message `json:"message,omitempty"`
}

// socket is one stream to a bot.
type socket struct {
	id     string
	events chan Event
	closed chan struct{} // when the chat ends it
	// deaf says that nothing is written any more although the connection stands; guarded by Server.mu.
	deaf bool
}

// backlog is how many events wait for a slow reader before it counts as gone.
const backlog = 10000

// delivery is a message on its way to a bot.
type delivery struct {
	message Message
	acked   chan struct{}
	done    bool // acked is closed; guarded by Server.mu
	copies  int
}

// socket serves a stream until the bot goes, the chat closes it or the server ends.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if rule, free := s.take(KindSocket); rule != nil {
		if a := s.spoil(r.Context(), rule, free, answer{}); a.drop || a.status != 0 {
			a.write(w)
			return
		}
	}
	k := &socket{events: make(chan Event, backlog), closed: make(chan struct{})}
	beat := beatTime / s.scale
	k.events <- Event{Type: "hello", BeatMS: beat.Milliseconds()}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.WriteHeader(http.StatusOK)
	s.open(k)
	defer s.leave(k)
	encode, flush := json.NewEncoder(w), http.NewResponseController(w)
	for {
		timer := s.clock.NewTimer(beat)
		e := Event{Type: "beat"}
		select {
		case e = <-k.events:
		case <-timer.C():
		case <-k.closed:
			e.Type = "bye"
		case <-r.Context().Done():
			e.Type = ""
		case <-s.alive.Done():
			e.Type = ""
		}
		timer.Stop()
		if e.Type == "" {
			return
		}
		if s.isDeaf(k) {
			continue
		}
		if encode.Encode(e) != nil || flush.Flush() != nil || e.Type == "bye" {
			return
		}
	}
}

func (s *Server) open(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k.id = s.id("s")
	s.sockets = append(s.sockets, k)
}

func (s *Server) leave(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets = slices.DeleteFunc(s.sockets, func(other *socket) bool { return other == k })
}

func (s *Server) isDeaf(k *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return k.deaf
}

// Cut ends every socket, or with deaf leaves them open and silent, as a network does that loses one way.
func (s *Server) Cut(deaf bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		if deaf {
			k.deaf = true
			continue
		}
		close(k.closed)
	}
	if !deaf {
		s.sockets = nil
	}
}

// Sockets returns how many sockets are open, deaf ones included.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// deliver brings a message that was sent once, or could not be, to a bot again until it is acknowledged or the last redelivery is over.
func (s *Server) deliver(d *delivery, sent bool) {
	for i, pause := range pauses() {
		if d.copies > 0 && i+1 == d.copies || sent && d.copies == 0 && s.heard(d, ackTime) {
			return
		}
		if i > 0 {
			pause /= s.scale
		}
		if d.copies > 0 && clock.Wait(s.alive, s.clock, pause) != nil || d.copies == 0 && s.heard(d, pause) {
			return
		}
		var err error
		if sent, err = s.attempt(d, i+1); err != nil {
			return
		}
	}
}

// heard waits for the acknowledgement and reports whether it came, or the server ended.
func (s *Server) heard(d *delivery, wait time.Duration) bool {
	timer := s.clock.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-d.acked:
		return true
	case <-s.alive.Done():
		return true
	case <-timer.C():
		return false
	}
}

func (s *Server) attempt(d *delivery, retry int) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.send(d, retry)
}

// send gives the message to the socket whose turn it is, and reports false when there is none. The caller holds mu.
func (s *Server) send(d *delivery, retry int) (bool, error) {
	if len(s.sockets) == 0 {
		return false, nil
	}
	s.next++
	k := s.sockets[s.next%len(s.sockets)]
	m := d.message
	line := Line{Kind: LineDelivery, Time: s.clock.Now().UTC(), Message: m.ID, Delivery: m.Delivery, Retry: retry, Socket: k.id, User: m.User, Text: m.Text}
	if err := s.write(line); err != nil {
		return false, err
	}
	select {
	case k.events <- Event{Type: "message", Delivery: m.Delivery, Retry: retry, Message: &m}:
	default: // it reads nothing
	}
	return true, nil
}
