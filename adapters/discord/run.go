package discord

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/lane"
)

const (
	// answerWithin is how long the bot may take to accept an interaction: Discord waits three seconds for its answer.
	answerWithin = 2500 * time.Millisecond
	// acceptWithin is the same of a message, which waits for nothing.
	acceptWithin = 10 * time.Second
	// completeWithin leaves a completion the time to be sent.
	completeWithin = 2 * time.Second
	// patience is between tries to reach Discord, longPause where only a person can mend what is wrong.
	patience  = 5 * time.Second
	longPause = time.Minute
	// maxCompletions are asked for at once; more are not answered, and the person types on.
	maxCompletions = 16
)

// job is an event on its way to the bot.
type job struct {
	Event
	late bool   // it was read from the history
	done func() // the session need not deliver it again
}

// told is an answer on its way to a person.
type told struct {
	posting bot.Posting
	private bool
}

// intake takes events in while Run is at work.
type intake struct {
	a           *Adapter
	receiver    bot.Receiver
	reader      Reader
	lanes       *lane.Lanes[job, told]
	completions errgroup.Group
	drafts      drafts
}

// Run listens to Discord and hands what people say to r until ctx ends. While Discord cannot be reached, or refuses the token, it is tried
// again. A fault that only a person can mend stops the listening; it is logged with what to do, and the bot still delivers what it can.
func (a *Adapter) Run(ctx context.Context, r bot.Receiver) error {
	defer a.Close()
	a.hearing.deaf(a.opts.Clock.Now())
	me, ok := a.introduce(ctx)
	a.hearing.hears()
	if !ok {
		return nil
	}
	in := &intake{a: a, receiver: r, reader: a.reader(me)}
	in.completions.SetLimit(maxCompletions)
	in.lanes = lane.New(lane.Parts[job, told]{
		Clock: a.opts.Clock, Place: func(j job) string { return j.Message.Channel }, Take: in.take, Name: func(t told) string { return t.posting.Key },
		Tell: in.tell, Lost: in.lost,
	})
	a.listen(in)
	var group errgroup.Group
	group.Go(func() error { return in.lanes.Run(ctx) })
	group.Go(func() error {
		return a.opts.Seat.Hold(ctx, func(ctx context.Context) error { return newGateway(a, in).run(ctx) })
	})
	err := group.Wait()
	a.listen(nil)             // nothing begins after this
	_ = in.completions.Wait() // they return no errors
	return err
}

func (a *Adapter) listen(in *intake) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.intake = in
}

// introduce asks Discord who the bot is until it answers. It returns false when ctx ended first.
func (a *Adapter) introduce(ctx context.Context) (Self, bool) {
	for {
		me, err := a.self(ctx)
		if err == nil {
			a.log.InfoContext(ctx, "joined Discord", "op", "discord.bot.join", "app", me.App, "bot", me.User)
			return me, true
		}
		pause := max(patience, bot.ErrorWait(err))
		if bot.ErrorCode(err) == bot.CodeAuth {
			pause = longPause
		}
		if ctx.Err() == nil {
			a.log.ErrorContext(ctx, "cannot join Discord; trying again", "op", "discord.bot.join", "code", bot.ErrorCode(err), "text", bot.ErrorText(err), "ms", pause.Milliseconds(), "err", err)
		}
		if clock.Wait(ctx, a.opts.Clock, pause) != nil {
			return Self{}, false
		}
	}
}

// sort decodes an event and puts it into its lane. done is called once it need not come again. It returns false where nothing can be read.
func (in *intake) sort(ctx context.Context, kind string, data []byte, done func()) (read bool) {
	e, err := in.reader.Decode(kind, data)
	switch {
	case err != nil: // to be told again would not help
		in.a.log.WarnContext(ctx, "could not read what Discord sent", "op", "discord.event.decode", "kind", kind, "err", err)
	case e.Ignored != "":
		in.a.log.DebugContext(ctx, "ignored an event", "op", "discord.event.sort", "kind", kind, "why", string(e.Ignored))
		in.decline(ctx, e)
	case e.Hook != nil && e.Hook.Kind == interactionComplete:
		background := context.WithoutCancel(ctx) // it has deadlines of its own
		in.completions.TryGo(func() error {
			in.offer(background, e)
			return nil
		})
	default:
		in.lanes.Put(ctx, job{Event: e, done: done})
		return true // whoever takes it is done with it; what found no room before the end comes again
	}
	done()
	return err == nil
}

// decline answers an interaction that the bot has no use for, so that its person is not left waiting.
func (in *intake) decline(ctx context.Context, e Event) {
	if e.Hook == nil || e.Ignored == IgnoredApp {
		return
	}
	ctx = context.WithoutCancel(ctx)
	in.completions.TryGo(func() error {
		r := response{Type: respondChoices, Data: object{"choices": []object{}}}
		if e.Hook.Kind != interactionComplete {
			r = in.said(bot.Problem("I do not know this command or button any more. Type /" + in.a.opts.Command + " help."))
		}
		if err := in.a.respond(ctx, *e.Hook, r, nil); err != nil {
			in.a.log.DebugContext(ctx, "could not decline an interaction", "op", "discord.interaction.decline", "code", bot.ErrorCode(err), "err", err)
		}
		return nil
	})
}

// said is a reply as an answer that only its person sees where it is private. Its files have to be sent beside it.
func (in *intake) said(r bot.Reply) response {
	body, _ := draw(r, "")
	if r.Private {
		body.Flags = flagEphemeral
	}
	return response{Type: respondReply, Data: body}
}

