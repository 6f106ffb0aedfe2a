package bot

import (
	"context"
	"time"
)

// Mark is what the bot shows on a message of a person, as a reaction where the platform has those.
type Mark string

// The marks.
const (
	MarkAccepted Mark = "accepted" // it became work, durably
	MarkLate     Mark = "late"     // so it did, but long after it was written
)

// Marker is an adapter that can show on a message that it was accepted. The mark is what is left of an accepted command when the store
// forgets it, so it is set after the accept is durable and before the platform is acknowledged. Setting a mark twice is no error.
type Marker interface {
	Mark(ctx context.Context, m Message, mark Mark) error
}

// Historian is an adapter whose platform keeps what was said.
type Historian interface {
	// History returns the messages to the bot that people wrote at the time or later, oldest first.
	History(ctx context.Context, since time.Time) ([]Past, error)
}

// Past is a message as the platform remembers it.
type Past struct {
	Message
	At time.Time
	// Taken says that it carries a mark of ours or has an answer of ours, final or not.
	Taken bool
	// Answered says that it has a final answer of ours.
	Answered bool
}

// Listener is a Historian that knows when it could not hear people.
type Listener interface {
	Historian
	// Missed returns since when something may have been said that did not come; the zero time when nothing may. over says that the adapter
	// hears again; what was missed is then forgotten by the adapter and is for the caller to look for.
	Missed() (since time.Time, over bool)
}
