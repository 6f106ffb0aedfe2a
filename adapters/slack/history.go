package slack

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

var _ bot.Listener = (*Adapter)(nil)

const (
	// threadAge is how long before the time in question a thread may have begun whose replies are read too: Slack lists a thread where it began.
	threadAge = 24 * time.Hour
	// channelPages bounds how many pages of one channel are read.
	channelPages = 20
	listLimit    = 200
	// historyTries is how often in a row a call may fail without a word on when to come again.
	historyTries = 5
)

// History returns what people said to the bot at the time or later, oldest first: mentions in the channels that it is in, and direct
// messages. It waits as long as Slack asks for, so in a workspace with many channels it takes minutes. Where a fault stopped it, the next
// call goes on from there.
func (a *Adapter) History(ctx context.Context, since time.Time) ([]bot.Past, error) {
	var all []bot.Past
	for _, w := range a.workspaces {
		list, err := w.history(ctx, since)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	for _, w := range a.workspaces {
		w.begun.Store(nil)
	}
	slices.SortStableFunc(all, func(a, b bot.Past) int { return a.At.Compare(b.At) })
	return all, nil
}

func (w *workspace) history(ctx context.Context, since time.Time) ([]bot.Past, error) {
	p := w.begun.Swap(nil) // nobody else goes on with it meanwhile
	if p == nil || !p.serves(since) {
		var err error
		if p, err = w.lookBack(ctx, since); err != nil {
			return nil, err
		}
	}
	defer w.begun.Store(p)
	for ; len(p.channels) > 0; p.channels = p.channels[1:] {
		found := len(p.found)
		if err := p.read(ctx, p.channels[0]); err != nil {
			p.found = p.found[:found] // the channel is read anew
			return nil, err
		}
	}
	var list []bot.Past
	for _, f := range p.found {
		if !f.At.Before(since) {
			f.Answered = f.Answered || p.keys[f.Delivery]
			list = append(list, f)
		}
	}
	return list, nil
}

// lookBack begins a look at the history.
func (w *workspace) lookBack(ctx context.Context, since time.Time) (*past, error) {
	losses := w.heard.losses() // before anything is read
	me, err := w.self(ctx)
	if err != nil {
		return nil, err
	}
	channels, err := w.channels(ctx)
	if err != nil {
		return nil, err
	}
	reader := Reader{Self: me, Commands: w.opts.Commands, Name: w.opts.Name}
	return &past{workspace: w, reader: reader, since: since, losses: losses, channels: channels, keys: map[string]bool{}}, nil
}

// channels returns those that the bot is in.
func (w *workspace) channels(ctx context.Context) ([]string, error) {
	var list []string
	q := slackgo.GetConversationsForUserParameters{Types: []string{"public_channel", "private_channel", "im"}, ExcludeArchived: true, Limit: listLimit}
	for {
		err := w.patiently(ctx, func(ctx context.Context) error {
			return w.call(ctx, "users.conversations", func(ctx context.Context) error {
				page, next, err := w.api.GetConversationsForUserContext(ctx, &q)
				for _, c := range page {
					list = append(list, c.ID)
				}
				q.Cursor = next
				return err
			})
		})
		if err != nil || q.Cursor == "" {
			return list, err
		}
	}
}

// patiently does what calls Slack as often as Slack asks to wait for it, and a few times more where Slack has a fault: whoever begins the
// history anew reads every channel again, and takes from the posts what Slack allows of calls.
func (w *workspace) patiently(ctx context.Context, do func(context.Context) error) error {
	for failed := 0; ; {
		err := do(ctx)
		wait := bot.ErrorWait(err)
		switch bot.ErrorCode(err) {
		case bot.CodeRateLimited:
		case bot.CodeUnavailable, bot.CodeTimeout:
			if failed++; failed == historyTries {
				return err
			}
			wait = time.Second << failed
		default:
			return err
		}
		if err := clock.Wait(ctx, w.opts.Clock, wait); err != nil {
			return err
		}
	}
}

// past is what is read of a workspace's history.
type past struct {
	*workspace
	reader Reader
	since  time.Time
	losses int // how often a socket had been lost when it began
	// channels are those that are still to be read.
	channels []string
	found    []bot.Past
	keys     map[string]bool // of what the bot wrote, which are the deliveries that it answered
}

// serves reports whether a look that was begun has all that was said since the time: it goes back far enough, and everything that was said
// later came over a socket.
func (p *past) serves(since time.Time) bool {
	return !since.Before(p.since) && p.losses == p.heard.losses()
}

// read reads one channel, and the threads in it that go on after the time. A channel that the bot was just removed from has none.
func (p *past) read(ctx context.Context, channel string) error {
	var threads []string
	err := p.pages(ctx, slackgo.GetConversationRepliesParameters{ChannelID: channel, Oldest: stamp(p.since.Add(-threadAge))}, func(list []slackgo.Message) error {
		for _, m := range list {
			p.key(m)
			if m.ReplyCount > 0 && !said(m.LatestReply).Before(p.since) {
				threads = append(threads, m.Timestamp)
			}
			if m.ReplyCount > 0 && m.Timestamp == m.ThreadTimestamp {
				m.ThreadTimestamp = "" // Slack names a thread's first message so once it has replies
			}
			if err := p.look(ctx, channel, m); err != nil {
				return err
			}
		}
		return nil
	})
	for _, thread := range threads {
		if err == nil {
			err = p.thread(ctx, channel, thread)
		}
	}
	if code := bot.ErrorCode(err); code == bot.CodeForbidden || code == bot.CodeNotFound {
		return nil
	}
	return err
}

// key returns the key of a message of the bot, and keeps it.
func (p *past) key(m slackgo.Message) string {
	if m.User != p.known.User {
		return ""
	}
	key, _ := m.Metadata.EventPayload["key"].(string)
	p.keys[key] = true
	return key
}

// thread reads the replies of a thread, and whether the bot is among those who wrote them.
func (p *past) thread(ctx context.Context, channel, thread string) error {
	replied := false
	err := p.pages(ctx, slackgo.GetConversationRepliesParameters{ChannelID: channel, Timestamp: thread, Oldest: stamp(p.since)}, func(list []slackgo.Message) error {
		for _, m := range list {
			if m.Timestamp == thread {
				continue
			}
			if err := p.look(ctx, channel, m); err != nil {
				return err
			}
			key := p.key(m)
			replied = replied || key != "" && !strings.HasSuffix(key, refusedSuffix) // what was refused was not taken
		}
		return nil
	})
	for i, f := range p.found {
		if f.Delivery == channel+"/"+thread { // of the other lines only the mark tells
			p.found[i].Taken = f.Taken || replied
		}
	}
	return err
}

// look keeps a message if it was said to the bot by somebody who is heard.
func (p *past) look(ctx context.Context, channel string, m slackgo.Message) error {
	at := said(m.Timestamp)
	if at.Before(p.since) {
		return nil
	}
	e, err := p.reader.hear(remembered(p.reader.Team, channel, m))
	if err != nil || e.Ignored != "" || !isID(e.Message.User) {
		return nil //nolint:nilerr // what cannot be read is not for the bot
	}
	e.Message.Adapter, e.Message.Workspace = name, p.reader.Team
	var who admission
	err = p.patiently(ctx, func(ctx context.Context) error {
		var err error
		who, err = p.admit(ctx, e)
		return err
	})
	if err != nil || !who.heard {
		return err
	}
	e.Message.Email = who.email
	p.caught.Add(e.Message.Delivery)
	f := bot.Past{Message: e.Message, At: at, Answered: p.answered.Has(e.Message.Delivery)}
	for _, r := range m.Reactions {
		if slices.Contains(r.Users, p.known.User) {
			f.Taken = f.Taken || r.Name == reaction(bot.MarkAccepted) || r.Name == reaction(bot.MarkLate)
			f.Answered = f.Answered || r.Name == answeredReaction
		}
	}
	p.found = append(p.found, f)
	return nil
}

// remembered is a message of the history as an event would have told of it.
func remembered(team, channel string, m slackgo.Message) callback {
	c := callback{Type: "event_callback", TeamID: team}
	in := &c.Event
	in.Type, in.Subtype, in.User, in.BotID, in.Text = "app_mention", m.SubType, m.User, m.BotID, m.Text
	in.TS, in.ThreadTS, in.Channel = m.Timestamp, m.ThreadTimestamp, channel
	if isDirect(channel) {
		in.Type, in.ChannelType = "message", "im"
	}
	if m.Team != "" && m.Team != team {
		in.UserTeam = m.Team
	}
	return c
}

// pages hands on the pages of a thread, or of a channel where there is no thread.
func (p *past) pages(ctx context.Context, q slackgo.GetConversationRepliesParameters, take func([]slackgo.Message) error) error {
	q.Limit, q.IncludeAllMetadata, q.Inclusive = pageLimit, true, true
	for range channelPages {
		var list []slackgo.Message
		var next string
		err := p.patiently(ctx, func(ctx context.Context) error {
			var err error
			list, next, err = p.page(ctx, q)
			return err
		})
		if err == nil {
			err = take(list)
		}
		if err != nil || next == "" {
			return err
		}
		q.Cursor = next
	}
	p.log.WarnContext(ctx, "a channel has more messages than are read again", "op", "slack.history.read", "channel", q.ChannelID)
	return nil
}

// stamp is a time as the timestamp of a message.
func stamp(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }

// said is when the message with the timestamp was written; the zero time for none.
func said(ts string) time.Time {
	seconds, fraction, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	micro, _ := strconv.ParseInt(fraction, 10, 64) // none is the whole second
	return time.Unix(s, micro*1000)
}
