// Package audit keeps the log of who asked what, what was decided, what was about to be done and what came of it. A line is written in
// the batch of the step that it tells of, so neither exists without the other, and the store chains the lines by hashes, so that one
// that was changed, taken out or put in later is found. Secrets never get here: who writes a line masks its parameters first.
package audit

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/target"
)

// Log is the name of the log in the store, and the kind of its lines.
const Log = "audit"

// What a line tells of.
type What string

// The kinds of lines.
const (
	Asked        What = "asked"        // a command was accepted
	Refused      What = "refused"      // somebody may not do what he asked for
	Will         What = "will"         // every gate is passed: the effect may begin now
	Did          What = "did"          // an execution ended, or one try of it
	Approved     What = "approved"     // a person agreed to an execution
	Confirmed    What = "confirmed"    // whoever asked for it says that its plan is what he wants
	Denied       What = "denied"       // a person said no to it
	Waits        What = "waits"        // people are asked: an approval, or a question
	Escalated    What = "escalated"    // nobody decided in time, so others are asked as well
	Answered     What = "answered"     // a person answered a question
	Expired      What = "expired"      // nobody did in time
	Void         What = "void"         // it is not asked any more
	Canceled     What = "canceled"     // a person asked it to stop
	Resolved     What = "resolved"     // a person told what became of an abandoned execution
	Locked       What = "locked"       // a person took a lock by hand
	Unlocked     What = "unlocked"     // a person freed it
	Froze        What = "froze"        // a person declared a freeze
	Unfroze      What = "unfroze"      // a person ended it before its time
	Muted        What = "muted"        // a person wants to hear nothing from a rule for a time
	Unmuted      What = "unmuted"      // a person ended that before its time
	Acknowledged What = "acknowledged" // a person looks after what a channel was told of
	Glass        What = "broke_glass"  // an approved execution begins in spite of a freeze
	Scheduled    What = "scheduled"    // a person asked for a line to be run later
	Unscheduled  What = "unscheduled"  // a schedule was ended
)

// Entry is what a line says. Empty fields are left out.
type Entry struct {
	What      What           `json:"what"`
	Execution string         `json:"execution,omitempty"`
	Parent    string         `json:"parent,omitempty"`
	Action    string         `json:"action,omitempty"`
	Class     bot.Class      `json:"class,omitempty"`
	Who       string         `json:"who,omitempty"` // the identity's id
	Account   string         `json:"account,omitempty"`
	From      string         `json:"from,omitempty"` // channel and thread
	Params    map[string]any `json:"params,omitempty"`
	Targets   string         `json:"targets,omitempty"` // a folded node set
	Plan      []string       `json:"plan,omitempty"`
	Status    bot.Status     `json:"status,omitempty"`
	Code      bot.Code       `json:"code,omitempty"`
	Why       string         `json:"why,omitempty"`
	By        string         `json:"by,omitempty"`    // the worker
	Fence     int64          `json:"fence,omitempty"` // of the worker's claim
}

// Changes reports whether the line belongs to something that changes the world outside Petrel.
func (e Entry) Changes() bool { return e.Class != "" && e.Class.Mutates() }

// Place returns where somebody was when he asked, for Entry.From.
func Place(o bot.Origin) string {
	return strings.Trim(o.Channel+"/"+o.Thread, "/")
}

// The indexes of lines, beside the one by target.
const (
	indexAll       = "all"
	indexWho       = "who"
	indexAction    = "action"
	indexExecution = "execution"
)

// Append adds a line to the batch. names are the entry's targets one by one; keep is how long the line is wanted.
func Append(b *store.Batch, e Entry, names []string, keep time.Duration) error {
	data, err := json.Marshal(e)
	if err != nil {
		return bot.E(bot.CodeInternal, "audit.append", "", err)
	}
	index := []store.Index{{Name: indexAll}}
	for _, x := range []store.Index{{Name: indexWho, Value: e.Who}, {Name: indexAction, Value: e.Action}, {Name: indexExecution, Value: e.Execution}} {
		if x.Value != "" {
			index = append(index, x)
		}
	}
	b.Append = append(b.Append, store.Line{
		Log: Log, Data: data, Index: append(index, target.Entries(names)...),
		// Twice as long, because lines go in whole segments, by Cut: the store's own expiry would leave holes.
		TTL: 2 * keep,
	})
	return nil
}
