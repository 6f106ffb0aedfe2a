package discord

import (
	"context"
	"encoding/hex"
	"errors"
	"hash/fnv"
	"net/http"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/petrelops/petrel/bot"
)

// place is where a message stands.
type place struct{ channel, message string }

func (p place) ref() string { return p.channel + "/" + p.message }

func parseRef(ref string) (place, bool) {
	channel, id, ok := strings.Cut(ref, "/")
	return place{channel, id}, ok && isID(channel) && isID(id)
}

// privateRef stands for a message that only one person saw: it is not changed later.
const privateRef = "private"

const flagEphemeral = 1 << 6

// outgoing is a message as the API takes it.
type outgoing struct {
	Content    string                            `json:"content"`
	Embeds     []*discordgo.MessageEmbed         `json:"embeds"`
	Components []discordgo.MessageComponent      `json:"components"`
	Allowed    *discordgo.MessageAllowedMentions `json:"allowed_mentions"`
	Reference  *discordgo.MessageReference       `json:"message_reference,omitempty"`
	Nonce      string                            `json:"nonce,omitempty"`
	Enforce    bool                              `json:"enforce_nonce,omitempty"`
	Flags      int                               `json:"flags,omitempty"`
	// Attachments are the new files. They take the place of the old ones, so that an edit that is made twice does not double them.
	Attachments []attachment `json:"attachments,omitempty"`
}

type attachment struct {
	ID   int    `json:"id"`
	Name string `json:"filename"`
}

// draw returns a reply as a message, and its files. Nobody is pinged by it. Files come with the end.
func draw(r bot.Reply, asker string) (outgoing, []bot.File) {
	shown := Render(r, asker)
	o := outgoing{
		Content: shown.Content, Embeds: shown.Embeds, Components: shown.Components,
		Allowed: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
	}
	if o.Components == nil {
		o.Components = []discordgo.MessageComponent{}
	}
	if !r.Final() {
		return o, nil
	}
	for i, f := range shown.Files {
		o.Attachments = append(o.Attachments, attachment{i, f.Name})
	}
	return o, shown.Files
}

// nonce names a posting within Discord's 25 characters.
func nonce(key string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // it never fails
	return "petrel-" + hex.EncodeToString(h.Sum(nil))
}

// Post shows a new message. A posting that was made before, even by a process that died or by a call whose answer was lost, is found and
// changed instead.
func (a *Adapter) Post(ctx context.Context, p bot.Posting) (ref string, err error) {
	if p.Reply.Private && p.Origin.Workspace != "" {
		return privateRef, a.tellPrivately(ctx, p)
	}
	at, known, err := a.find(ctx, p)
	if err != nil {
		return "", err
	}
	if known {
		a.posted.Set(p.Key, at)
		return at.ref(), a.edit(ctx, at, p)
	}
	if at, err = a.post(ctx, p); err != nil {
		return "", err
	}
	return at.ref(), nil
}

// Edit replaces what a message says.
func (a *Adapter) Edit(ctx context.Context, ref string, p bot.Posting) error {
	if ref == privateRef {
		if !p.Reply.Final() {
			return nil
		}
		return a.tellPrivately(ctx, p)
	}
	at, ok := parseRef(ref)
	if !ok {
		return bot.E(bot.CodeInternal, "discord.message.edit", "", errors.New("no reference to a message: "+ref))
	}
	return a.edit(ctx, at, p)
}

// post writes a new message: in answer to the interaction while that can be answered, otherwise to the channel, and where the bot may not
// write, to the person.
func (a *Adapter) post(ctx context.Context, p bot.Posting) (place, error) {
	if id, ok := hookID(p.Origin.Thread); ok {
		at, answered, err := a.fill(ctx, id, p)
		if err != nil || answered {
			return at, a.posted.Note(p.Key, at, err)
		}
	}
	at, err := a.postTo(ctx, a.thread(ctx, p), p)
	switch bot.ErrorCode(err) {
	case bot.CodeForbidden, bot.CodeNotFound:
		if p.Origin.User == "" || p.Origin.Workspace == "" {
			return at, err
		}
		at, directErr := a.postDirect(ctx, p)
		if directErr != nil {
			return at, errors.Join(err, directErr)
		}
		return at, nil
	}
	return at, err
}

// fill puts the posting where the interaction left room for it, or behind its first answer. answered is false when the token is worth
// nothing any more.
func (a *Adapter) fill(ctx context.Context, id string, p bot.Posting) (at place, answered bool, err error) {
	h, fresh, err := a.hooks.find(ctx, id)
	if err != nil || !fresh {
		return at, false, err
	}
	body, files := draw(p.Reply, "")
	r := request{name: "answer.edit", method: http.MethodPatch, body: body, files: files, free: true, major: id}
	base, err := a.hookPath(ctx, h)
	if err != nil {
		return at, false, err
	}
	r.path = base + "/messages/@original"
	if h.Used {
		r.name, r.method, r.path = "answer.add", http.MethodPost, base
	}
	m, err := a.write(ctx, r)
	if gone(err) {
		return at, false, nil
	}
	return m.place(), true, err
}

