package executor

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
)

const (
	postsAtOnce    = 32 // most of a call is waiting: for the store, and for the platform
	maxPostBackoff = time.Minute
)

// delivery is what the platform has of a posting.
type delivery struct {
	Ref    string        `json:"ref"`
	Shown  store.Version `json:"shown"`
	At     time.Time     `json:"at"`               // when the adapter was called last
	Failed int           `json:"failed,omitempty"` // calls in a row that failed
	Wait   time.Duration `json:"wait,omitempty"`   // after the last one, as the platform asked or by backoff
}

// pause is how long after the last call the next one may be made. New content does not shorten the wait after a failure.
func (d delivery) pause(next bot.Reply) time.Duration {
	switch {
	case d.Failed > 0:
		return d.Wait
	case d.Ref == "", next.Final():
		return 0
	}
	return editPause
}

// Deliver posts and edits replies through one adapter until ctx ends. A post that is begun is finished, or it would be made twice.
func (x *Executor) Deliver(ctx context.Context, a bot.Adapter) error {
	var group errgroup.Group
	err := x.consume(ctx, intake{outboxQueue(a.Name()), x.o.Lease, postsAtOnce}, func(h hold, done func()) {
		group.Go(func() error {
			defer done()
			x.deliver(context.WithoutCancel(ctx), a, h)
			return nil
		})
	})
	return errors.Join(err, group.Wait())
}

// deliver brings one message of the platform up to date.
func (x *Executor) deliver(ctx context.Context, a bot.Adapter, h hold) {
	b, err := x.deliverBatch(ctx, a, h.Claim)
	if err == nil {
		err = x.Store.Commit(ctx, b)
		for x.worthAnotherTry(ctx, err, h.until) { // a post that is not on record would be made again
			err = x.Store.Commit(ctx, b)
		}
	}
	if err != nil {
		x.Log.WarnContext(ctx, "could not record a delivery; it will be looked at again", "execution", h.ID, "op", "executor.outbox.deliver", "code", bot.ErrorCode(err), "err", err)
	}
}

func (x *Executor) deliverBatch(ctx context.Context, a bot.Adapter, c store.Claim) (store.Batch, error) {
	finished := store.Batch{Finish: []store.Claim{c}}
	got, err := x.Store.Get(ctx, store.Key{Kind: kindReply, ID: c.ID})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return finished, nil
	}
	if err != nil {
		return store.Batch{}, err
	}
	posting, err := store.Decode[bot.Posting](got.Data)
	if err != nil {
		return store.Batch{}, err
	}
	d, err := x.delivered(ctx, c.ID)
	if err != nil || d.Shown == got.Version {
		return finished, err
	}
	now, err := x.Store.Now(ctx)
	if err != nil {
		return store.Batch{}, err
	}
	wait := d.pause(posting.Value.Reply) - now.Sub(d.At)
	var turn turn
	if d.Ref == "" && wait <= 0 {
		if turn, err = x.turn(ctx, posting.Value, now); err != nil {
			return store.Batch{}, err
		}
		wait = turn.wait
	}
	if wait > 0 {
		return store.Batch{Release: []store.Release{{Claim: c, Delay: wait}}}, nil
	}
	b := finished
	wait, held := x.call(ctx, a, &d, posting.Value)
	if held {
		return store.Batch{Release: []store.Release{{Claim: c, Delay: wait}}}, nil
	}
	d.At = now
	if wait > 0 {
		b = store.Batch{Release: []store.Release{{Claim: c, Delay: wait}}}
	} else {
		d.Shown = got.Version
		turn.pass(&b)
	}
	put, err := putValue(store.Key{Kind: kindDelivery, ID: c.ID}, d, replyLife)
	b.Puts = []store.Put{put}
	return b, err
}

// call makes one call to the platform and returns how long to wait before the next try; 0 when it went well. held says that the adapter put
// it off without asking the platform: that is no failure, and a result does not wait for it.
func (x *Executor) call(ctx context.Context, a bot.Adapter, d *delivery, p bot.Posting) (wait time.Duration, held bool) {
	// A call and the writes after it fit into the lease.
	ctx, cancel := context.WithTimeout(ctx, x.o.Lease*2/3)
	defer cancel()
	err := post(ctx, a, d, p)
	if err == nil {
		d.Failed, d.Wait = 0, 0
		return 0, false
	}
	if bot.ErrorCode(err) == bot.CodeHeld {
		return max(bot.ErrorWait(err), editPause), true
	}
	d.Failed++
	d.Wait = x.leaveAlone(d.Failed, err)
	x.Log.WarnContext(ctx, "could not post a reply; it will be tried again", "execution", p.Key, "op", "executor.outbox.post", "code", bot.ErrorCode(err), "ms", d.Wait.Milliseconds(), "err", err)
	return d.Wait, false
}

func (x *Executor) delivered(ctx context.Context, key string) (delivery, error) {
	got, err := x.Store.Get(ctx, store.Key{Kind: kindDelivery, ID: key})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return delivery{}, nil
	}
	if err != nil {
		return delivery{}, err
	}
	doc, err := store.Decode[delivery](got.Data)
	return doc.Value, err
}

// post calls the adapter: the first time it posts, later it edits.
func post(ctx context.Context, a bot.Adapter, d *delivery, p bot.Posting) error {
	if err := failpoint.Hit(ctx, failpoint.ReplyBefore); err != nil {
		return err
	}
	defer func() { _ = failpoint.Hit(ctx, failpoint.ReplyAfter) }() // what was posted stays posted
	if d.Ref != "" {
		return a.Edit(ctx, d.Ref, p)
	}
	ref, err := a.Post(ctx, p)
	if err == nil {
		d.Ref = ref
	}
	return err
}

// leaveAlone is how long nothing is tried after a failure. A platform that says how long it wants to be left alone is not asked for more patience
// with each time: many postings share what it allows, and most of them find it used up. They only do not come back all at once.
func (x *Executor) leaveAlone(failed int, err error) time.Duration {
	wait, asked := backoff(failed), bot.ErrorWait(err)
	if bot.ErrorCode(err) != bot.CodeRateLimited || asked == 0 {
		return max(wait, asked)
	}
	return asked + random.Jitter(x.Random, min(wait-backoff(1), asked))
}

// backoff doubles from a second, up to maxPostBackoff.
func backoff(failed int) time.Duration {
	return min(time.Second<<min(failed-1, 10), maxPostBackoff)
}

// Announce posts a message to a channel that belongs to no question. The same key is posted once, however often it is announced. CodeInvalid:
// the place is one where nobody reads.
func (x *Executor) Announce(ctx context.Context, p bot.Posting) error {
	var b store.Batch
	if err := AddPosting(&b, p); err != nil {
		return err
	}
	b.Puts[0].If = store.Absent
	err := x.Store.Commit(ctx, b)
	if bot.ErrorCode(err) == bot.CodeConflict {
		return nil
	}
	return err
}

// AddPosting puts a message that belongs to no execution, or what it says from now on, into the batch. CodeInvalid: the place is one where
// nobody reads.
func AddPosting(b *store.Batch, p bot.Posting) error {
	if unread(p.Origin) {
		return bot.E(bot.CodeInvalid, "executor.outbox.announce",
			"Nobody reads the channel "+p.Origin.Channel+" of a "+p.Origin.Adapter+". Name it in full, as in slack:T012/C345 or console:ops.", nil)
	}
	return addPosting(b, p, 0)
}
