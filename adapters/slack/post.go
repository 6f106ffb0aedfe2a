package slack

import (
	"context"
	"errors"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
)

// place is where a message stands.
type place struct{ channel, ts string }

func (p place) ref() string { return p.channel + "/" + p.ts }

func parseRef(ref string) (place, bool) {
	channel, ts, ok := strings.Cut(ref, "/")
	return place{channel, ts}, ok && isID(channel) && isTimestamp(ts)
}

// Post shows a new message. A posting that was made before, even by a process that died or by a call whose answer was lost, is found
// and changed instead.
func (a *Adapter) Post(ctx context.Context, p bot.Posting) (ref string, err error) {
	w, err := a.workspaceOf(ctx, p.Origin.Workspace)
	if err != nil {
		return "", err
	}
	if p.Reply.Private && !isDirect(p.Origin.Channel) {
		return privateRef, w.tell(ctx, told{event: Event{Message: bot.Message{Origin: p.Origin}}, reply: p.Reply, key: p.Key})
	}
	at, known, err := w.find(ctx, p)
	if err != nil {
		return "", err
	}
	if known {
		w.posted.Set(p.Key, at)
		return at.ref(), w.edit(ctx, at, p, true) // others may wait for it to be the first
	}
	at, err = w.post(ctx, p)
	if err != nil {
		return "", err
	}
	return at.ref(), w.attach(ctx, at, p)
}

// privateRef stands for a message that only one person saw: Slack cannot change such a message later.
const privateRef = "private"

// Edit replaces what a message says.
func (a *Adapter) Edit(ctx context.Context, ref string, p bot.Posting) error {
	w, err := a.workspaceOf(ctx, p.Origin.Workspace)
	if err != nil {
		return err
	}
	if ref == privateRef {
		if !p.Reply.Final() {
			return nil
		}
		return w.tell(ctx, told{event: Event{Message: bot.Message{Origin: p.Origin}}, reply: p.Reply, key: p.Key})
	}
	at, ok := parseRef(ref)
	if !ok {
		return bot.E(bot.CodeInternal, "slack.message.edit", "", errors.New("no reference to a message: "+ref))
	}
	return w.edit(ctx, at, p, p.Reply.Final())
}

// edit changes a message and hangs the files of a final reply into its thread. A message that somebody deleted is written anew once
// there is a result, which is not to be lost. What is urgent goes before what is not.
func (w *workspace) edit(ctx context.Context, at place, p bot.Posting, urgent bool) error {
	if err := w.mayEdit(p.Key, urgent); err != nil {
		return err
	}
	err := w.call(ctx, "chat.update", func(ctx context.Context) error {
		_, _, _, err := w.api.UpdateMessageContext(ctx, at.channel, at.ts, w.content(p)...)
		return err
	})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		if !p.Reply.Final() {
			return nil
		}
		if at, err = w.post(ctx, p); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return w.attach(ctx, at, p)
}

// post writes a new message. Where the bot is not in the channel, which a slash command does not need, it writes to the person.
func (w *workspace) post(ctx context.Context, p bot.Posting) (place, error) {
	at, err := w.postTo(ctx, p.Origin.Channel, p)
	if bot.ErrorCode(err) == bot.CodeNotFound && p.Origin.Thread != "" { // somebody deleted the question
		p.Origin.Thread = ""
		at, err = w.postTo(ctx, p.Origin.Channel, p)
	}
	if bot.ErrorCode(err) == bot.CodeForbidden && p.Origin.User != "" && !isDirect(p.Origin.Channel) {
		channel, openErr := w.direct(ctx, p.Origin.User)
		if openErr != nil {
			return at, errors.Join(err, openErr)
		}
		p.Origin.Thread = ""
		at, err = w.postTo(ctx, channel, p)
	}
	return at, err
}

func (w *workspace) postTo(ctx context.Context, channel string, p bot.Posting) (at place, err error) {
	options := append(w.content(p), slackgo.MsgOptionDisableLinkUnfurl(), slackgo.MsgOptionDisableMediaUnfurl()) // an edit cannot say so
	if p.Origin.Thread != "" {
		options = append(options, slackgo.MsgOptionTS(p.Origin.Thread))
	}
	err = w.call(ctx, "chat.postMessage", func(ctx context.Context) error {
		var err error
		at.channel, at.ts, err = w.api.PostMessageContext(ctx, channel, options...)
		return err
	})
	return at, w.posted.Note(p.Key, at, err)
}

// metadataType names the metadata of a message, by which a posting is found again.
const metadataType = "petrel_posting"

// content is what a message is to say.
func (w *workspace) content(p bot.Posting) []slackgo.MsgOption {
	asker := ""
	if p.Origin.Thread == "" && !isDirect(p.Origin.Channel) {
		asker = p.Origin.User
	}
	r := Render(p.Reply, asker)
	return []slackgo.MsgOption{
		slackgo.MsgOptionText(r.Text, false), slackgo.MsgOptionBlocks(r.Blocks...),
		slackgo.MsgOptionMetadata(slackgo.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{"key": p.Key}}),
	}
}

// direct returns the channel in which the bot and the person are alone.
func (w *workspace) direct(ctx context.Context, person string) (channel string, err error) {
	err = w.call(ctx, "conversations.open", func(ctx context.Context) error {
		c, _, _, err := w.api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: []string{person}})
		if err == nil {
			channel = c.ID
		}
		return err
	})
	return channel, err
}
