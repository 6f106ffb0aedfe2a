// Package store is the contract of the one place where state lives: records with compare-and-set and expiry, secondary
// indexes, queues with delay, lease and fence, and one atomic batch over all of them. Domain logic is written above it, once;
// the drivers (store/sqlite, store/redis) know nothing of executions. storetest is the contract as a test.
package store

import (
	"context"
	"time"
)

// Store is one driver. Every method returns a *bot.Error: CodeUnavailable when the store cannot be reached or written,
// CodeInvalid for a call that breaks the contract, CodeCanceled or CodeTimeout when ctx had ended before the call took
// effect, and what each method names. After CodeUnavailable the outcome of a write is unknown: look before doing it again.
type Store interface {
	Records
	Queue
	Locks
	Logs
	Bus
	// Now returns the store's time: what every deadline that two processes compare is reckoned in. It never goes back.
	Now(ctx context.Context) (time.Time, error)
	// Epoch names the memory behind the store. It changes when the store may have lost what it had confirmed: when it was emptied or made
	// anew, and for Redis also when the server restarted or another one took over. Whoever keeps count of what was accepted looks it over
	// then. A copy of a SQLite file that is put back has the epoch of the file.
	Epoch(ctx context.Context) (string, error)
	// Close ends the driver's own goroutines and releases what it holds.
	Close() error
}

// Records are JSON documents with a version each.
type Records interface {
	// Commit applies the batch wholly or not at all, durably, before it returns. CodeFenced: a claim in it is no longer the
	// current one, or its lease has ended. CodeConflict: the claims hold, and a condition of a put or delete did not.
	Commit(ctx context.Context, b Batch) error
	// Get returns a record. CodeNotFound when there is none or it has expired.
	Get(ctx context.Context, k Key) (Record, error)
	// List returns records that carry an index entry, in the order of their ids, at most MaxPage of them.
	List(ctx context.Context, q Query) (Page, error)
	// Sweep removes up to limit records that have expired and reports how many it removed. The janitor calls it; what has
	// expired is absent for everybody else at once.
	Sweep(ctx context.Context, limit int) (int, error)
}

// Queue carries work: an entry holds only an id; the record of that id is the truth.
type Queue interface {
	// Claim leases up to o.Max entries that are due, longest due first: new ones, and ones whose lease has ended without
	// word from their owner. Each claim has a higher fence than any before it in the store. No due entry is no error.
	Claim(ctx context.Context, o ClaimOptions) ([]Claim, error)
	// Renew makes the leases of the claims end lease from now, and returns those that are lost.
	Renew(ctx context.Context, lease time.Duration, claims []Claim) (lost []Claim, err error)
	// Due returns how long until the next entry of the queue can be claimed: zero when one can be now, and false when the
	// queue is empty.
	Due(ctx context.Context, queue string) (time.Duration, bool, error)
	// Missing returns those of the ids, at most MaxPage of them, that have no entry in the queue, or one that can never be claimed
	// because somebody damaged the queue by hand. Enqueueing mends both.
	Missing(ctx context.Context, queue string, ids []string) ([]string, error)
}

// Bus wakes waiters. It is a hint and not a record: a notice may be lost, so a waiter also looks by itself, once a second.
type Bus interface {
	// Subscribe delivers the notices of one topic until ctx ends, then closes the channel. A slow reader loses the oldest
	// notices, never the newest.
	Subscribe(ctx context.Context, topic string) (<-chan string, error)
}

// QueueTopic is the topic on which a driver tells, with an empty payload, that a queue got an entry or got one back.
func QueueTopic(queue string) string { return "queue/" + queue }

// Key names a record.
type Key struct {
	Kind string // such as execution
	ID   string
}

// Record is a stored document.
type Record struct {
	Key     Key
	Version Version
	Data    []byte // a JSON object
}

// Version counts the writes of a record, from 1.
type Version int64

// Conditions of a put or delete in place of a version.
const (
	Absent   Version = 0  // there must be no such record
	Anything Version = -1 // no condition
)

// Index is a secondary index entry of a record: it is found by Name and Value, in the order of its id.
type Index struct {
	Name  string
	Value string
}

// MaxPage is how many records one List returns, and how many entries one Claim takes, at the most.
const MaxPage = 500

// Query asks for records of one kind by one index.
type Query struct {
	Kind   string
	Index  Index
	Prefix string // only ids that begin with it
	After  string // only ids past it in the asked order: the Next of the page before
	Newest bool   // descending ids
	Limit  int    // 1 to MaxPage; 0 is MaxPage
}

// Page is a part of a List. Next is empty on the last page.
type Page struct {
	Records []Record
	Next    string
}

// ClaimOptions say who claims what.
type ClaimOptions struct {
	Queue string
	Owner string // who claims, for people who look
	Lease time.Duration
	Max   int // 1 to MaxPage
}

// Claim is the right to work on one entry, as long as its lease lasts and no higher fence exists.
type Claim struct {
	Queue  string
	ID     string
	Fence  int64 // from 1
	Deaths int   // how many leases of this entry ended without word since it was last released
}
