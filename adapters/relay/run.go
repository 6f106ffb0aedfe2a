package relay

import (
	"context"
	"hash/fnv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/failpoint"
)

// delivery is a message that waits for its turn.
type delivery struct {
	id    string
	retry int
	at    time.Time // when it came
	bot.Message
}

// busy begins the key of the answer that there is too much to do.
const busy = "busy"

// Run keeps the sockets open and hands each message to r until ctx ends; it then returns nil.
func (a *Adapter) Run(ctx context.Context, r bot.Receiver) error {
	defer a.client.http.CloseIdleConnections()
	var parts errgroup.Group
	for range a.o.Sockets {
		parts.Go(func() error { return a.listen(ctx) })
	}
	for _, lane := range a.lanes {
		parts.Go(func() error {
			return each(ctx, lane, func(d delivery) { a.take(ctx, r, d) })
		})
	}
	for range lanes {
		parts.Go(func() error {
			return each(ctx, a.late, func(d delivery) { a.turnAway(ctx, d) })
		})
	}
	return parts.Wait()
}

// each calls do for what comes until ctx ends.
func each(ctx context.Context, from <-chan delivery, do func(delivery)) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case d := <-from:
			do(d)
		}
	}
}

// queue puts a delivery into the lane of its author. Where there is no room it is turned away, so that the socket is never held up.
func (a *Adapter) queue(d delivery) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(d.User)) // it cannot fail
	select {
	case a.lanes[h.Sum32()%lanes] <- d:
		return
	default:
	}
	select {
	case a.late <- d:
	default: // it is not acknowledged, so the chat brings it again
	}
}

// take handles one message: it is accepted or answered, then acknowledged.
func (a *Adapter) take(ctx context.Context, r bot.Receiver, d delivery) {
	switch gone, err := a.turnedAway(ctx, d); {
	case gone:
		a.acknowledge(ctx, d)
		return
	case err != nil: // the chat brings it once more, or its author sees no mark
		return
	}
	if failpoint.Mutant(failpoint.AckBeforeAccept) || d.retry > 0 && failpoint.Mutant(failpoint.DropRetries) {
		a.acknowledge(ctx, d)
	}
	if d.retry > 0 && failpoint.Mutant(failpoint.DropRetries) {
		return
	}
	// The chat wants to hear within 3 s. Whatever was written by then is found by its dedupe key when the message comes again.
	limited, cancel := context.WithTimeout(ctx, a.limit(d))
	defer cancel()
	answer, err := r.Receive(limited, d.Message)
	switch {
	case ctx.Err() != nil && err != nil: // another process takes it
		return
	case err != nil:
		a.refuse(ctx, d, err)
		return
	case answer.Reply != nil:
		if _, err := a.Post(ctx, d.posting("answer", *answer.Reply)); err != nil {
			a.o.Log.WarnContext(ctx, "could not answer a message; the chat brings it again", "op", "relay.message.take", "delivery", d.id, "code", bot.ErrorCode(err), "err", err)
			return
		}
	}
	a.acknowledge(ctx, d)
}

// limit is how long a message may take. One that has waited is tried all the same, but shortly: it may have come to another process
// as well and be accepted there, so it must not be turned away.
func (a *Adapter) limit(d delivery) time.Duration {
	if d.retry == 0 && a.o.Clock.Now().Sub(d.at) > laneLimit {
		return lateLimit
	}
	return receiveLimit
}

// posting is an answer to the message. Its key names what kind of answer it is, so that each is given once.
func (d delivery) posting(kind string, r bot.Reply) bot.Posting {
	return bot.Posting{Key: kind + "/" + d.Delivery, Origin: d.Origin, Reply: r}
}

// refuse says that a message is not accepted yet. It is not acknowledged: the chat brings it again.
func (a *Adapter) refuse(ctx context.Context, d delivery, cause error) {
	text := bot.ErrorText(cause)
	if text == "" {
		text = "Something unexpected happened."
	}
	a.o.Log.WarnContext(ctx, "a message was not accepted", "op", "relay.message.refuse", "delivery", d.id, "code", bot.ErrorCode(cause), "err", cause)
	r := bot.Problem(text, bot.TextBlock("Your message is not accepted yet. The chat brings it again within minutes: wait for that before you type it again."))
	_, err := a.Post(ctx, d.posting("refused", r))
	a.untold(ctx, d, err)
}

// turnAway says that there is too much to do. A delivery that came before may have been accepted then, so only the first is answered. It
// is acknowledged before it is answered, unlike all others: while the answer is slow, which it is when there is too much to do, the chat
// would bring the message again, and it would run although its author was told that it does not. Should the process die in between,
// its author sees neither a mark nor an answer.
func (a *Adapter) turnAway(ctx context.Context, d delivery) {
	if d.retry > 0 || !a.acknowledge(ctx, d) {
		return
	}
	r := bot.Problem("There is too much to do right now, and your message was not accepted.", bot.TextBlock("Type it again in a minute."))
	_, err := a.create(ctx, d.posting(busy, r))
	a.untold(ctx, d, err)
}

// turnedAway reports whether the author of a message that comes again was told to type it again. An error means that nobody knows.
func (a *Adapter) turnedAway(ctx context.Context, d delivery) (bool, error) {
	if d.retry == 0 {
		return false, nil
	}
	ref, err := a.find(ctx, d.posting(busy, bot.Reply{}).Key)
	return ref != "", err
}

// untold logs that an answer of the adapter's own could not be given.
func (a *Adapter) untold(ctx context.Context, d delivery, err error) {
	if err != nil && ctx.Err() == nil {
		a.o.Log.WarnContext(ctx, "could not tell that a message was not accepted", "op", "relay.message.tell", "delivery", d.id, "code", bot.ErrorCode(err), "err", err)
	}
}

// acknowledge tells the chat that it need not bring the message again. Where that fails it does, and the dedupe key is there.
func (a *Adapter) acknowledge(ctx context.Context, d delivery) bool {
	ctx = context.WithoutCancel(ctx) // it was accepted: a stop need not make the chat bring it again
	err := a.client.do(ctx, call{kind: "ack", method: "POST", path: "/v1/acks", body: map[string]string{"delivery": d.id}})
	if err != nil {
		a.o.Log.WarnContext(ctx, "could not acknowledge a message; the chat brings it again", "op", "relay.message.acknowledge", "delivery", d.id, "code", bot.ErrorCode(err), "err", err)
		return false
	}
	_ = failpoint.Hit(ctx, failpoint.AckAfter) // what is acknowledged stays so
	return true
}
