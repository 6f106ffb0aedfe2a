package discord

import (
	"context"
	"net/http"

	"github.com/petrelops/petrel/bot"
)

// tellPrivately shows a reply to one person: as an answer that only they see while the interaction lasts, otherwise in direct messages. Where
// they take none, the channel is told that there is an answer, and not what it says.
func (a *Adapter) tellPrivately(ctx context.Context, p bot.Posting) error {
	if id, ok := hookID(p.Origin.Thread); ok {
		told, err := a.whisper(ctx, id, p.Reply)
		if err != nil || told {
			return err
		}
	}
	_, err := a.postDirect(ctx, p)
	if bot.ErrorCode(err) == bot.CodeForbidden || bot.ErrorCode(err) == bot.CodeInternal {
		p.Reply = bot.Problem("I have an answer that is for you alone, and Discord does not let me write to you. Allow direct messages from members of this server, or type /" +
			a.opts.Command + ", whose answers only you see.")
		_, err = a.postTo(ctx, p.Origin.Channel, p)
	}
	return err
}

// whisper answers an interaction so that only its person sees it. The room that was kept for a living message is given up: it cannot
// become private any more.
func (a *Adapter) whisper(ctx context.Context, id string, r bot.Reply) (told bool, err error) {
	h, fresh, err := a.hooks.find(ctx, id)
	if err != nil || !fresh {
		return false, err
	}
	base, err := a.hookPath(ctx, h)
	if err != nil {
		return false, err
	}
	if !h.Used {
		remove := request{name: "answer.delete", method: http.MethodDelete, path: base + "/messages/@original", free: true, major: id}
		if err := a.call(ctx, remove, nil); err != nil && !gone(err) {
			return false, err
		}
	}
	body, files := draw(r, "")
	body.Flags = flagEphemeral
	_, err = a.write(ctx, request{name: "answer.add", method: http.MethodPost, path: base, body: body, files: files, free: true, major: id})
	if gone(err) {
		return false, nil
	}
	return err == nil, err
}
