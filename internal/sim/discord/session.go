package discord

import (
	"encoding/json"
	"fmt"
	"slices"
)

// session is what a client may come back to.
type session struct {
	id      string
	intents int
	socket  *socket // nil while nobody listens
	events  []packet
}

func (s *session) name() string {
	if s == nil {
		return ""
	}
	return s.id
}

// send keeps the event for a resume and sends it.
func (s *session) send(kind string, data any) int64 {
	raw, _ := json.Marshal(data) // it is ours, or JSON already
	seq := int64(len(s.events) + 1)
	p := packet{Op: opDispatch, Data: raw, Seq: &seq, Type: kind}
	s.events = append(s.events, p)
	if s.socket != nil {
		s.socket.send(p)
	}
	return seq
}

// identify begins a session. It is called with mu held.
func (s *Server) identify(k *socket, data json.RawMessage) (code int, why string) {
	var d struct {
		Token      string `json:"token"`
		Intents    *int   `json:"intents"`
		Properties *struct {
			OS string `json:"os"`
		} `json:"properties"`
	}
	if json.Unmarshal(data, &d) != nil || d.Properties == nil || d.Intents == nil {
		return closeDecode, "Error while decoding payload."
	}
	if s.left <= 0 {
		s.revoked = true // Discord resets the token of a bot that identifies too often
	}
	if s.revoked || d.Token != s.o.Token {
		return closeAuth, "Authentication failed."
	}
	s.left--
	if *d.Intents < 0 || *d.Intents > intentsAll {
		return closeIntents, "Invalid intent(s)."
	}
	if *d.Intents&intentContent != 0 && s.o.NoContent {
		return closeDisallowed, "Disallowed intent(s)."
	}
	now := s.clock.Now()
	if now.Sub(s.identified) < identifyWait {
		k.write(opInvalid, false)
		return 0, ""
	}
	s.identified = now
	s.state.last++
	n := &session{id: fmt.Sprintf("session-%d", s.state.last), intents: *d.Intents, socket: k}
	s.sessions[n.id], k.session = n, n
	s.note(Line{Kind: LineSession, Code: "identified", Session: n.id})
	n.send("READY", answer{
		"v": 10, "user": s.state.people[App].wire(), "guilds": []answer{{"id": Guild, "unavailable": true}}, "session_id": n.id,
		"resume_gateway_url": "ws://" + k.conn.LocalAddr().String() + "/gateway", "application": answer{"id": App, "flags": 0},
	})
	if n.intents&intentGuilds != 0 {
		channels := []answer{}
		for _, id := range s.state.order {
			if c := s.state.channels[id]; c.With == "" && c.Parent == "" {
				channels = append(channels, c.wire())
			}
		}
		n.send("GUILD_CREATE", answer{"id": Guild, "name": "Simulated", "channels": channels, "unavailable": false})
	}
	return 0, ""
}

// resume takes a session up again. It is called with mu held.
func (s *Server) resume(k *socket, data json.RawMessage) (code int, why string) {
	var d struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     *int64 `json:"seq"`
	}
	if json.Unmarshal(data, &d) != nil || d.Seq == nil {
		return closeDecode, "Error while decoding payload."
	}
	if s.revoked || d.Token != s.o.Token {
		return closeAuth, "Authentication failed."
	}
	n := s.sessions[d.Session]
	if n == nil {
		s.note(Line{Kind: LineSession, Code: "unknown", Session: d.Session})
		k.write(opInvalid, false)
		return 0, ""
	}
	if *d.Seq < 0 || *d.Seq > int64(len(n.events)) {
		delete(s.sessions, n.id)
		return closeSequence, "Invalid seq."
	}
	if n.socket != nil { // another connection took its place
		old := n.socket
		s.work.Go(func() { old.end(closeUnknown, "resumed elsewhere") })
	}
	n.socket, k.session = k, n
	s.note(Line{Kind: LineSession, Code: "resumed", Session: n.id, Event: *d.Seq})
	for _, p := range slices.Clone(n.events[*d.Seq:]) {
		k.send(p)
	}
	n.send("RESUMED", answer{"_trace": []string{"sim"}})
	return 0, ""
}

// event is something that the bot is told.
type event struct {
	id, kind string
	data     any
	wanted   func(intents int) (any, bool) // the data as a session with the intents gets it
}

// deliver tells every session that wants the event. It is called with mu held.
func (s *Server) deliver(e event) {
	s.last = e
	told := false
	for _, n := range s.sessions {
		data, ok := e.data, true
		if e.wanted != nil {
			data, ok = e.wanted(n.intents)
		}
		if ok {
			told = true
			s.note(Line{Kind: LineDelivery, Delivery: e.id, Type: e.kind, Session: n.id, Event: n.send(e.kind, data)})
		}
	}
	if !told {
		s.note(Line{Kind: LineDelivery, Delivery: e.id, Type: e.kind, Code: "nobody listened"})
	}
}

// each calls do for every open connection, outside mu.
func (s *Server) each(do func(k *socket)) {
	s.mu.Lock()
	list := slices.Clone(s.sockets)
	s.mu.Unlock()
	for _, k := range list {
		do(k)
	}
}

// Reconnect asks every connection to come again, as Discord does now and then.
func (s *Server) Reconnect() { s.each(func(k *socket) { k.write(opReconnect, nil) }) }

// Invalidate ends every session and says so; nothing can be resumed.
func (s *Server) Invalidate() {
	s.Expire()
	s.each(func(k *socket) { k.write(opInvalid, false) })
}

// Expire forgets every session while their connections stay open; it is told when somebody resumes.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = map[string]*session{}
	s.note(Line{Kind: LineSession, Code: "expired"})
}

// DropGateway cuts every connection without a word and waits for their ends.
func (s *Server) DropGateway() {
	s.each(func(k *socket) {
		_ = k.conn.Close()
		<-k.done
	})
}

// CloseGateway ends every connection with a close code.
func (s *Server) CloseGateway(code int, why string) {
	s.each(func(k *socket) {
		k.end(code, why)
		<-k.done
	})
}

// Deafen leaves every connection open but sends and reads nothing on it any more, as a broken path does.
func (s *Server) Deafen() {
	s.each(func(k *socket) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.deaf = true
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(Line{Kind: LineSession, Code: "deaf"})
}

// Beat asks every connection for a heartbeat at once.
func (s *Server) Beat() { s.each(func(k *socket) { k.write(opHeartbeat, nil) }) }

// First makes the next connection hear the operation before hello.
func (s *Server) First(op int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first = append(s.first, op)
}
