package script

import (
	"encoding/json"
	"io"
)

// Ledger writes one JSON object a line. Whoever owns it guards it.
type Ledger struct {
	w   io.Writer
	seq int64
	err error // the first failure; it sticks, because a line may be torn
}

// NewLedger returns a ledger on w; nil keeps nothing.
func NewLedger(w io.Writer) Ledger {
	if w == nil {
		w = io.Discard
	}
	return Ledger{w: w}
}

// Write writes the line that make returns for its number: 1, 2, 3 … without gaps.
func (l *Ledger) Write(line func(seq int64) any) {
	if l.err != nil {
		return
	}
	l.seq++
	text, err := json.Marshal(line(l.seq))
	if err == nil {
		_, err = l.w.Write(append(text, '\n'))
	}
	l.err = err
}

// Err returns the first failure of the writer.
func (l *Ledger) Err() error { return l.err }
