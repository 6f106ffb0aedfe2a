package slack

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

// acceptWithin is how long the bot may take to accept a message: Slack waits three seconds for the acknowledgement.
const acceptWithin = 2500 * time.Millisecond

// refusedSuffix ends the key of what says that a message was not accepted.
const refusedSuffix = "/refused"

// Run listens to every workspace and hands what people say to r until ctx ends. A workspace that cannot be reached, or whose token is
// refused, is tried again and does not end the others.
func (a *Adapter) Run(ctx context.Context, r bot.Receiver) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, w := range a.workspaces {
		group.Go(func() error { return w.run(ctx, r) })
	}
	err := group.Wait()
	a.Close()
	return err
}

// run joins one workspace.
func (w *workspace) run(ctx context.Context, r bot.Receiver) error {
	w.heard.lost(w.opts.Clock.Now())
	me, ok := w.introduce(ctx)
	if !ok {
		return nil
	}
	w.heard.join(me.Team)
	reader := Reader{Self: me, Commands: w.opts.Commands, Name: w.opts.Name}
	var group errgroup.Group
	lanes := newLanes(w, r)
	group.Go(func() error { return lanes.run(ctx) })
	if w.opts.HTTP {
		w.inbox.Store(&inbox{reader: reader, lanes: lanes, ended: ctx.Done()})
		defer w.inbox.Store(nil)
		w.heard.back()
		w.log.InfoContext(ctx, "taking what Slack posts", "op", "slack.http.open", "workspace", me.Team)
		return group.Wait()
	}
	for range w.opts.Sockets {
		group.Go(func() error {
			return w.listen(ctx, func(ctx context.Context, d delivery) { w.sort(ctx, reader, lanes, d) })
		})
	}
	return group.Wait()
}

// introduce asks Slack who the bot is until it answers. It returns false when ctx ended first.
func (w *workspace) introduce(ctx context.Context) (Self, bool) {
	for {
		me, err := w.self(ctx)
		if err == nil {
			w.log.InfoContext(ctx, "joined a Slack workspace", "op", "slack.workspace.join", "workspace", me.Team, "bot", me.User)
			return me, true
		}
		pause := max(patience, bot.ErrorWait(err))
		if bot.ErrorCode(err) == bot.CodeAuth {
			pause = longPause
		}
		if ctx.Err() == nil {
			w.log.ErrorContext(ctx, "cannot join a Slack workspace; trying again", "op", "slack.workspace.join", "code", bot.ErrorCode(err), "text", bot.ErrorText(err), "ms", pause.Milliseconds(), "err", err)
		}
		if clock.Wait(ctx, w.opts.Clock, pause) != nil {
			return Self{}, false
		}
	}
}

// sort decodes a delivery and puts it into its lane. What is not for the bot, or cannot be read, is acknowledged at once: to be told
// again would not help.
func (w *workspace) sort(ctx context.Context, reader Reader, lanes *lanes, d delivery) {
	e, err := reader.Decode(d.kind, d.payload)
	switch {
	case err != nil:
		w.log.WarnContext(ctx, "could not read what Slack sent", "op", "slack.payload.decode", "kind", d.kind, "err", err)
	case e.Ignored != "":
		w.log.DebugContext(ctx, "ignored a delivery", "op", "slack.delivery.sort", "kind", d.kind, "why", string(e.Ignored))
	case e.Form != nil && e.Form.Field != "":
		lanes.question(ctx, job{e, d})
		return
	default:
		lanes.Put(ctx, job{e, d}) // while it waits nothing is read, so Slack feels that the bot is behind
		return
	}
	w.acknowledge(ctx, d)
}

func (w *workspace) acknowledge(ctx context.Context, d delivery) { w.respond(ctx, d, nil) }

// respond acknowledges a delivery with an answer.
func (w *workspace) respond(ctx context.Context, d delivery, answer any) {
	if err := d.ack(answer); err != nil {
		w.log.WarnContext(ctx, "could not acknowledge a delivery; Slack may send it again", "op", "slack.delivery.acknowledge", "err", err)
	}
}

// accept hands a message to the bot, acknowledges it once it is durable, and returns what the person is to be told at once, if anything.
func (w *workspace) accept(ctx context.Context, r bot.Receiver, j job) (say told, ok bool) {
	who, err := w.admit(ctx, j.event)
	j.event.Message.Email = who.email
	say = told{event: j.event, key: j.event.Message.Delivery}
	if j.event.Home && j.event.shows() { // who only looks is not told off
		who.refusal = nil
	}
	if err == nil && !who.heard {
		w.acknowledge(ctx, j.delivery)
		return say.with(who.refusal)
	}
	if err == nil && j.event.shows() {
		w.acknowledge(ctx, j.delivery)
		return say.showing(j.event), true
	}
	var answer bot.Answer
	if failpoint.Mutant(failpoint.AckBeforeAccept) {
		w.acknowledge(ctx, j.delivery)
	}
	if err == nil {
		limited, cancel := context.WithTimeout(ctx, acceptWithin)
		answer, err = r.Receive(limited, j.event.Message)
		cancel()
	}
	if j.event.Form != nil {
		return w.submitted(ctx, j, say, submission{answer, err})
	}
	if err == nil {
		w.acknowledge(ctx, j.delivery)
		say.form = answer.Form
		return say.with(answer.Reply)
	}
	say.key += refusedSuffix // the same delivery may be accepted later, and answered then
	return say.with(w.notTaken(ctx, j, err))
}

// notTaken says that a message was not accepted. A command or press is acknowledged, because Slack does not send it again. An event is
// not: Slack sends it again, and it may be accepted then.
func (w *workspace) notTaken(ctx context.Context, j job, err error) *bot.Reply {
	if ctx.Err() != nil {
		return nil
	}
	text := bot.ErrorText(err)
	if text == "" {
		w.log.ErrorContext(ctx, "message was not accepted", "op", "slack.message.accept", "code", bot.ErrorCode(err), "delivery", j.event.Message.Delivery, "err", err)
		text = fmt.Sprintf("Something unexpected happened and the command was not accepted. Quote %s to whoever runs Petrel.", j.event.Message.Delivery)
	}
	reply := bot.Problem(text)
	if j.delivery.kind != kindEvent {
		w.acknowledge(ctx, j.delivery)
		return &reply
	}
	if j.delivery.retry > 0 { // the person was told the first time
		return nil
	}
	reply.Blocks = append(reply.Blocks, bot.TextBlock("Slack hands it to me again within six minutes, so wait for an answer before you write it once more."))
	return &reply
}
