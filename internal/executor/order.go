package executor

import (
	"context"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// maxOrderWait is how long a message waits for the one before it in its thread. A message that the platform will not take must not hold
// up a thread for ever.
const maxOrderWait = 2 * time.Minute

// unposted says since when a message waits to be posted.
type unposted struct {
	Since time.Time `json:"since"`
}

// thread finds what is still to be posted in one thread, in the order in which it was accepted.
func thread(o bot.Origin) store.Index {
	return store.Index{Name: "thread", Value: strings.Join([]string{o.Adapter, o.Workspace, o.Channel, o.Thread}, "/")}
}

// addUnposted notes in the batch that the first message of an execution is on its way.
func addUnposted(b *store.Batch, e *bot.Execution) error {
	put, err := putValue(store.Key{Kind: kindUnposted, ID: e.ID}, unposted{e.Created}, replyLife)
	if err != nil {
		return err
	}
	put.Index = []store.Index{thread(e.Origin)}
	b.Puts = append(b.Puts, put)
	return nil
}

// turn is where a message that is to be posted stands among those of its thread.
type turn struct {
	wait  time.Duration // until it is looked at again, when another one comes first
	own   store.Key     // its note, if it has one
	queue string
	next  string // who comes after it
}

// turn looks whether it is this message's turn. Edits need none: they move nothing in the thread.
func (x *Executor) turn(ctx context.Context, p bot.Posting, now time.Time) (turn, error) {
	t := turn{queue: outboxQueue(p.Origin.Adapter)}
	page, err := x.Store.List(ctx, store.Query{Kind: kindUnposted, Index: thread(p.Origin)})
	if err != nil {
		return t, err
	}
	for _, r := range page.Records {
		switch {
		case r.Key.ID == p.Key:
			t.own = r.Key
		case t.own.ID != "":
			t.next = r.Key.ID
			return t, nil
		default:
			doc, err := store.Decode[unposted](r.Data)
			if err != nil {
				return t, err
			}
			if now.Sub(doc.Value.Since) < maxOrderWait {
				t.wait = scan
			}
		}
	}
	if t.own.ID == "" && page.Next == "" { // it never had a note: its alias wanted no ack, or it is an announcement
		t.wait = 0
	}
	return t, nil
}

// pass lets the next one have its turn, in the batch that puts on record that this one was posted.
func (t turn) pass(b *store.Batch) {
	if t.own.ID != "" {
		b.Deletes = append(b.Deletes, store.Delete{Key: t.own, If: store.Anything})
	}
	if t.next != "" {
		b.Enqueue = append(b.Enqueue, store.Entry{Queue: t.queue, ID: t.next})
	}
}
