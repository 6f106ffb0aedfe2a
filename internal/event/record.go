package event

import (
	"encoding/json"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/store"
)

// The kinds of records that the engine keeps, and its queue.
const (
	kindInstance    = "instance"
	kindEnforcement = "enforcement" // by instance and rule
	kindDedupe      = "event-dedupe"
	kindTimer       = "timer"       // by key: the last slot that was looked at
	kindSwitch      = "rule-switch" // by rule: whether somebody turned it on or off
	kindRule        = "rule"        // by ref: a rule that somebody stored

	workQueue   = "events"
	switchTopic = "rules"
)

// The indexes.
const (
	indexTrigger  = "trigger"
	indexRule     = "rule"
	indexInstance = "instance"
)

var allIndex = store.Index{Name: "all"}

// Status is how far an event is. The words are StackStorm's.
type Status string

// The statuses.
const (
	Pending   Status = "pending"
	Processed Status = "processed"
	Failed    Status = "processing_failed"
)

// Instance is an event that was accepted (StackStorm's trigger instance).
type Instance struct {
	ID      string         `json:"id"`
	Trigger string         `json:"trigger"`
	With    map[string]any `json:"with,omitempty"` // what rules ask of the trigger, such as the address of a webhook
	Payload Payload        `json:"payload"`
	Source  string         `json:"source,omitempty"` // who brought it: webhook, timer, executor
	At      time.Time      `json:"at"`
	Cause   bot.Cause      `json:"cause,omitzero"` // of the execution whose end it is
	Status  Status         `json:"status"`
	Why     string         `json:"why,omitempty"` // it could not be processed
	Rules   int            `json:"rules"`         // how many matched
}

// Payload is what an event carries. Whole numbers stay whole on their way through the store.
type Payload struct{ Data any }

// MarshalJSON implements json.Marshaler.
func (p Payload) MarshalJSON() ([]byte, error) { return json.Marshal(p.Data) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *Payload) UnmarshalJSON(data []byte) error {
	var err error
	p.Data, err = rule.Decode(data)
	return err
}

// Enforcement says what a rule made of an event: which execution, or why none.
type Enforcement struct {
	ID        string    `json:"id"`
	Rule      string    `json:"rule"`
	Instance  string    `json:"trigger_instance_id"`
	Execution string    `json:"execution_id,omitempty"`
	Status    string    `json:"status"` // succeeded or failed
	Reason    string    `json:"failure_reason,omitempty"`
	At        time.Time `json:"enforced_at"`
}

// The statuses of an Enforcement.
const (
	Succeeded    = "succeeded"
	FailedToFire = "failed"
)

// timerState is how far a timer was looked at.
type timerState struct {
	Last time.Time `json:"last"`
}

// switched is a rule that somebody turned on or off.
type switched struct {
	Rule    string    `json:"rule"`
	Enabled bool      `json:"enabled"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// storedRule is a rule that belongs to no pack.
type storedRule struct {
	Rule string    `json:"rule"`
	Text string    `json:"text"` // the rule's file
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// recordVersion is the version of the documents that this build writes.
const recordVersion = 1

// put makes the put of a record.
func put[T any](k store.Key, value T, want store.Version, ttl time.Duration) (store.Put, error) {
	data, err := store.Document[T]{V: recordVersion, Value: value}.Encode()
	return store.Put{Key: k, Data: data, If: want, TTL: ttl, Index: []store.Index{allIndex}}, err
}

func (x *Engine) putInstance(i Instance, want store.Version) (store.Put, error) {
	p, err := put(store.Key{Kind: kindInstance, ID: i.ID}, i, want, x.o.Retention)
	p.Index = append(p.Index, store.Index{Name: indexTrigger, Value: i.Trigger})
	return p, err
}

func (x *Engine) putEnforcement(e Enforcement) (store.Put, error) {
	p, err := put(store.Key{Kind: kindEnforcement, ID: e.ID}, e, store.Anything, x.o.Retention)
	p.Index = append(p.Index, store.Index{Name: indexRule, Value: e.Rule}, store.Index{Name: indexInstance, Value: e.Instance})
	return p, err
}
