package store

import "time"

// Batch is one atomic step. The zero value of each part does nothing. A batch names each key and each entry at most once,
// so the order of its parts has no meaning.
type Batch struct {
	Puts    []Put
	Deletes []Delete
	Guards  []Claim // the batch holds only while these claims are current
	// Enqueue adds work. An entry that waits already takes the earlier time. One that is claimed keeps its lease and is
	// marked: finishing the claim then puts the entry back, due after the delay, instead of removing it. The delay counts
	// from this commit.
	Enqueue []Entry
	Finish  []Claim   // as a guard; the entry is removed unless it was enqueued again meanwhile
	Release []Release // as a guard; the entry can be claimed again after the delay (or when its mark is due), deaths forgotten
	Remove  []Entry   // takes entries out of the queue, claimed or not; the holder of a claim is fenced by it
	Append  []Line    // lines added to logs, in this order
	Notify  []Notice  // sent once the batch is durable
}

// Put writes a record.
type Put struct {
	Key   Key
	Data  []byte  // a JSON object; a driver does not look into it
	If    Version // the version that must be there, Absent or Anything
	Index []Index // replaces the record's index entries
	// TTL is how long the record lives from now on. It must be positive: every key has an expiry.
	TTL time.Duration
}

// Delete removes a record with its index entries. Removing what is not there is no error under Anything.
type Delete struct {
	Key Key
	If  Version
}

// Entry names an entry of a queue.
type Entry struct {
	Queue string
	ID    string
	Delay time.Duration // before it can be claimed; ignored by Remove
}

// Release gives a claim back.
type Release struct {
	Claim Claim
	Delay time.Duration
}

// Notice wakes the subscribers of a topic.
type Notice struct {
	Topic   string
	Payload string // short: at most MaxPayload bytes
}

// MaxPayload is the longest payload of a notice, in bytes.
const MaxPayload = 1024
