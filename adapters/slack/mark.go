package slack

import (
	"context"
	"errors"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
)

var _ bot.Marker = (*Adapter)(nil)

const (
	// answeredReaction is on a message whose answer only its author saw: the history does not have such answers.
	answeredReaction = "speech_balloon"
	reactWithin      = 2 * time.Second
)

// reaction is how a mark looks.
func reaction(m bot.Mark) string {
	if m == bot.MarkLate {
		return "hourglass_flowing_sand"
	}
	return "white_check_mark"
}

// Mark shows on a message that it was accepted. A slash command and a press are no messages and stand nowhere.
func (a *Adapter) Mark(ctx context.Context, m bot.Message, mark bot.Mark) error {
	w, err := a.workspaceOf(ctx, m.Workspace)
	if err != nil {
		return err
	}
	return w.react(ctx, m.Delivery, reaction(mark))
}

// react puts a reaction on the message that a delivery is named after. One that is there already is no error.
func (w *workspace) react(ctx context.Context, delivery, reaction string) error {
	at, ok := parseRef(delivery)
	if !ok {
		return nil
	}
	return w.call(ctx, "reactions.add", func(ctx context.Context) error {
		err := w.api.AddReactionContext(ctx, reaction, slackgo.NewRefToMessage(at.channel, at.ts))
		if s, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok && s.Err == "already_reacted" {
			return nil
		}
		return err
	})
}

// noteAnswered shows on a message that its author was answered alone.
func (w *workspace) noteAnswered(ctx context.Context, t told) {
	if !t.reply.Private || isDirect(t.event.Message.Channel) || t.key != t.event.Message.Delivery {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reactWithin)
	defer cancel()
	if err := w.react(ctx, t.key, answeredReaction); err != nil {
		w.log.DebugContext(ctx, "could not note that a message was answered", "op", "slack.message.mark", "delivery", t.key, "code", bot.ErrorCode(err), "err", err)
	}
}
