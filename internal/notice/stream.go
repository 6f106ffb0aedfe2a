package notice

import (
	"time"

	"github.com/petrelops/petrel/bot"
)

// Stream is what is known of all notes that are counted together.
type Stream struct {
	ID      string     `json:"id"`
	Rule    string     `json:"rule"`
	Trigger string     `json:"trigger,omitempty"`
	Place   string     `json:"place"`           // of Origin
	Origin  bot.Origin `json:"origin"`          // the channel
	Quiet   string     `json:"quiet,omitempty"` // of the last note

	Recent []time.Time `json:"recent,omitempty"` // when notes were told alone, as far as the window reaches back
	Open   string      `json:"open,omitempty"`   // the digest that grows in the channel
	Held   string      `json:"held,omitempty"`   // the digest that is held back
}

// Way is how a note is told.
type Way string

// The ways.
const (
	Alone   Way = "alone"
	Grouped Way = "grouped" // in the digest that grows in the channel
	Held    Way = "held"    // in the digest that is held back
)

// Decide says how a note is told, and remembers it. silent says that the channel is not to be disturbed by it now.
func (s *Stream) Decide(n Note, silent bool, now time.Time) Way {
	s.Rule, s.Trigger, s.Place, s.Origin, s.Quiet = n.Rule, n.Trigger, Place(n.Origin), n.Origin, n.Quiet
	if silent {
		return Held
	}
	if s.Open != "" {
		return Grouped
	}
	begin := now.Add(-n.Group.window())
	kept := s.Recent[:0]
	for _, at := range s.Recent {
		if at.After(begin) {
			kept = append(kept, at)
		}
	}
	s.Recent = kept
	if len(s.Recent) >= n.Group.above() {
		return Grouped
	}
	s.Recent = append(s.Recent, now)
	return Alone
}

// Silence is why a channel is not to be disturbed, and until when. The zero value is no silence.
type Silence struct {
	Until time.Time
	Why   string
}

// Mute is somebody's wish to hear nothing from a rule, or from all rules of a trigger, for a time.
type Mute struct {
	Scope string    `json:"scope"` // the ref of the rule or the trigger
	By    string    `json:"by"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
}

// SilenceOf returns why nothing of this severity is told now: of a mute and of quiet hours what ends last. An urgent note passes quiet hours
// and no mute, which somebody asked for who knew what comes.
func (s *Stream) SilenceOf(severity string, quiet []Quiet, mutes []Mute, now time.Time) Silence {
	var found Silence
	longer := func(until time.Time, why string) {
		if until.After(now) && until.After(found.Until) {
			found = Silence{Until: until, Why: why}
		}
	}
	for _, q := range quiet {
		if until, ok := q.Until(now); ok && !q.Passes(severity) {
			longer(until, "in quiet hours ("+q.String()+")")
		}
	}
	for _, m := range mutes {
		if m.Scope == s.Rule || m.Scope == s.Trigger {
			longer(m.Until, "while "+m.By+" had muted "+m.Scope)
		}
	}
	return found
}
