package bot

import (
	"fmt"
	"slices"
)

// Status is where an execution stands. The names are StackStorm's (st2common constants/action.py).
type Status string

// The statuses.
const (
	Requested Status = "requested" // accepted, waiting for a worker
	Scheduled Status = "scheduled" // every gate passed
	Delayed   Status = "delayed"   // waits for a lock, a limit, a retry or a time
	Running   Status = "running"   // the handler is at work
	Pausing   Status = "pausing"   // a workflow is asked to pause
	Paused    Status = "paused"    // a workflow stands still
	Resuming  Status = "resuming"  // a paused workflow is asked to go on
	Pending   Status = "pending"   // waits for a person: an approval or a question
	Canceling Status = "canceling" // asked to stop, not stopped yet
	Canceled  Status = "canceled"  // stopped by a person
	Succeeded Status = "succeeded"
	Failed    Status = "failed"
	Timeout   Status = "timeout"   // took longer than it may
	Abandoned Status = "abandoned" // the worker died while an effect may or may not have happened
)

// moves is the execution status table: which status may follow which. An end status has no entry, so nothing follows it.
// A blocked execution comes back as requested; a running one does so only when its worker handed it over or died and the
// action's class allows another attempt.
var moves = map[Status][]Status{
	Requested: {Scheduled, Delayed, Pending, Canceled, Failed, Timeout},
	Scheduled: {Running, Requested, Delayed, Canceling, Canceled, Failed, Timeout},
	Delayed:   {Requested, Canceled, Failed, Timeout},
	Pending:   {Requested, Succeeded, Canceled, Failed, Timeout},
	Running:   {Succeeded, Failed, Timeout, Canceling, Abandoned, Requested, Delayed, Pending, Pausing, Paused},
	Pausing:   {Paused, Running, Canceling, Succeeded, Failed, Timeout, Abandoned},
	Paused:    {Resuming, Canceling, Canceled, Failed, Timeout},
	Resuming:  {Running, Canceling, Failed, Timeout},
	Canceling: {Canceled, Succeeded, Failed, Timeout, Abandoned},
}

// Statuses returns every status, in the order of the constants.
func Statuses() []Status {
	return []Status{
		Requested, Scheduled, Delayed, Running, Pausing, Paused, Resuming, Pending,
		Canceling, Canceled, Succeeded, Failed, Timeout, Abandoned,
	}
}

// Next returns the statuses that may follow s; none for an end status.
func (s Status) Next() []Status { return slices.Clone(moves[s]) }

// Ended reports whether nothing may follow s.
func (s Status) Ended() bool {
	switch s {
	case Succeeded, Failed, Timeout, Canceled, Abandoned:
		return true
	}
	return false
}

// Valid reports whether s is one of the statuses.
func (s Status) Valid() bool { return slices.Contains(Statuses(), s) }

// CheckMove returns an error with CodeConflict unless to may follow from.
func CheckMove(from, to Status) error {
	if slices.Contains(moves[from], to) {
		return nil
	}
	text := fmt.Sprintf("An execution that is %s cannot become %s.", from, to)
	if from.Ended() {
		text = fmt.Sprintf("The execution has already ended: it is %s.", from)
	}
	return E(CodeConflict, "bot.status.move", text, nil)
}
