package slack

import (
	"context"
	"fmt"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/failpoint"
)

const (
	// firstTry is how soon after an execution's accept its posting is surely the first: no lease can have run out by then.
	firstTry = time.Second
	// skew is by how much Slack's clock may be behind ours.
	skew = 5 * time.Minute
	// maxPages bounds how far a posting is looked for.
	maxPages  = 10
	pageLimit = 200
)

// find returns where a posting already stands. It asks Slack only when an earlier call may have made it: one of this process that
// failed, or one of a process that died before it could write the reference down.
func (w *workspace) find(ctx context.Context, p bot.Posting) (at place, known bool, err error) {
	at, known, doubt := w.posted.Find(p.Key)
	made, dated := bot.IDTime(p.Key)
	if known || !doubt && dated && w.opts.Clock.Now().Sub(made) < firstTry || failpoint.Mutant(failpoint.RetryBlind) {
		return at, known, nil
	}
	return w.look(ctx, p)
}

// look searches the place of the posting, and where the bot is not in the channel the direct messages with the person.
func (w *workspace) look(ctx context.Context, p bot.Posting) (at place, known bool, err error) {
	at, known, err = w.lookIn(ctx, p.Origin.Channel, p.Origin.Thread, p.Key)
	if bot.ErrorCode(err) == bot.CodeForbidden && p.Origin.User != "" {
		channel, openErr := w.direct(ctx, p.Origin.User)
		if openErr != nil {
			return at, false, openErr
		}
		at, known, err = w.lookIn(ctx, channel, "", p.Key)
	}
	switch bot.ErrorCode(err) {
	case bot.CodeForbidden, bot.CodeNotFound: // where the bot cannot read it has not written either
		return at, false, nil
	case bot.CodeAuth: // without the scope to look, twice is better than never
		w.log.WarnContext(ctx, "could not look for an earlier post", "op", "slack.posting.find", "err", err)
		return at, false, nil
	}
	return at, known, err
}

func (w *workspace) lookIn(ctx context.Context, channel, thread, key string) (at place, known bool, err error) {
	oldest := ""
	if made, dated := bot.IDTime(key); dated {
		oldest = fmt.Sprintf("%d.000000", made.Add(-skew).Unix())
	}
	err = w.walk(ctx, slackgo.GetConversationRepliesParameters{ChannelID: channel, Timestamp: thread, Oldest: oldest}, func(m slackgo.Message) bool {
		if w.isPosting(m, key) {
			at, known = place{channel, m.Timestamp}, true
		}
		return !known
	})
	return at, known, err
}

// isPosting reports whether the message is the bot's and has the key.
func (w *workspace) isPosting(m slackgo.Message, key string) bool {
	return m.User == w.known.User && m.Metadata.EventType == metadataType && m.Metadata.EventPayload["key"] == key
}

// walk visits the messages of a thread, or of a channel where there is no thread, until visit returns false.
func (w *workspace) walk(ctx context.Context, q slackgo.GetConversationRepliesParameters, visit func(slackgo.Message) bool) error {
	q.Limit, q.IncludeAllMetadata, q.Inclusive = pageLimit, true, true
	for range maxPages {
		list, next, err := w.page(ctx, q)
		if err != nil {
			return err
		}
		for _, m := range list {
			if !visit(m) {
				return nil
			}
		}
		if next == "" {
			return nil
		}
		q.Cursor = next
	}
	return nil
}

// page reads one page of a thread, or of a channel where there is no thread.
func (w *workspace) page(ctx context.Context, q slackgo.GetConversationRepliesParameters) (list []slackgo.Message, next string, err error) {
	if q.Timestamp != "" {
		err = w.call(ctx, "conversations.replies", func(ctx context.Context) error {
			var err error
			list, _, next, err = w.api.GetConversationRepliesContext(ctx, &q)
			return err
		})
		return list, next, err
	}
	err = w.call(ctx, "conversations.history", func(ctx context.Context) error {
		h, err := w.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
			ChannelID: q.ChannelID, Oldest: q.Oldest, Cursor: q.Cursor, Limit: q.Limit, IncludeAllMetadata: true, Inclusive: true,
		})
		if err == nil {
			list, next = h.Messages, h.ResponseMetaData.NextCursor
		}
		return err
	})
	return list, next, err
}