func (a *Adapter) hookPath(ctx context.Context, h hook) (string, error) {
	me, err := a.self(ctx)
	return "webhooks/" + me.App + "/" + h.Token, err
}

// gone reports whether an answer to a call with a token says that it is worth nothing. Discord refuses an old one as not authorized.
func gone(err error) bool {
	code := bot.ErrorCode(err)
	return code == bot.CodeNotFound || code == bot.CodeAuth
}

// write makes a call whose answer is a message.
func (a *Adapter) write(ctx context.Context, r request) (message, error) {
	var m message
	if err := a.call(ctx, r, &m); err != nil {
		return message{}, err
	}
	if !isID(m.ID) || !isID(m.ChannelID) {
		return message{}, bot.E(bot.CodeBadAnswer, op(r.name), "Discord answered something that cannot be read. Try again in a moment.", nil)
	}
	return m, nil
}

func (m message) place() place { return place{m.ChannelID, m.ID} }

// says reports whether a message says what was to be posted. When it does not, it is an earlier try under the same nonce.
func (m message) says(o outgoing) bool {
	if len(m.Embeds) == 0 || len(o.Embeds) == 0 {
		return true
	}
	same := func(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }
	return same(m.Embeds[0].Title, o.Embeds[0].Title) && same(m.Embeds[0].Description, o.Embeds[0].Description)
}

// postTo writes to a channel, as a reply to the question where that is a message.
func (a *Adapter) postTo(ctx context.Context, channel string, p bot.Posting) (place, error) {
	asker := ""
	if _, hooked := hookID(p.Origin.Thread); hooked && p.Origin.Workspace != "" {
		asker = p.Origin.User
	}
	body, files := draw(p.Reply, asker)
	body.Nonce, body.Enforce = nonce(p.Key), true
	if isID(p.Origin.Thread) && channel == p.Origin.Channel {
		lenient := false
		body.Reference = &discordgo.MessageReference{MessageID: p.Origin.Thread, FailIfNotExists: &lenient}
	}
	m, err := a.write(ctx, request{
		name: "message.post", method: http.MethodPost, path: "channels/" + channel + "/messages", major: channel, body: body, files: files,
	})
	if err := a.posted.Note(p.Key, m.place(), err); err != nil {
		return place{}, err
	}
	if !m.says(body) {
		return m.place(), a.edit(ctx, m.place(), p)
	}
	return m.place(), nil
}

// postDirect writes to the person alone.
func (a *Adapter) postDirect(ctx context.Context, p bot.Posting) (place, error) {
	var c struct {
		ID string `json:"id"`
	}
	r := request{name: "direct.open", method: http.MethodPost, path: "users/@me/channels", body: object{"recipient_id": p.Origin.User}}
	if err := a.call(ctx, r, &c); err != nil {
		return place{}, err
	}
	if !isID(c.ID) {
		return place{}, bot.E(bot.CodeBadAnswer, "discord.direct.open", "Discord answered something that cannot be read. Try again in a moment.", nil)
	}
	p.Origin.Thread = ""
	return a.postTo(ctx, c.ID, p)
}

// edit changes a message: by the token while that lasts, for the bot may not see the channel, then as the bot. A message that somebody
// deleted, or that the bot cannot reach any more, is written anew once there is a result, which is not to be lost.
func (a *Adapter) edit(ctx context.Context, at place, p bot.Posting) error {
	body, files := draw(p.Reply, "")
	if id, ok := hookID(p.Origin.Thread); ok {
		h, fresh, err := a.hooks.find(ctx, id)
		if err != nil {
			return err
		}
		if fresh {
			base, err := a.hookPath(ctx, h)
			if err != nil {
				return err
			}
			_, err = a.write(ctx, request{
				name: "answer.edit", method: http.MethodPatch, path: base + "/messages/" + at.message, body: body, files: files, free: true, major: id,
			})
			if !gone(err) {
				return err
			}
		}
	}
	_, err := a.write(ctx, request{
		name: "message.edit", method: http.MethodPatch, path: "channels/" + at.channel + "/messages/" + at.message, major: at.channel, body: body, files: files,
	})
	switch bot.ErrorCode(err) {
	case bot.CodeNotFound, bot.CodeForbidden:
		if !p.Reply.Final() {
			return nil
		}
		p.Key += "/again"
		_, err = a.post(ctx, p)
	}
	return err
}
