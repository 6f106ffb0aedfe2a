package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/petrelops/petrel/bot"
)

// Note is one thing that a channel is to be told.
type Note struct {
	ID       string     `json:"id"`                // of the execution that tells it
	Rule     string     `json:"rule"`              // who tells it: a rule's ref
	Trigger  string     `json:"trigger,omitempty"` // what the rule waits for
	Event    string     `json:"event,omitempty"`   // the id of the event
	Origin   bot.Origin `json:"origin"`            // the channel
	Text     string     `json:"text"`
	About    string     `json:"about,omitempty"` // what it is about: one name, or a node set
	Kind     string     `json:"kind,omitempty"`  // what a digest counts it under
	Severity string     `json:"severity,omitempty"`
	Buttons  []Button   `json:"buttons,omitempty"`
	Group    Group      `json:"group,omitzero"`
	Quiet    string     `json:"quiet,omitempty"` // as ParseQuiet reads it
	At       time.Time  `json:"at"`

	// Digest is the id of the digest that it became part of; empty where it was told alone.
	Digest       string        `json:"digest,omitempty"`
	Acknowledged *Acknowledged `json:"acknowledged,omitempty"`
}

// Acknowledged says who looks after it.
type Acknowledged struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Group says how much is too much.
type Group struct {
	Window time.Duration `json:"window,omitempty"` // zero is DefaultWindow
	Above  int           `json:"above,omitempty"`  // how many are told alone within the window; zero is DefaultAbove
	// Channel counts all rules that tell the channel together. Else each counts for itself.
	Channel bool `json:"channel,omitempty"`
}

// The limits of a Group, and what counts where it says nothing: a rule that nobody thought about floods no channel either.
const (
	DefaultWindow = 30 * time.Second
	DefaultAbove  = 5
	MaxWindow     = time.Hour
	MaxAbove      = 50
)

func (g Group) window() time.Duration {
	if g.Window <= 0 {
		return DefaultWindow
	}
	return min(g.Window, MaxWindow)
}

func (g Group) above() int {
	if g.Above <= 0 {
		return DefaultAbove
	}
	return min(g.Above, MaxAbove)
}

// Stream names what the note is counted with: all that its rule, or everybody, tells its channel.
func (n Note) Stream() string {
	rule := n.Rule
	if n.Group.Channel {
		rule = "*"
	}
	sum := sha256.Sum256([]byte(rule + "\n" + Place(n.Origin)))
	return hex.EncodeToString(sum[:12])
}

// Place names a channel in full, as in slack:T012/C345.
func Place(o bot.Origin) string {
	o.User = o.Channel
	return o.Account()
}
