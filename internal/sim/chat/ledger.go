package chat

import (
	"time"
)

// LineKind says what a line of the ledger is about.
type LineKind string

// The kinds of line.
const (
	LineSaid     LineKind = "said"     // a person wrote
	LineDelivery LineKind = "delivery" // a message was written into a socket
	LineAck      LineKind = "ack"      // the bot acknowledged a delivery
	LineMark     LineKind = "mark"
	LinePost     LineKind = "post"
	LineEdit     LineKind = "edit"
	LineRefused  LineKind = "refused" // a call had no effect; Code says why
)

// Line is one line of the ledger.
type Line struct {
	Seq      int64     `json:"seq"` // 1, 2, 3 … without gaps
	Time     time.Time `json:"time"`
	Kind     LineKind  `json:"kind"`
	Message  string    `json:"message,omitempty"`
	Delivery string    `json:"delivery,omitempty"`
	Retry    int       `json:"retry,omitempty"`
	Socket   string    `json:"socket,omitempty"`
	Channel  string    `json:"channel,omitempty"`
	Thread   string    `json:"thread,omitempty"`
	User     string    `json:"user,omitempty"` // who wrote, or whom a private post is for
	Text     string    `json:"text,omitempty"`
	Key      string    `json:"key,omitempty"`
	Mark     string    `json:"mark,omitempty"`
	Result
	Call  Kind   `json:"call,omitempty"` // of a refused call
	Code  string `json:"code,omitempty"`
	Fault Effect `json:"fault,omitempty"` // the rule that spoils the answer to this call
}

// write numbers a line and writes it. The caller holds mu. Without a witness there must be no effect, so a failure of the ledger is one of
// the call.
func (s *Server) write(l Line) error {
	s.ledger.Write(func(seq int64) any {
		l.Seq = seq
		return l
	})
	return s.ledger.Err()
}
