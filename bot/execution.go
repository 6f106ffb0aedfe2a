package bot

import "time"

// Execution is one wish to run one action, from accept to end state.
type Execution struct {
	ID       string         `json:"id"`
	Action   string         `json:"action"`
	Class    Class          `json:"class"`
	Params   map[string]any `json:"params"` // secret values are sealed
	Text     string         `json:"text,omitempty"`
	Identity Identity       `json:"identity"`
	Origin   Origin         `json:"origin"`
	Alias    string         `json:"alias,omitempty"`   // the ref of the alias that was matched
	Parent   string         `json:"parent,omitempty"`  // the execution that this one runs again
	Trace    string         `json:"trace,omitempty"`   // a tag that whoever asks gives to what belongs together
	Targets  string         `json:"targets,omitempty"` // what it is about: a folded node set
	Silence  Silence        `json:"silence,omitzero"`
	Cause    Cause          `json:"cause,omitzero"`

	Status   Status    `json:"status"`
	Created  time.Time `json:"created"`
	Started  time.Time `json:"started,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
	Attempts int       `json:"attempts"`          // how many workers have begun it
	Retries  int       `json:"retries,omitempty"` // how often a policy had it tried again
	History  []Move    `json:"history"`

	Plan      []string   `json:"plan,omitempty"`      // the plan's lines as they were shown
	Approvals []Approval `json:"approvals,omitempty"` // who agreed to it before it ran
	Summary   string     `json:"summary,omitempty"`
	Error     *Fault     `json:"error,omitempty"`
	// Resolution is what was found out about an abandoned execution. The status stays as it is.
	Resolution *Resolution `json:"resolution,omitempty"`
}

// Resolution says whether an abandoned execution had its effect.
type Resolution struct {
	Finding Finding   `json:"finding"`
	By      string    `json:"by"` // a person, or the worker that verified it
	At      time.Time `json:"at"`
}

// Cause is the event that had an execution run, where it was no person.
type Cause struct {
	Rule  string `json:"rule"`  // the ref of the rule that matched
	Event string `json:"event"` // the id of the trigger instance
	// Depth is how many executions before it caused that event in turn. It ends rules that set each other off.
	Depth int `json:"depth"`
}

// Silence is what the alias wants the chat to be spared. A failure is told in any case.
type Silence struct {
	Ack    bool `json:"ack,omitempty"`    // nothing before the end
	Result bool `json:"result,omitempty"` // at a good end no more than that it is done
}

// Whole reports whether nothing at all is said of an execution that goes well.
func (s Silence) Whole() bool { return s.Ack && s.Result }

// Move is one line of an execution's history.
type Move struct {
	Status Status    `json:"status"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"` // worker or person
	Why    string    `json:"why,omitempty"`
}

// Fault is why an execution did not succeed.
type Fault struct {
	Code Code   `json:"code"`
	Text string `json:"text"`
}

// maxHistory bounds the history of an execution that is blocked and released again and again; the first lines are kept.
const maxHistory = 64

// Move changes the status and writes the history line, or returns the error of CheckMove and changes nothing.
func (e *Execution) Move(m Move) error {
	if err := CheckMove(e.Status, m.Status); err != nil {
		return err
	}
	e.Status = m.Status
	switch {
	case m.Status == Running:
		e.Attempts++
		if e.Started.IsZero() {
			e.Started = m.At
		}
	case m.Status.Ended():
		e.Ended = m.At
	}
	if len(e.History) >= maxHistory {
		e.History = append(e.History[:maxHistory/2], e.History[maxHistory/2+1:]...)
	}
	e.History = append(e.History, m)
	return nil
}

// Took returns how long the execution has been at work at the time now, or how long it was when it has ended.
func (e *Execution) Took(now time.Time) time.Duration {
	switch {
	case e.Started.IsZero():
		return 0
	case !e.Ended.IsZero():
		return e.Ended.Sub(e.Started)
	}
	return now.Sub(e.Started)
}
