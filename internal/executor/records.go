package executor

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/target"
)

// The kinds of records that the executor keeps, the queue that carries its work and the topics that wake it.
const (
	kindExecution  = "execution"
	kindResult     = "result"     // by execution id: what the handler returned
	kindDedupe     = "dedupe"     // by delivery: which execution it became
	kindReply      = "reply"      // by posting key: what the living reply shows
	kindDelivery   = "delivery"   // by posting key: what the platform has of it
	kindInquiry    = "inquiry"    // by execution id: the question that it waits on
	kindUnposted   = "unposted"   // by posting key: that the platform has nothing of it yet, found by its thread
	kindCheckpoint = "checkpoint" // by execution id and target

	workQueue   = "work"
	cancelTopic = "cancel" // payload: execution id
)

// How long the smaller records live after their last write. A dedupe key outlives every platform's last retry by far
// (reliability.md §1.2); a reply that no adapter took for a week has no reader any more.
const (
	dedupeLife     = 24 * time.Hour
	replyLife      = 7 * 24 * time.Hour
	checkpointLife = 7 * 24 * time.Hour
)

// endTopic is the topic on which the end of an execution is told.
func endTopic(id string) string { return "ended/" + id }

// allIndex finds executions by their ids, which are ordered by time.
var allIndex = store.Index{Name: "all"}

// The other indexes of executions, beside the one by target.
const (
	indexStatus = "status"
	indexAction = "action"
	indexWho    = "who"
	indexParent = "parent"
	indexTrace  = "trace"
	indexOpen   = "open" // of inquiries: yes or no
)

// record is an execution as it was read: its document and the version that a write must find.
type record struct {
	doc     store.Document[bot.Execution]
	version store.Version
}

func (r *record) execution() *bot.Execution { return &r.doc.Value }

// clone returns a copy whose execution can be moved without touching r's history.
func (r *record) clone() *record {
	c := *r
	e := &c.doc.Value
	e.History = append([]bot.Move(nil), e.History...)
	return &c
}

func (x *Executor) load(ctx context.Context, id string) (*record, error) {
	got, err := x.Store.Get(ctx, store.Key{Kind: kindExecution, ID: id})
	if err != nil {
		return nil, err
	}
	doc, err := store.Decode[bot.Execution](got.Data)
	if err != nil {
		return nil, err
	}
	return &record{doc: doc, version: got.Version}, nil
}

func (x *Executor) put(r *record) (store.Put, error) {
	data, err := r.doc.Encode()
	return store.Put{
		Key:   store.Key{Kind: kindExecution, ID: r.execution().ID},
		Data:  data,
		If:    r.version,
		Index: indexes(r.execution()),
		TTL:   x.o.Retention,
	}, err
}

// indexes returns by what an execution is found.
func indexes(e *bot.Execution) []store.Index {
	index := []store.Index{
		allIndex, {Name: indexStatus, Value: string(e.Status)}, {Name: indexAction, Value: e.Action}, {Name: indexWho, Value: e.Identity.ID},
	}
	for _, x := range []store.Index{{Name: indexParent, Value: e.Parent}, {Name: indexTrace, Value: e.Trace}} {
		if x.Value != "" {
			index = append(index, x)
		}
	}
	return append(index, target.Entries(target.Names(e.Targets))...)
}

// recordVersion is the version of the documents that this build writes.
const recordVersion = 1

func document[T any](value T) store.Document[T] {
	return store.Document[T]{V: recordVersion, Value: value}
}

// putValue makes the put of a record that nothing else writes at the same time.
func putValue[T any](k store.Key, value T, ttl time.Duration) (store.Put, error) {
	data, err := document(value).Encode()
	return store.Put{Key: k, Data: data, If: store.Anything, TTL: ttl}, err
}
