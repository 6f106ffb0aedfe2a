package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
)

// tell shows a reply that belongs to no execution to whoever wrote the message: alone where the reply is private.
func (w *workspace) tell(ctx context.Context, t told) error {
	at := t.event.Message.Origin
	if isDirect(at.Channel) || !t.reply.Private {
		return w.tellAll(ctx, bot.Posting{Key: t.key, Origin: at, Reply: t.reply})
	}
	shown := Render(t.reply, "")
	if len(shown.Files) > 0 { // an ephemeral message has no thread that a file could hang in
		if err := w.tellDirect(ctx, t); err != nil {
			return err
		}
		shown = Render(bot.Reply{Title: "The answer is long. I sent it to you in a direct message."}, "")
	}
	if t.event.Hook != "" {
		return w.hook(ctx, t.event.Hook, shown)
	}
	err := w.call(ctx, "chat.postEphemeral", func(ctx context.Context) error {
		options := []slackgo.MsgOption{slackgo.MsgOptionText(shown.Text, false), slackgo.MsgOptionBlocks(shown.Blocks...)}
		if at.Thread != "" {
			options = append(options, slackgo.MsgOptionTS(at.Thread))
		}
		_, err := w.api.PostEphemeralContext(ctx, at.Channel, at.User, options...)
		return err
	})
	if bot.ErrorCode(err) == bot.CodeForbidden {
		return w.tellDirect(ctx, t)
	}
	return err
}

// tellAll writes a message that stays, in the thread of the question where there is one.
func (w *workspace) tellAll(ctx context.Context, p bot.Posting) error {
	at, known, doubt := w.posted.Find(p.Key)
	if doubt {
		var err error
		if at, known, err = w.look(ctx, p); err != nil {
			return err
		}
	}
	if !known {
		var err error
		if at, err = w.post(ctx, p); err != nil {
			return err
		}
	}
	return w.attach(ctx, at, p)
}

// tellDirect writes to the person alone.
func (w *workspace) tellDirect(ctx context.Context, t told) error {
	at := t.event.Message.Origin
	channel, err := w.direct(ctx, at.User)
	if err != nil {
		return err
	}
	at.Channel, at.Thread = channel, ""
	return w.tellAll(ctx, bot.Posting{Key: t.key, Origin: at, Reply: t.reply})
}

// hook answers through a response_url, which needs no membership and no scope.
func (w *workspace) hook(ctx context.Context, address string, r Rendered) error {
	return w.call(ctx, "response_url", func(ctx context.Context) error {
		body, err := json.Marshal(map[string]any{"response_type": "ephemeral", "replace_original": false, "text": r.Text, "blocks": r.Blocks})
		if err != nil {
			return err
		}
		return w.send(ctx, address, "application/json", body)
	})
}

// send posts to an address that Slack named, which answers with a status and nothing else that counts.
func (w *workspace) send(ctx context.Context, address, contentType string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", contentType)
	answer, err := w.http.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20)); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return slackgo.StatusCodeError{Code: answer.StatusCode, Status: answer.Status}
	}
	return nil
}
