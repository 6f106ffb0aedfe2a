package clary

import (
	"sync"

	"github.com/petrelops/petrel/internal/clock"
)

// journal joins the ledger and the event log, because an effect is both or neither and events must become visible in the
// order of their ids.
type journal struct {
	clock clock.Clock

	// mu guards the rest. It is held across the write to the ledger: nobody reads an event that the ledger does not have.
	mu       sync.Mutex
	ledger   ledger
	events   eventLog
	comments int64 // the last logbook id
}

func newJournal(o Options) *journal {
	return &journal{clock: o.Clock, ledger: newLedger(o.Ledger), events: newEventLog(o.Events, o.Random)}
}

// record writes the line and appends its event. It fills in the line's time, number and ids. An error means that nothing
// happened, but for an id that is lost, as after a transaction that was rolled back.
func (j *journal) record(l *Line) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	l.Time = j.clock.Now().UTC()
	kind := j.events.kindOf(l)
	if kind != "" {
		l.EventID = j.events.allocate()
	}
	if l.Kind == LineComment {
		j.comments++
		l.CommentID = j.comments
	}
	if err := j.ledger.write(l); err != nil {
		return err
	}
	if kind == "" {
		return nil
	}
	return j.events.add(l.EventID, Event{
		ID: l.EventID, Type: kind, Hostname: l.Host, Previous: l.Previous, Status: l.Status,
		Reason: l.Comment, User: l.User, Impacting: l.Impacting, Date: wireTime(l.Time),
	})
}

// withEvents runs do on the event log.
func (j *journal) withEvents(do func(*eventLog)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	do(&j.events)
}
