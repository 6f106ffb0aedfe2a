package relay

import (
	"context"
	"net/url"
	"time"

	"github.com/petrelops/petrel/bot"
)

// History returns the messages that people wrote at the time or later, oldest first.
func (a *Adapter) History(ctx context.Context, since time.Time) ([]bot.Past, error) {
	all, err := a.past(ctx, since)
	if err != nil {
		return nil, err
	}
	answered := map[string]bool{} // by thread; true for a final answer
	for _, m := range all {
		if m.Bot && m.Thread != "" {
			answered[m.Thread] = answered[m.Thread] || m.Final
		}
	}
	var list []bot.Past
	for _, m := range all {
		if m.Bot {
			continue
		}
		// Within a thread an answer cannot be told from one to another message, so there only the mark counts.
		final, some := answered[m.ID]
		list = append(list, bot.Past{Message: a.heard(m), At: m.Time, Taken: len(m.Marks) > 0 || some, Answered: final})
	}
	return list, nil
}

// past reads all pages of the chat's history.
func (a *Adapter) past(ctx context.Context, since time.Time) ([]message, error) {
	var all []message
	seen := map[string]bool{}
	for {
		var page struct {
			Messages []message `json:"messages"`
		}
		path := "/v1/history?since=" + url.QueryEscape(since.UTC().Format(time.RFC3339Nano))
		if err := a.client.do(ctx, call{kind: "history", method: "GET", path: path, into: &page}); err != nil {
			return nil, err
		}
		more := false
		for _, m := range page.Messages {
			if !seen[m.ID] {
				seen[m.ID], more = true, true
				all = append(all, m)
				since = m.Time // the next page begins with the last message, for others of the same moment
			}
		}
		if !more {
			return all, nil
		}
	}
}
