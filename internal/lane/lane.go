// Package lane keeps the messages of one place in their order while places do not wait for each other. What a message is answered with
// goes out beside the messages, so that a slow answer holds up no acknowledgement, and is tried a few times: no outbox is behind it.
package lane

import (
	"context"
	"hash/fnv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/remote"
)

const (
	count       = 16
	length      = 256
	tries       = 4
	longestWait = 30 * time.Second // between two of them
	tellWithin  = 20 * time.Second
)

// Parts are what lanes work with. A job is a message on its way to the bot, an answer is on its way to a person.
type Parts[Job, Answer any] struct {
	Clock clock.Clock
	// Place names where a job belongs: jobs of one place keep their order.
	Place func(Job) string
	// Take does a job, and returns what a person is to be told and whether there is anything.
	Take func(context.Context, Job) (Answer, bool)
	// Name names an answer: one that was given before is not given again.
	Name func(Answer) string
	// Tell tells a person.
	Tell func(context.Context, Answer) error
	// Lost hears of answers that could not be given.
	Lost func(context.Context, Answer, error)
	// Given are the names of the answers that are out or on their way, so that a redelivery is not answered twice. Nil is a new set.
	Given *Recent
}

// Lanes are at work while Run is.
type Lanes[Job, Answer any] struct {
	Parts[Job, Answer]
	in  []chan Job
	out []chan Answer
}

// New returns lanes.
func New[Job, Answer any](p Parts[Job, Answer]) *Lanes[Job, Answer] {
	if p.Given == nil {
		p.Given = NewRecent()
	}
	l := &Lanes[Job, Answer]{Parts: p}
	for range count {
		l.in = append(l.in, make(chan Job, length))
		l.out = append(l.out, make(chan Answer, length))
	}
	return l
}

// Put waits for room in the job's lane. Whoever reads the platform waits with it, so the platform feels that the bot is behind. It returns
// false when ctx ended first.
func (l *Lanes[Job, Answer]) Put(ctx context.Context, j Job) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(l.Place(j))) // it never fails
	select {
	case l.in[h.Sum32()%count] <- j:
		return true
	case <-ctx.Done():
		return false
	}
}

// Run works until ctx ends.
func (l *Lanes[Job, Answer]) Run(ctx context.Context) error {
	var group errgroup.Group
	for i := range count {
		group.Go(func() error { return l.take(ctx, i) })
		group.Go(func() error {
			l.answer(ctx, i)
			return nil
		})
	}
	return group.Wait()
}

func (l *Lanes[Job, Answer]) take(ctx context.Context, lane int) error {
	defer close(l.out[lane])
	for {
		select {
		case <-ctx.Done():
			return nil
		case j := <-l.in[lane]:
			a, ok := l.Take(ctx, j)
			if !ok || !l.Given.Add(l.Name(a)) {
				continue
			}
			select {
			case l.out[lane] <- a:
			default:
				l.Lost(ctx, a, bot.E(bot.CodeUnavailable, "lane.answer.queue", "Too many answers wait.", nil))
			}
		}
	}
}

// answer tells people what take found, until take has ended. What was found before the end is still said.
func (l *Lanes[Job, Answer]) answer(ctx context.Context, lane int) {
	for a := range l.out[lane] {
		l.tell(ctx, a)
	}
}

func (l *Lanes[Job, Answer]) tell(ctx context.Context, a Answer) {
	for n := 1; ; n++ {
		calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellWithin)
		err := l.Tell(calling, a)
		cancel()
		if err == nil {
			return
		}
		wait := max(bot.ErrorWait(err), time.Second)
		if n == tries || wait > longestWait || !remote.WorthAnotherTry(err) || clock.Wait(ctx, l.Clock, wait) != nil {
			l.Lost(ctx, a, err)
			return
		}
	}
}
