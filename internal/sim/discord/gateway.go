package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/petrelops/petrel/internal/clock"
)

const (
	maxPayload   = 4096
	maxSends     = 120 // a minute
	writeWithin  = 10 * time.Second
	identifyWait = 5 * time.Second // between two, with a concurrency of one
)

// The operations of the gateway.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opPresence  = 3
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// Close codes.
const (
	closeUnknown       = 4000
	closeOpcode        = 4001
	closeDecode        = 4002
	closeNotAuthorized = 4003
	closeAuth          = 4004
	closeTwice         = 4005
	closeSequence      = 4007
	closeRate          = 4008
	closeTimeout       = 4009
	closeVersion       = 4012
	closeIntents       = 4013
	closeDisallowed    = 4014
)

// Intents, as far as the simulator sends what they are for.
const (
	intentGuilds   = 1 << 0
	intentMessages = 1 << 9
	intentDirect   = 1 << 12
	intentContent  = 1 << 15
	intentsAll     = 1<<26 - 1
)

// packet is what goes over the gateway.
type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s,omitempty"`
	Type string          `json:"t,omitempty"`
}

// socket is one open connection.
type socket struct {
	conn *websocket.Conn
	done chan struct{} // closed when the reader has ended

	session *session // under the server's mu
	beat    time.Time
	sends   []time.Time

	// mu guards writes and deaf.
	mu   sync.Mutex
	deaf bool
}

func (k *socket) write(op int, data any) {
	raw, _ := json.Marshal(data) // it is ours
	k.send(packet{Op: op, Data: raw})
}

func (k *socket) send(p packet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.deaf {
		return // it is lost on the way
	}
	_ = k.conn.SetWriteDeadline(clock.System().Now().Add(writeWithin)) // a connection that takes nothing is an error at the write
	_ = k.conn.WriteJSON(p)                                            // the reader finds a broken connection
}

func (k *socket) isDeaf() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.deaf
}

// end closes the connection with a code.
func (k *socket) end(code int, why string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_ = k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), clock.System().Now().Add(writeWithin))
	_ = k.conn.Close()
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	open := s.ctx.Err() == nil
	if open {
		s.work.Add(1)
	}
	s.mu.Unlock()
	if !open {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	defer s.work.Done()
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has answered
	}
	k := &socket{conn: conn, done: make(chan struct{}), beat: s.clock.Now()}
	if q := r.URL.Query(); q.Get("v") != "10" || q.Get("encoding") != "json" {
		k.end(closeVersion, "Invalid API version")
		return
	}
	s.greet(k)
	var watch sync.WaitGroup
	ctx, cancel := context.WithCancel(s.ctx)
	watch.Go(func() { s.watch(ctx, k) })
	code := s.read(k)
	cancel()
	_ = conn.Close()
	watch.Wait()
	s.leave(k, code)
	close(k.done)
}

// greet says hello, after whatever the next connection is to hear first.
func (s *Server) greet(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets = append(s.sockets, k)
	for _, op := range s.first {
		k.write(op, nil)
	}
	s.first = nil
	k.write(opHello, answer{"heartbeat_interval": s.o.Heartbeat.Milliseconds(), "_trace": []string{"sim"}})
}

// watch closes a connection that sends no heartbeats.
func (s *Server) watch(ctx context.Context, k *socket) {
	for clock.Wait(ctx, s.clock, 2*s.o.Heartbeat) == nil {
		s.mu.Lock()
		silent := s.clock.Now().Sub(k.beat) >= 2*s.o.Heartbeat
		s.mu.Unlock()
		if silent && !k.isDeaf() {
			k.end(closeTimeout, "Session timed out.")
		}
	}
}

// read takes what the client sends until the connection ends, and returns the code that it ended with.
func (s *Server) read(k *socket) int {
	for {
		_, text, err := k.conn.ReadMessage()
		if closed, ok := err.(*websocket.CloseError); ok { //nolint:errorlint // gorilla returns it as it is
			return closed.Code
		}
		if err != nil {
			return 0
		}
		if k.isDeaf() {
			continue
		}
		if code, why := s.hear(k, text); code != 0 {
			s.mu.Lock()
			s.note(Line{Kind: LineSession, Code: why, Session: k.session.name()})
			s.mu.Unlock()
			k.end(code, why)
			return code
		}
	}
}

// hear takes one payload. A code that is not zero ends the connection.
func (s *Server) hear(k *socket, text []byte) (code int, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	for len(k.sends) > 0 && now.Sub(k.sends[0]) >= time.Minute {
		k.sends = k.sends[1:]
	}
	if k.sends = append(k.sends, now); len(k.sends) > maxSends {
		return closeRate, "You are being rate limited."
	}
	var p packet
	if len(text) > maxPayload || json.Unmarshal(text, &p) != nil {
		return closeDecode, "Error while decoding payload."
	}
	switch p.Op {
	case opHeartbeat:
		k.beat = now
		k.write(opAck, nil)
		return 0, ""
	case opIdentify:
		if k.session != nil {
			return closeTwice, "Already authenticated."
		}
		return s.identify(k, p.Data)
	case opResume:
		if k.session != nil {
			return closeTwice, "Already authenticated."
		}
		return s.resume(k, p.Data)
	case opPresence:
		if k.session == nil {
			return closeNotAuthorized, "Not authenticated."
		}
		return 0, ""
	}
	return closeOpcode, "Unknown opcode."
}

// leave notes that a connection has ended. A session that its client closed in good order is over.
func (s *Server) leave(k *socket, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.sockets {
		if other == k {
			s.sockets = append(s.sockets[:i:i], s.sockets[i+1:]...)
			break
		}
	}
	if k.session == nil || k.session.socket != k {
		return
	}
	k.session.socket = nil
	if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
		delete(s.sessions, k.session.id)
	}
	s.note(Line{Kind: LineSession, Code: "left", Session: k.session.id})
}

// Listening returns how many sessions have a connection.
func (s *Server) Listening() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, session := range s.sessions {
		if session.socket != nil {
			n++
		}
	}
	return n
}
