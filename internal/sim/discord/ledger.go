package discord

import (
	"time"

	"github.com/petrelops/petrel/internal/sim/script"
)

// Line is one line of the ledger.
type Line struct {
	Seq      int64         `json:"seq"` // 1, 2, 3 … without gaps
	Time     time.Time     `json:"time"`
	Kind     LineKind      `json:"kind"`
	Method   string        `json:"method,omitempty"`   // of the REST API
	Delivery string        `json:"delivery,omitempty"` // of an interaction or message: its id
	Type     string        `json:"type,omitempty"`     // of an event, or of an answer to an interaction
	Channel  string        `json:"channel,omitempty"`
	Message  string        `json:"message,omitempty"`
	User     string        `json:"user,omitempty"`
	Text     string        `json:"text,omitempty"`
	Reply    string        `json:"reply,omitempty"` // the message that is answered
	Nonce    string        `json:"nonce,omitempty"`
	Pings    []string      `json:"pings,omitempty"` // whom it notifies
	Session  string        `json:"session,omitempty"`
	Event    int64         `json:"event,omitempty"` // its number in the session
	Code     string        `json:"code,omitempty"`  // why something was refused or ended
	Fault    script.Effect `json:"fault,omitempty"`
}

// LineKind says what a line of the ledger is about.
type LineKind string

// The kinds of line.
const (
	LineSaid     LineKind = "said"     // a person wrote a message
	LineDelivery LineKind = "delivery" // an event went out, perhaps once more
	LineAck      LineKind = "ack"      // an interaction was answered in time
	LineFailed   LineKind = "failed"   // an interaction was not answered in time, or its endpoint did not take it
	LinePost     LineKind = "post"     // a message stands in a channel
	LineUpdate   LineKind = "update"   // it says something else now
	LinePrivate  LineKind = "private"  // one person was told
	LineDelete   LineKind = "delete"
	LineForm     LineKind = "form"   // a form was opened
	LineThread   LineKind = "thread" // a thread was begun at a message
	LineReaction LineKind = "reaction"
	LineCommands LineKind = "commands" // the commands were written
	LineRefused  LineKind = "refused"  // a call had no effect; Code says why
	LineSession  LineKind = "session"  // of the gateway; Code says what became of it
)
