package slack

import (
	"time"

	"github.com/petrelops/petrel/internal/sim/script"
)

// Line is one line of the ledger.
type Line struct {
	Seq      int64         `json:"seq"` // 1, 2, 3 … without gaps
	Time     time.Time     `json:"time"`
	Kind     LineKind      `json:"kind"`
	Method   string        `json:"method,omitempty"`   // of the Web API
	Delivery string        `json:"delivery,omitempty"` // event id or trigger id; the same for each attempt
	Envelope string        `json:"envelope,omitempty"` // of one attempt
	Attempt  int           `json:"attempt,omitempty"`  // 1 is the first
	Type     string        `json:"type,omitempty"`     // events_api, slash_commands, interactive
	Event    string        `json:"event,omitempty"`    // of an envelope with an event: message, app_mention …
	Channel  string        `json:"channel,omitempty"`
	Thread   string        `json:"thread,omitempty"`
	TS       string        `json:"ts,omitempty"`
	User     string        `json:"user,omitempty"`
	Text     string        `json:"text,omitempty"`
	Key      string        `json:"key,omitempty"`  // what the message's metadata names as its key
	Code     string        `json:"code,omitempty"` // the error that was answered, or why a delivery failed
	Fault    script.Effect `json:"fault,omitempty"`
	Wait     int           `json:"wait,omitempty"` // seconds for which the caller was asked to leave the method alone
	Via      string        `json:"via,omitempty"`  // the address that the caller used, which tells callers apart that were given different ones
}

// LineKind says what a line of the ledger is about.
type LineKind string

// The kinds of line.
const (
	LineSaid      LineKind = "said"      // a person wrote a message
	LineDelivery  LineKind = "delivery"  // an envelope or request went out
	LineAck       LineKind = "ack"       // it was acknowledged in time
	LineLate      LineKind = "late"      // it was acknowledged too late, or on another socket
	LineFailed    LineKind = "failed"    // it was not acknowledged; Code says why
	LinePost      LineKind = "post"      // a message stands in a channel
	LineUpdate    LineKind = "update"    // it says something else now
	LineEphemeral LineKind = "ephemeral" // one person was told
	LineDelete    LineKind = "delete"
	LineFile      LineKind = "file" // a file was shared
	LineView      LineKind = "view"
	LineReaction  LineKind = "reaction"
	LineRead      LineKind = "read"    // a call that only reads; see Options.Reads
	LineRefused   LineKind = "refused" // a call of the Web API had no effect; Code says why
	LineSocket    LineKind = "socket"  // one was opened or ended; Code says which
)
