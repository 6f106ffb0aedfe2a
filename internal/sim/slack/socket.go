package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/petrelops/petrel/internal/clock"
)

const (
	maxSockets  = 10
	maxAck      = 20 << 10 // a bigger one is dropped in silence
	connection  = 360      // seconds that a socket lives, as hello tells; the simulator ends one only when it is told to
	writeWithin = 10 * time.Second
	closeWithin = 2 * time.Second // for the client's close frame
)

// socket is one open connection of Socket Mode.
type socket struct {
	id   int64
	conn *websocket.Conn
	done chan struct{} // closed when the reader has ended

	// mu guards writes and deaf.
	mu   sync.Mutex
	deaf bool
}

func openConnection(s *Server, c *call) (answer, string) {
	ticket := s.state.nextID("ticket")
	s.tickets[ticket] = true
	c.line.Kind, c.line.Code = LineSocket, "asked"
	return answer{"url": "ws" + strings.TrimPrefix(c.origin, "http") + "/link?ticket=" + ticket}, ""
}

// serveSocket upgrades a connection whose address apps.connections.open gave out, and reads it to its end.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	ticket := r.URL.Query().Get("ticket")
	good := s.tickets[ticket] && s.ctx.Err() == nil
	delete(s.tickets, ticket)
	if good {
		s.work.Add(1)
	}
	s.mu.Unlock()
	if !good {
		http.Error(w, "the address was used before", http.StatusForbidden)
		return
	}
	defer s.work.Done()
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has answered
	}
	k := &socket{conn: conn, done: make(chan struct{})}
	if !s.enter(k) {
		_ = k.write(answer{"type": "disconnect", "reason": "too_many_websockets"})
		_ = conn.Close()
		return
	}
	var pings sync.WaitGroup
	ctx, cancel := context.WithCancel(s.ctx)
	pings.Go(func() { s.ping(ctx, k) })
	s.read(k)
	cancel()
	_ = conn.Close()
	s.leave(k) // what comes again is not to go to it
	close(k.done)
	pings.Wait()
}

// enter greets the socket and gives it a place among those that get envelopes.
func (s *Server) enter(k *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sockets) >= maxSockets {
		s.note(Line{Kind: LineSocket, Code: "too_many_websockets"})
		return false
	}
	s.state.ids++
	k.id = s.state.ids
	s.sockets = append(s.sockets, k)
	s.note(Line{Kind: LineSocket, Code: "open"})
	_ = k.write(answer{
		"type": "hello", "num_connections": len(s.sockets), "connection_info": answer{"app_id": App},
		"debug_info": answer{"host": "sim", "approximate_connection_time": connection},
	})
	return true
}

func (s *Server) leave(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.sockets {
		if other == k {
			s.sockets = append(s.sockets[:i:i], s.sockets[i+1:]...)
			s.note(Line{Kind: LineSocket, Code: "closed"})
		}
	}
}

func (s *Server) ping(ctx context.Context, k *socket) {
	for clock.Wait(ctx, s.clock, s.o.Ping) == nil {
		k.mu.Lock()
		if !k.deaf {
			_ = k.conn.WriteControl(websocket.PingMessage, []byte("Ping from sim"), clock.System().Now().Add(writeWithin))
		}
		k.mu.Unlock()
	}
}

// read takes acknowledgements until the connection ends.
func (s *Server) read(k *socket) {
	for {
		_, text, err := k.conn.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		if k.isDeaf() || len(text) >= maxAck || json.Unmarshal(text, &ack) != nil {
			continue
		}
		s.acknowledged(ack.EnvelopeID, k, ack.Payload)
	}
}

func (k *socket) isDeaf() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.deaf
}

func (k *socket) write(body any) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.deaf {
		return nil // it is lost on the way
	}
	_ = k.conn.SetWriteDeadline(clock.System().Now().Add(writeWithin)) // a connection that takes nothing is an error at the write
	return k.conn.WriteJSON(body)
}

// nextSocket returns the socket whose turn it is, nil when none is open. It is called with mu held.
func (s *Server) nextSocket() *socket {
	if len(s.sockets) == 0 {
		return nil
	}
	s.turn++
	return s.sockets[s.turn%len(s.sockets)]
}

// Sockets returns how many sockets are open.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// RotateSocket asks the oldest socket to reconnect and closes it, as Slack does all day. It gets no envelopes any more.
func (s *Server) RotateSocket() {
	s.mu.Lock()
	if len(s.sockets) == 0 {
		s.mu.Unlock()
		return
	}
	k := s.sockets[0]
	s.sockets = s.sockets[1:]
	s.note(Line{Kind: LineSocket, Code: "refresh_requested"})
	s.mu.Unlock()
	_ = k.write(answer{"type": "disconnect", "reason": "refresh_requested", "debug_info": answer{"host": "sim"}})
	k.end()
	<-k.done
}

// end closes the connection in good order, as RFC 6455 has it: a close frame, and then as long as the client takes for its own. A browser's
// client, and Slack's Node SDK with it, takes a connection that just ends for an error.
func (k *socket) end() {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := clock.System().Now()
	_ = k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), now.Add(writeWithin))
	_ = k.conn.NetConn().SetReadDeadline(now.Add(closeWithin)) // the reader ends then at the latest
}

// WarnSocket tells the oldest socket that it will be closed, as Slack does some seconds before. Until the app closes it, it is one like the others
// and gets envelopes (docs.slack.dev/apis/events-api/using-socket-mode, "Disconnect").
func (s *Server) WarnSocket() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sockets) == 0 {
		return
	}
	s.note(Line{Kind: LineSocket, Code: "warning"})
	_ = s.sockets[0].write(answer{"type": "disconnect", "reason": "warning", "debug_info": answer{"host": "sim"}}) // one that is gone needs no warning
}

// DropSockets cuts every connection without a word.
func (s *Server) DropSockets() {
	s.mu.Lock()
	list := s.sockets
	s.mu.Unlock()
	for _, k := range list {
		_ = k.conn.Close()
		<-k.done
	}
}

// DeafenSockets leaves every connection open but sends and reads nothing on it any more, as a broken path does.
func (s *Server) DeafenSockets() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		k.mu.Lock()
		k.deaf = true
		k.mu.Unlock()
	}
	s.note(Line{Kind: LineSocket, Code: "deaf"})
}
