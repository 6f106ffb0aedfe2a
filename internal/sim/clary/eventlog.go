package clary

import (
	"encoding/json"
	"errors"
	"sort"
	"time"

	"github.com/petrelops/petrel/internal/random"
)

const (
	defaultEventCap = 100_000
	defaultMaxGap   = 12
)

// EventOptions says how the event log behaves.
type EventOptions struct {
	// GapProbability, 0 to 1, is how often an id is preceded by lost ones.
	GapProbability float64 `json:"gap_probability"`
	// MaxGap is the most ids lost in one gap. Zero is 12.
	MaxGap int `json:"max_gap"`
	// First is the lowest id, at the start and after ResetEvents: more than 1 is a log whose old part was purged. Zero is 1.
	First int64 `json:"first"`
	// Cap is how many events are kept; beyond it the oldest are dropped, as by TruncateEvents. Zero is 100,000.
	Cap int `json:"cap"`
	// Gone answers 410 truncated when events after the wanted id were purged. Otherwise the page just starts later.
	Gone bool `json:"gone"`
	// PointOnly takes away the range query: GET api/events is then an unknown path.
	PointOnly bool `json:"point_only"`
	// Comments makes logbook comments events too, of type comment.
	Comments bool `json:"comments"`
}

func (o EventOptions) validate() error {
	var faults []error
	if !(o.GapProbability >= 0 && o.GapProbability <= 1) { // this way round it refuses NaN as well
		faults = append(faults, errors.New("the gap probability is not between 0 and 1"))
	}
	if o.MaxGap < 0 || o.First < 0 || o.Cap < 0 {
		faults = append(faults, errors.New("the largest gap, the first id or the cap of events is negative"))
	}
	return errors.Join(faults...)
}

func (o EventOptions) withDefaults() EventOptions {
	if o.MaxGap == 0 {
		o.MaxGap = defaultMaxGap
	}
	if o.First == 0 {
		o.First = 1
	}
	if o.Cap == 0 {
		o.Cap = defaultEventCap
	}
	return o
}

// Event is an entry of the event log as the contract shows it.
type Event struct {
	ID        int64     `json:"id"`
	Type      string    `json:"type"` // transition, or comment where EventOptions.Comments asks for it
	Hostname  string    `json:"hostname"`
	Previous  string    `json:"previous,omitempty"`
	Status    string    `json:"status,omitempty"`
	Reason    string    `json:"reason"`
	User      string    `json:"user"`
	Impacting bool      `json:"impacting"`
	Date      time.Time `json:"date"`
}

// record is an event as it will be sent; a malformed one is possible, so it is kept as text.
type record struct {
	id     int64
	hidden bool // has an id, but its transaction is not through yet
	text   json.RawMessage
}

// eventLog holds the events in the order of their ids. It has no lock of its own: the journal holds one.
type eventLog struct {
	options EventOptions
	random  random.Source
	last    int64 // the last id given
	floor   int64 // every id below was purged
	hide    int   // how many of the next events are born hidden
	records []record
}

func newEventLog(o EventOptions, r random.Source) eventLog {
	l := eventLog{options: o.withDefaults(), random: r}
	l.reset()
	return l
}

// kindOf returns the type of the event that a line of the ledger becomes, "" for none.
func (l *eventLog) kindOf(line *Line) string {
	switch {
	case line.Kind == LineTransition, line.Kind == LineExternal:
		return "transition"
	case line.Kind == LineComment && l.options.Comments:
		return "comment"
	}
	return ""
}

// allocate returns the next id, after a gap now and then.
func (l *eventLog) allocate() int64 {
	const bits = 53 // as many as a float64 holds exactly
	if p := l.options.GapProbability; p > 0 && float64(l.random.Uint64()>>(64-bits)) < p*(1<<bits) {
		l.last += 1 + int64(l.random.Uint64()%uint64(l.options.MaxGap))
	}
	l.last++
	return l.last
}

func (l *eventLog) add(id int64, body any) error {
	text, err := encode(body)
	if err != nil {
		return err
	}
	l.records = append(l.records, record{id: id, hidden: l.hide > 0, text: text})
	l.hide = max(0, l.hide-1)
	l.trim()
	return nil
}

// trim drops the oldest events above the cap.
func (l *eventLog) trim() {
	if extra := len(l.records) - l.options.Cap; extra > 0 {
		l.truncate(l.records[extra].id)
	}
}

func (l *eventLog) search(id int64) int {
	return sort.Search(len(l.records), func(i int) bool { return l.records[i].id >= id })
}

// page returns up to limit visible events with from <= id < to, oldest first.
func (l *eventLog) page(from, to int64, limit int) []json.RawMessage {
	found := []json.RawMessage{} // never nil: no events is []
	for _, rec := range l.records[l.search(from):] {
		if rec.id >= to || len(found) == limit {
			break
		}
		if !rec.hidden {
			found = append(found, rec.text)
		}
	}
	return found
}

// truncate forgets every event with an id below before.
func (l *eventLog) truncate(before int64) {
	l.records = l.records[l.search(before):]
	l.floor = max(l.floor, min(before, l.last+1))
}

// reset forgets everything and starts ids anew.
func (l *eventLog) reset() {
	l.records, l.hide = nil, 0
	l.last, l.floor = l.options.First-1, l.options.First
}

// show makes the hidden events visible, now and for those to come. It returns how many were hidden.
func (l *eventLog) show() int {
	l.hide = 0
	shown := 0
	for i := range l.records {
		if l.records[i].hidden {
			l.records[i].hidden = false
			shown++
		}
	}
	return shown
}

func (l *eventLog) setOptions(o EventOptions) {
	l.options = o.withDefaults()
	l.trim()
}
