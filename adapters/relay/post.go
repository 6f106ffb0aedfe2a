package relay

import (
	"context"
	"net/url"

	"github.com/petrelops/petrel/bot"
)

// content is what a message of the bot says.
type content struct {
	Text      string     `json:"text"`
	Files     []file     `json:"files,omitempty"`
	Execution string     `json:"execution,omitempty"`
	Status    bot.Status `json:"status,omitempty"`
	Final     bool       `json:"final,omitempty"`
}

type file struct {
	Name    string `json:"name"`
	Content []byte `json:"content"`
}

// post is a new message.
type post struct {
	Channel string `json:"channel"`
	Thread  string `json:"thread,omitempty"`
	To      string `json:"to,omitempty"`
	Key     string `json:"key"`
	content
}

// Post shows a new message. A message that is there under the key already is edited instead: its answer was lost, or the process
// died before it was noted. Two processes that post at the same moment are not told apart; the outbox's lease keeps them apart.
func (a *Adapter) Post(ctx context.Context, p bot.Posting) (ref string, err error) {
	ref, err = a.find(ctx, p.Key)
	if err != nil {
		return "", err
	}
	if ref != "" {
		return ref, a.Edit(ctx, ref, p)
	}
	return a.create(ctx, p)
}

// create posts a message that is surely not there yet.
func (a *Adapter) create(ctx context.Context, p bot.Posting) (ref string, err error) {
	body := post{Channel: p.Origin.Channel, Thread: p.Origin.Thread, Key: p.Key, content: written(p.Reply)}
	if p.Reply.Private {
		body.To = p.Origin.User
	}
	var created struct {
		ID string `json:"id"`
	}
	err = a.client.do(ctx, call{kind: "post", method: "POST", path: "/v1/messages", body: body, into: &created})
	return created.ID, err
}

// find returns the message that was posted under the key, or "".
func (a *Adapter) find(ctx context.Context, key string) (ref string, err error) {
	var found struct {
		Messages []message `json:"messages"`
	}
	err = a.client.do(ctx, call{kind: "lookup", method: "GET", path: "/v1/messages?key=" + url.QueryEscape(key), into: &found})
	if err != nil || len(found.Messages) == 0 {
		return "", err
	}
	return found.Messages[0].ID, nil
}

// Edit shows what the message says now.
func (a *Adapter) Edit(ctx context.Context, ref string, p bot.Posting) error {
	return a.client.do(ctx, call{kind: "edit", method: "PATCH", path: "/v1/messages/" + url.PathEscape(ref), body: written(p.Reply)})
}

// Mark shows on a message that it was accepted.
func (a *Adapter) Mark(ctx context.Context, m bot.Message, mark bot.Mark) error {
	path := "/v1/messages/" + url.PathEscape(m.Delivery) + "/marks"
	return a.client.do(ctx, call{kind: "mark", method: "PUT", path: path, body: map[string]bot.Mark{"mark": mark}})
}
