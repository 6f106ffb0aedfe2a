package chat

import (
	"encoding/json"
	"io"
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

// ledger writes lines. Whoever calls it holds the server's lock.
type ledger struct {
	w   io.Writer
	seq int64
	err error // the first failure; it sticks, because a torn line would glue to the next
}

func (l *ledger) write(line Line) error {
	if l.err != nil {
		return l.err
	}
	line.Seq = l.seq + 1
	text, err := json.Marshal(line)
	if err == nil {
		_, err = l.w.Write(append(text, '\n'))
	}
	if l.err = err; err == nil {
		l.seq++
	}
	return err
}
