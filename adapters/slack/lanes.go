package slack

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/lane"
)

// maxAsked is how many questions for values wait; more are not answered.
const maxAsked = 256

// job is a message on its way to the bot.
type job struct {
	event    Event
	delivery delivery
}

// told is an answer on its way to a person.
type told struct {
	event Event
	reply bot.Reply
	form  *bot.Form // opened instead of the reply where that is possible
	// opening is what became of that; nil where it was not tried.
	opening *opening
	home    bool   // the App home is drawn anew
	key     string // names the answer: it is given once
}

// with returns what is told with the reply in it, and false when there is none.
func (t told) with(r *bot.Reply) (told, bool) {
	if r == nil {
		return t, false
	}
	t.reply = *r
	return t, true
}

// lanes take what one workspace says to the bot.
type lanes struct {
	*lane.Lanes[job, told]
	w        *workspace
	receiver bot.Receiver
	asked    chan job // questions for values of a field
	openings errgroup.Group
}

func newLanes(w *workspace, r bot.Receiver) *lanes {
	l := &lanes{w: w, receiver: r, asked: make(chan job, maxAsked)}
	l.openings.SetLimit(maxOpenings)
	l.Lanes = lane.New(lane.Parts[job, told]{
		Clock: w.opts.Clock, Place: func(j job) string { return j.event.Message.Channel }, Take: l.take, Name: func(t told) string { return t.key },
		Tell: l.tell, Lost: l.lost, Given: w.answered,
	})
	return l
}

// run works until ctx ends.
func (l *lanes) run(ctx context.Context) error {
	var group errgroup.Group
	for range suggesters {
		group.Go(func() error { return l.suggest(ctx) })
	}
	group.Go(func() error { return l.Run(ctx) })
	return errors.Join(group.Wait(), l.openings.Wait())
}

// take hands a message to the bot and returns what is to be told. What was read from the history is answered by whoever read it.
func (l *lanes) take(ctx context.Context, j job) (told, bool) {
	if j.delivery.end != nil {
		defer j.delivery.end()
	}
	t, ok := l.w.accept(ctx, l.receiver, j)
	if !ok || l.w.caught.Has(t.key) {
		return t, false
	}
	t.opening = l.begin(ctx, t)
	return t, true
}

func (l *lanes) tell(ctx context.Context, t told) error {
	if err := l.show(ctx, t); err != nil {
		return err
	}
	l.w.noteAnswered(ctx, t)
	return nil
}

func (l *lanes) lost(ctx context.Context, t told, err error) {
	l.w.log.ErrorContext(ctx, "an answer could not be given", "op", "slack.answer.tell", "delivery", t.event.Message.Delivery, "code", bot.ErrorCode(err), "err", err)
}
