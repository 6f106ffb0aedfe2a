package slack

import (
	"context"
	"fmt"
	"net/url"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// keySuffix is how much of a posting's key a file's name carries, so that an upload whose answer was lost is found again.
const keySuffix = 12

// attach hangs the files of a final reply into the thread of its message. Those that hang there already are left alone.
func (w *workspace) attach(ctx context.Context, at place, p bot.Posting) error {
	if !p.Reply.Final() {
		return nil
	}
	files := Render(p.Reply, "").Files
	if len(files) == 0 {
		return nil
	}
	thread := p.Origin.Thread
	if thread == "" || at.channel != p.Origin.Channel {
		thread = at.ts
	}
	hanging := map[string]bool{}
	err := w.walk(ctx, slackgo.GetConversationRepliesParameters{ChannelID: at.channel, Timestamp: thread}, func(m slackgo.Message) bool {
		for _, f := range m.Files {
			hanging[f.Name] = hanging[f.Name] || m.User == w.known.User
		}
		return true
	})
	if err != nil && bot.ErrorCode(err) != bot.CodeAuth {
		return err
	}
	for _, f := range files {
		unique := plain.Suffixed(f.Name, p.Key[:min(len(p.Key), keySuffix)])
		if hanging[unique] || len(f.Content) == 0 {
			continue
		}
		if err := w.upload(ctx, place{at.channel, thread}, unique, f); err != nil {
			if bot.ErrorCode(err) != bot.CodeAuth && bot.ErrorCode(err) != bot.CodeForbidden {
				return err
			}
			// Trying again will not help, and the rest of the reply stands. The person is to know why the file is missing.
			return w.tellMissing(ctx, place{at.channel, thread}, f.Name, err)
		}
	}
	return nil
}

// upload shares one file in a thread. slack-go's own upload closes its multipart form twice, which strict servers refuse.
func (w *workspace) upload(ctx context.Context, at place, unique string, f bot.File) error {
	var slot *slackgo.GetUploadURLExternalResponse
	err := w.call(ctx, "files.getUploadURLExternal", func(ctx context.Context) (err error) {
		slot, err = w.api.GetUploadURLExternalContext(ctx, slackgo.GetUploadURLExternalParameters{FileName: unique, FileSize: len(f.Content)})
		return err
	})
	if err != nil {
		return err
	}
	if err := w.call(ctx, "files.upload", func(ctx context.Context) error { return w.sendFile(ctx, slot.UploadURL, f.Content) }); err != nil {
		return err
	}
	return w.call(ctx, "files.completeUploadExternal", func(ctx context.Context) error {
		_, err := w.api.CompleteUploadExternalContext(ctx, slackgo.CompleteUploadExternalParameters{
			Files: []slackgo.FileSummary{{ID: slot.FileID, Title: f.Name}}, Channel: at.channel, ThreadTimestamp: at.ts,
		})
		return err
	})
}

// sendFile posts the bytes of a file. It carries no token.
func (w *workspace) sendFile(ctx context.Context, address string, content []byte) error {
	to, err := url.Parse(address)
	own, ownErr := url.Parse(w.origin)
	if err != nil || ownErr != nil || to.Scheme != "https" && to.Host != own.Host {
		return bot.E(bot.CodeBadAnswer, "slack.file.send", "", fmt.Errorf("Slack named the upload address %q", address)) //nolint:staticcheck // Slack is a name
	}
	return w.send(ctx, address, "application/octet-stream", content)
}

// tellMissing says in the thread that a file could not be hung there.
func (w *workspace) tellMissing(ctx context.Context, at place, file string, cause error) error {
	r := Render(bot.Problem(file+" could not be attached. "+bot.ErrorText(cause)), "")
	return w.call(ctx, "chat.postMessage", func(ctx context.Context) error {
		_, _, err := w.api.PostMessageContext(ctx, at.channel, slackgo.MsgOptionText(r.Text, false), slackgo.MsgOptionBlocks(r.Blocks...), slackgo.MsgOptionTS(at.ts))
		return err
	})
}
