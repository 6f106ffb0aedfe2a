package discord

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
)

// marks are the reactions that show on a message what became of it.
func reaction(m bot.Mark) string {
	if m == bot.MarkLate {
		return "🕒"
	}
	return "👀"
}

// Mark implements bot.Marker. An interaction has no message that could carry a mark: its answer is one.
func (a *Adapter) Mark(ctx context.Context, m bot.Message, mark bot.Mark) error {
	if !isID(m.Delivery) || !isID(m.Channel) {
		return nil
	}
	path := "channels/" + m.Channel + "/messages/" + m.Delivery + "/reactions/" + url.PathEscape(reaction(mark)) + "/@me"
	return a.call(ctx, request{name: "reaction.add", method: http.MethodPut, path: path, major: m.Channel}, nil)
}

// Types of channels that people write in.
const (
	channelText          = 0
	channelNews          = 5
	channelNewsThread    = 10
	channelThread        = 11
	channelPrivateThread = 12
)

// room is a channel or thread.
type room struct {
	ID   string `json:"id"`
	Type int    `json:"type"`
	Last string `json:"last_message_id"`
}

// spoken reports whether people write there.
func (r room) spoken() bool {
	switch r.Type {
	case channelText, channelNews, channelNewsThread, channelThread, channelPrivateThread:
		return true
	}
	return false
}

// threads returns the threads of a guild that were not put away.
func (a *Adapter) threads(ctx context.Context, guild string) ([]room, error) {
	var list struct {
		Threads []room `json:"threads"`
	}
	r := request{name: "thread.list", method: http.MethodGet, path: "guilds/" + url.PathEscape(guild) + "/threads/active", major: guild}
	err := a.call(ctx, r, &list)
	return list.Threads, err
}

// History implements bot.Historian for the channels of all guilds that the bot sees. Discord has no list of direct messages for bots, and
// no history of interactions: neither is in it.
func (a *Adapter) History(ctx context.Context, since time.Time) ([]bot.Past, error) {
	me, err := a.self(ctx)
	if err != nil {
		return nil, err
	}
	var guilds []struct {
		ID string `json:"id"`
	}
	if err := a.call(ctx, request{name: "guild.list", method: http.MethodGet, path: "users/@me/guilds"}, &guilds); err != nil {
		return nil, err
	}
	var list []bot.Past
	for _, g := range guilds {
		var channels []room
		if err := a.call(ctx, request{name: "channel.list", method: http.MethodGet, path: "guilds/" + url.PathEscape(g.ID) + "/channels", major: g.ID}, &channels); err != nil {
			return nil, err
		}
		threads, err := a.threads(ctx, g.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range append(channels, threads...) {
			quiet := isID(c.Last) && idTime(c.Last).Before(since)
			if !c.spoken() || c.Last == "" || quiet {
				continue
			}
			past, err := a.pastOf(ctx, me, bot.Origin{Workspace: g.ID, Channel: c.ID}, since)
			switch bot.ErrorCode(err) {
			case bot.CodeForbidden, bot.CodeNotFound: // what the bot cannot read was not said to it
				continue
			}
			if err != nil {
				return nil, err
			}
			list = append(list, past...)
		}
	}
	return list, nil
}

// pastOf returns the messages to the bot in one channel, with what the bot has answered.
func (a *Adapter) pastOf(ctx context.Context, me Self, at bot.Origin, since time.Time) ([]bot.Past, error) {
	reader := a.reader(me)
	var list []bot.Past
	answered, ended := map[string]bool{}, map[string]bool{}
	err := a.walk(ctx, at.Channel, since, func(m message) bool {
		if m.Author.ID == me.User && m.Reference != nil {
			answered[m.Reference.MessageID] = true
			for _, e := range m.Embeds {
				ended[m.Reference.MessageID] = ended[m.Reference.MessageID] || final(e.Title)
			}
		}
		m.GuildID, m.ChannelID = at.Workspace, at.Channel // the history leaves them out
		e, err := reader.said(m)
		if err != nil || e.Ignored != "" || e.check() != nil {
			return true
		}
		e.Message.Adapter = name
		list = append(list, bot.Past{Message: e.Message, At: idTime(m.ID), Taken: e.Taken || a.opts.Threads && m.Thread != nil})
		return true
	})
	for i, p := range list {
		list[i].Taken = p.Taken || answered[p.Delivery]
		list[i].Answered = ended[p.Delivery]
	}
	return list, err
}

func (a *Adapter) reader(me Self) Reader {
	prefix := ""
	if a.opts.Content {
		prefix = strings.TrimSpace(a.opts.Prefix)
	}
	offers := map[string]bot.Offer{}
	for _, t := range a.trees {
		maps.Copy(offers, t.Offers)
	}
	return Reader{Self: me, Command: a.opts.Command, Prefix: prefix, Offers: offers}
}
