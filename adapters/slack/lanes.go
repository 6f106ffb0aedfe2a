package slack

import (
	"context"
	"hash/fnv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

const (
	laneCount   = 16
	laneLength  = 256
	tries       = 4                // of an answer, which has no outbox behind it
	longestWait = 30 * time.Second // between two of them
	tellWithin  = 20 * time.Second
)

// job is a message on its way to the bot.
type job struct {
	event    Event
	delivery delivery
}

// told is an answer on its way to a person.
type told struct {
	event Event
	reply bot.Reply
	key   string // names the answer: it is given once
}

// with returns what is told with the reply in it, and false when there is none.
func (t told) with(r *bot.Reply) (told, bool) {
	if r == nil {
		return t, false
	}
	t.reply = *r
	return t, true
}

// lanes keep the messages of a channel in their order while channels do not wait for each other. Answers go out beside them, so that
// a slow answer holds up no acknowledgement.
type lanes struct {
	w        *workspace
	receiver bot.Receiver
	in       []chan job
	out      []chan told
}

func newLanes(w *workspace, r bot.Receiver) *lanes {
	l := &lanes{w: w, receiver: r}
	for range laneCount {
		l.in = append(l.in, make(chan job, laneLength))
		l.out = append(l.out, make(chan told, laneLength))
	}
	return l
}

// put waits for room in the message's lane. While it waits the socket is not read, so Slack feels that the bot is behind.
func (l *lanes) put(ctx context.Context, j job) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(j.event.Message.Channel)) // it never fails
	select {
	case l.in[h.Sum32()%laneCount] <- j:
	case <-ctx.Done():
	}
}

// run works until ctx ends.
func (l *lanes) run(ctx context.Context) error {
	var group errgroup.Group
	for i := range laneCount {
		group.Go(func() error { return l.take(ctx, i) })
		group.Go(func() error { return l.answer(ctx, i) })
	}
	return group.Wait()
}

func (l *lanes) take(ctx context.Context, lane int) error {
	defer close(l.out[lane])
	for {
		select {
		case <-ctx.Done():
			return nil
		case j := <-l.in[lane]:
			t, ok := l.w.accept(ctx, l.receiver, j)
			if j.delivery.end != nil {
				j.delivery.end()
			}
			if !ok || l.w.caught.has(t.key) || !l.w.answered.add(t.key) {
				continue
			}
			select {
			case l.out[lane] <- t:
			default:
				l.w.log.ErrorContext(ctx, "an answer was dropped: too many wait for Slack", "op", "slack.answer.queue", "delivery", j.event.Message.Delivery)
			}
		}
	}
}

// answer tells people what take found, until take has ended. What was found before the end is still said.
func (l *lanes) answer(ctx context.Context, lane int) error {
	for t := range l.out[lane] {
		l.tell(ctx, t)
	}
	return nil
}

// tell tries a few times, because nothing else remembers the answer.
func (l *lanes) tell(ctx context.Context, t told) {
	for n := 1; ; n++ {
		calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellWithin)
		err := l.w.tell(calling, t)
		cancel()
		if err == nil {
			l.w.noteAnswered(context.WithoutCancel(ctx), t)
			return
		}
		wait := max(bot.ErrorWait(err), time.Second)
		if n == tries || wait > longestWait || !worthAnotherTry(err) || clock.Wait(ctx, l.w.opts.Clock, wait) != nil {
			l.w.log.ErrorContext(ctx, "an answer could not be given", "op", "slack.answer.tell", "delivery", t.event.Message.Delivery, "code", bot.ErrorCode(err), "err", err)
			return
		}
	}
}

func worthAnotherTry(err error) bool {
	return undecided(err) || bot.ErrorCode(err) == bot.CodeRateLimited
}
