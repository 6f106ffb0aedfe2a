package discord

import (
	"context"
	"net/http"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

const (
	maxThreadName = 100
	threadArchive = 1440 // minutes of silence, after which Discord puts a thread away
)

// threaded returns the thread that the answer belongs to, where the settings want one: an execution that a message in a server asked for
// has its thread at that message, whose id Discord gives it.
func (a *Adapter) threaded(p bot.Posting) (id string, wanted bool) {
	return p.Origin.Thread, a.opts.Threads && p.Origin.Workspace != "" && p.Reply.Execution != "" && isID(p.Origin.Thread)
}

// thread returns the channel in which the posting belongs. Where no thread can be begun, as in another thread, it is the one of the question.
func (a *Adapter) thread(ctx context.Context, p bot.Posting) (channel string) {
	id, wanted := a.threaded(p)
	if !wanted {
		return p.Origin.Channel
	}
	named := strings.TrimSpace(plain.Line(p.Reply.Title))
	if named == "" {
		named = p.Reply.Execution
	}
	err := a.call(ctx, request{
		name: "thread.start", method: http.MethodPost, path: "channels/" + p.Origin.Channel + "/messages/" + id + "/threads", major: p.Origin.Channel,
		body: object{"name": cut(named, maxThreadName), "auto_archive_duration": threadArchive},
	}, nil)
	if err == nil || bot.ErrorCode(err) == bot.CodeConflict { // an earlier try began it
		return id
	}
	a.log.InfoContext(ctx, "could not begin a thread; answering in the channel", "op", "discord.thread.start", "channel", p.Origin.Channel, "code", bot.ErrorCode(err), "err", err)
	return p.Origin.Channel
}
