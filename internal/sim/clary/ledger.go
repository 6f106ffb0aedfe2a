package clary

import (
	"io"
	"maps"
	"time"
)

// LineKind says what a line of the ledger is about.
type LineKind string

// The kinds of line.
const (
	LineTransition LineKind = "transition" // a status was set by call 2
	LineComment    LineKind = "comment"    // a logbook line was added by call 3
	LineExternal   LineKind = "external"   // a status was set through the control API
	LineRefused    LineKind = "refused"    // a write call had no effect; Code says why
)

// Line is one line of the ledger. A refused line carries what could be read of the attempt. Its Code is the error code of the
// answer, or "drop", "garbage", "empty" for a fault rule and "client_gone" when nobody waited for the effect.
type Line struct {
	Seq       int64     `json:"seq"` // 1, 2, 3 … without gaps
	Time      time.Time `json:"time"`
	Kind      LineKind  `json:"kind"`
	Call      Kind      `json:"call,omitempty"` // empty for kind external
	Host      string    `json:"host"`
	Previous  string    `json:"previous,omitempty"`
	Status    string    `json:"status,omitempty"`
	Comment   string    `json:"comment,omitempty"`
	User      string    `json:"user,omitempty"`
	Impacting bool      `json:"impacting"`
	RequestID string    `json:"request_id,omitempty"`
	EventID   int64     `json:"event_id,omitempty"`
	CommentID int64     `json:"comment_id,omitempty"`
	Code      string    `json:"code,omitempty"`
	Fault     Effect    `json:"fault,omitempty"` // the rule that spoils the answer to this call
}

// ledger writes lines. It has no lock of its own: the journal holds one.
type ledger struct {
	w      io.Writer
	seq    int64
	counts map[LineKind]int64
	err    error // the first failure; it sticks, because a line may be torn and later ones would glue to it
}

func newLedger(w io.Writer) ledger {
	return ledger{w: w, counts: map[LineKind]int64{}}
}

// write numbers the line and hands it to the writer in one Write, flushed where the writer can flush.
func (l *ledger) write(line *Line) error {
	if l.err != nil {
		return l.err
	}
	line.Seq = l.seq + 1
	l.err = l.put(line)
	if l.err == nil {
		l.seq++
		l.counts[line.Kind]++
	}
	return l.err
}

func (l *ledger) put(line *Line) error {
	text, err := encode(line)
	if err != nil {
		return err
	}
	if _, err := l.w.Write(text); err != nil {
		return err
	}
	if f, ok := l.w.(interface{ Flush() error }); ok {
		return f.Flush()
	}
	return nil
}

func (l *ledger) countsByKind() map[LineKind]int64 { return maps.Clone(l.counts) }