// take hands an event to the bot and answers it once it is durable. It returns what is still to be told, if anything.
func (in *intake) take(ctx context.Context, j job) (told, bool) {
	m := j.Message
	var err error
	answered := false
	if j.Hook != nil {
		answered, err = in.a.hooks.open(ctx, *j.Hook)
	}
	if j.Hook != nil && failpoint.Mutant(failpoint.AckBeforeAccept) {
		_ = in.a.respond(ctx, *j.Hook, response{Type: respondDeferred}, nil) // a defect asks for no answer
		j.done()
	}
	var answer bot.Answer
	if err == nil {
		limit := acceptWithin
		if j.Hook != nil {
			limit = answerWithin
		}
		limited, cancel := context.WithTimeout(ctx, limit)
		answer, err = in.receiver.Receive(limited, m)
		cancel()
	}
	if err != nil {
		return in.notTaken(ctx, j, err)
	}
	if j.late && answer.Execution != "" {
		if err := in.a.Mark(ctx, m, bot.MarkLate); err != nil {
			in.a.log.WarnContext(ctx, "could not mark a message as late", "op", "discord.message.mark", "delivery", m.Delivery, "code", bot.ErrorCode(err), "err", err)
		}
	}
	j.done()
	if answered { // before it was delivered again
		return told{}, false
	}
	return in.answer(ctx, j, answer, m.Delivery)
}

// notTaken says that an event was not accepted. A message is read from the history again only if the store forgets, so the person is told
// to type it again; so it is with interactions.
func (in *intake) notTaken(ctx context.Context, j job, err error) (told, bool) {
	if ctx.Err() != nil {
		return told{}, false // the session delivers it again, here or elsewhere
	}
	text := bot.ErrorText(err)
	if text == "" {
		in.a.log.ErrorContext(ctx, "message was not accepted", "op", "discord.message.accept", "code", bot.ErrorCode(err), "delivery", j.Message.Delivery, "err", err)
		text = fmt.Sprintf("Something unexpected happened and the command was not accepted. Quote %s to whoever runs Petrel.", j.Message.Delivery)
	}
	j.done()
	reply := bot.Problem(text)
	return in.answer(ctx, j, bot.Answer{Reply: &reply}, j.Message.Delivery+"/refused") // the same delivery may be accepted later
}

// answer answers an interaction at once, and returns what is to be told otherwise.
func (in *intake) answer(ctx context.Context, j job, answer bot.Answer, key string) (told, bool) {
	say := told{posting: bot.Posting{Key: key, Origin: j.Message.Origin}}
	form := in.form(j, &answer)
	if answer.Reply != nil {
		say.posting.Reply, say.private = *answer.Reply, answer.Reply.Private
	}
	if j.Hook == nil {
		return say, answer.Reply != nil
	}
	r, files, used := in.response(j, answer, form)
	err := in.a.respond(ctx, *j.Hook, r, files)
	if settleErr := in.a.hooks.settle(ctx, j.Hook.ID, used, err); settleErr != nil {
		in.a.log.WarnContext(ctx, "could not note the answer to an interaction", "op", "discord.interaction.settle", "code", bot.ErrorCode(settleErr), "err", settleErr)
	}
	if err == nil {
		return say, false
	}
	in.a.log.WarnContext(ctx, "could not answer an interaction in time; the answer goes to the channel", "op", "discord.interaction.answer", "delivery", j.Message.Delivery, "code", bot.ErrorCode(err), "err", err)
	return say, answer.Reply != nil
}

// form returns the form that the answer is given with. Discord opens none behind a message or another form: there the answer in words has
// a button for it, and what was filled in is kept until it is pressed.
func (in *intake) form(j job, answer *bot.Answer) any {
	if j.Hook != nil && j.Hook.Kind == interactionForm {
		in.drafts.keep(j.Message)
	}
	if answer.Form == nil {
		return nil
	}
	form, ok := RenderForm(in.drafts.filled(j.Message.Origin, *answer.Form))
	if !ok {
		return nil
	}
	if j.Hook != nil && j.Hook.Kind != interactionForm {
		return form
	}
	if answer.Reply != nil {
		reply := *answer.Reply
		reply.Blocks = append(slices.Clone(reply.Blocks), bot.Block{Buttons: []bot.Button{{Label: "Fill in a form", Command: answer.Form.Command}}})
		answer.Reply = &reply
	}
	return nil
}

// response is the answer to an interaction. used says that it leaves no room for a living message to be filled in.
func (in *intake) response(j job, answer bot.Answer, form any) (r response, files []bot.File, used bool) {
	switch {
	case form != nil:
		return response{Type: respondForm, Data: form}, nil, true
	case answer.Reply != nil:
		_, files = draw(*answer.Reply, "")
		return in.said(*answer.Reply), files, true
	case answer.Execution != "":
		return response{Type: respondDeferred}, nil, false
	case j.Hook.Kind == interactionComponent:
		return response{Type: respondNoted}, nil, true
	}
	return in.said(bot.Reply{Title: "Accepted.", Private: true}), nil, true
}

// tell shows a reply that belongs to no execution to whoever wrote the message.
func (in *intake) tell(ctx context.Context, t told) error {
	if t.private && t.posting.Origin.Workspace != "" {
		return in.a.tellPrivately(ctx, t.posting)
	}
	_, err := in.a.post(ctx, t.posting)
	return err
}

func (in *intake) lost(ctx context.Context, t told, err error) {
	in.a.log.ErrorContext(ctx, "an answer could not be given", "op", "discord.answer.tell", "delivery", t.posting.Key, "code", bot.ErrorCode(err), "err", err)
}
