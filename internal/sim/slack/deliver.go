package slack

import (
	"encoding/json"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// ackWithin is how long an acknowledgement may take.
const ackWithin = 3 * time.Second

// retries are the pauses before an event is tried again.
func (s *Server) retries() []time.Duration {
	scale := time.Duration(max(s.o.Scale, 1))
	return []time.Duration{0, time.Minute / scale, 5 * time.Minute / scale}
}

// delivery is something that the app is told, in one or more attempts.
type delivery struct {
	id      string // event id or trigger id
	kind    string // events_api, slash_commands, interactive
	payload any
	hook    string // of its response_url
	by      string // who caused it
	at      string // the channel
	event   string // of an event: its type
	ts      string // and the message that it is about
	// What follows belongs to forms.
	view   *view           // whose submission or question this is
	asks   bool            // for options
	answer json.RawMessage // what the app answered; the server's lock guards it
	over   chan struct{}   // closed when it was answered or given up; nil when nobody waits
}

// attempt is one envelope that waits for its acknowledgement.
type attempt struct {
	line   Line
	socket *socket
	done   chan json.RawMessage // takes the payload of the acknowledgement
}

// start delivers d: the first envelope goes out at once, so that those of one socket keep their order, and the rest is done in the
// background. It is called with mu held.
func (s *Server) start(d *delivery) {
	if s.ctx.Err() != nil {
		return
	}
	var first *attempt
	if s.o.Deliver == "" {
		first = s.sendEnvelope(d, 1, "")
	}
	s.work.Go(func() { s.deliver(d, first) })
}

// deliver tries until the delivery is acknowledged. An event is tried four times, anything else once.
func (s *Server) deliver(d *delivery, sent *attempt) {
	if d.over != nil {
		defer close(d.over)
	}
	pauses := s.retries()
	if d.kind != "events_api" {
		pauses = nil
	}
	reason := ""
	for n := 1; ; n++ {
		var ok bool
		if s.o.Deliver != "" {
			ok, reason = s.attemptHTTP(d, n, reason)
		} else {
			if n > 1 {
				s.mu.Lock()
				sent = s.sendEnvelope(d, n, reason)
				s.mu.Unlock()
			}
			ok, reason = s.awaitAck(sent, d)
		}
		if ok || n > len(pauses) || clock.Wait(s.ctx, s.clock, pauses[n-1]) != nil {
			if !ok && d.kind != "events_api" {
				s.tellTrouble(d)
			}
			return
		}
	}
}

// tellTrouble shows the person what Slack shows when an app does not answer.
func (s *Server) tellTrouble(d *delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.view != nil && !d.asks {
		s.refuse(d.view, "operation_timeout")
	}
	if s.ctx.Err() != nil || s.state.channels[d.at] == nil {
		return
	}
	m := &Message{
		TS: s.state.nextTS(s.clock.Now()), User: "USLACKBOT", Only: d.by,
		Text: "The app did not respond, so it was not done (operation_timeout).",
	}
	s.state.messages[d.at] = append(s.state.messages[d.at], m)
	s.note(Line{Kind: LineFailed, Delivery: d.id, Type: d.kind, Channel: d.at, User: d.by, Code: "operation_timeout"})
}

// sendEnvelope sends the next attempt through the socket whose turn it is. It is called with mu held.
func (s *Server) sendEnvelope(d *delivery, n int, reason string) *attempt {
	a := &attempt{
		line:   Line{Kind: LineDelivery, Delivery: d.id, Envelope: s.state.nextID("env-"), Type: d.kind, Event: d.event, Attempt: n, Channel: d.at, TS: d.ts, User: d.by},
		socket: s.nextSocket(), done: make(chan json.RawMessage, 1),
	}
	if a.socket == nil {
		a.line.Kind, a.line.Code = LineFailed, "no_socket"
		s.note(a.line)
		return a
	}
	s.pending[a.line.Envelope] = a
	s.note(a.line)
	envelope := answer{
		"type": d.kind, "envelope_id": a.line.Envelope, "payload": d.payload, "accepts_response_payload": d.kind != "events_api",
	}
	if d.kind == "events_api" {
		envelope["retry_attempt"], envelope["retry_reason"] = n-1, reason
	}
	_ = a.socket.write(envelope) // what is lost on the way is not acknowledged
	return a
}

// awaitAck waits for the acknowledgement of an attempt that was sent.
func (s *Server) awaitAck(a *attempt, d *delivery) (ok bool, why string) {
	if a.socket == nil {
		return false, a.line.Code
	}
	why = "timeout"
	timer := s.clock.NewTimer(ackWithin)
	defer timer.Stop()
	var payload json.RawMessage
	select {
	case payload = <-a.done:
		ok = true
	case <-a.socket.done:
		why = "connection_failed"
	case <-timer.C():
	case <-s.ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	select { // an acknowledgement that came just before the end of the wait counts
	case payload = <-a.done:
		ok = true
	default:
	}
	delete(s.pending, a.line.Envelope)
	if ok {
		s.respond(d, payload)
		return true, ""
	}
	a.line.Kind, a.line.Code = LineFailed, why
	s.note(a.line)
	return false, why
}

// acknowledged takes an acknowledgement from a socket. One for an envelope of another socket does not count.
func (s *Server) acknowledged(envelope string, k *socket, payload json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.pending[envelope]
	if !ok || a.socket != k {
		s.note(Line{Kind: LineLate, Envelope: envelope})
		return
	}
	delete(s.pending, envelope)
	line := a.line
	line.Kind = LineAck
	s.note(line)
	a.done <- payload
}

// respond does what the payload of an acknowledgement asks for: a message for whoever typed the command, the end of a form, or options for
// its select. It is called with mu held.
func (s *Server) respond(d *delivery, payload json.RawMessage) {
	switch {
	case d.asks:
		d.answer = payload
	case d.view != nil:
		s.submitted(d.view, payload)
	case d.kind == "slash_commands" && len(payload) > 0:
		s.useHook(d.hook, payload)
	}
}
