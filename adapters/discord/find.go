package discord

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

const (
	// nonceLasts is how long Discord is sure to recognise a nonce: "a few minutes".
	nonceLasts = 2 * time.Minute
	// skew is by how much Discord's clock may be behind ours.
	skew = time.Minute
	// maxPages bounds how far back a channel is read.
	maxPages  = 10
	pageLimit = 100
	// longestRead is how long a reader waits for the next page. Whoever has to wait longer comes again.
	longestRead = 10 * time.Second
)

// find returns where a posting already stands. As long as Discord recognises its nonce it need not be looked for: a second post gives
// back the first. Afterwards, and where a call without a nonce may have posted, it is found by the execution's id below it.
func (a *Adapter) find(ctx context.Context, p bot.Posting) (at place, known bool, err error) {
	at, known, doubt := a.posted.Find(p.Key)
	made, dated := bot.IDTime(p.Key)
	_, hooked := hookID(p.Origin.Thread)
	fresh := a.opts.Clock.Now().Sub(made) < nonceLasts && !(doubt && hooked)
	if known || !dated || fresh {
		return at, known, nil
	}
	me, err := a.self(ctx)
	if err != nil {
		return at, false, err
	}
	channels := []string{p.Origin.Channel}
	if id, wanted := a.threaded(p); wanted {
		channels = append(channels, id)
	}
	for _, channel := range channels {
		err = a.walk(ctx, channel, made.Add(-skew), func(m message) bool {
			if m.Author.ID == me.User && slices.ContainsFunc(m.Embeds, func(e embedded) bool { return e.Footer.Text == p.Key }) {
				at, known = place{channel, m.ID}, true
			}
			return !known
		})
		switch bot.ErrorCode(err) {
		case bot.CodeForbidden, bot.CodeNotFound: // where the bot cannot read it has not written either
			continue
		}
		if known || err != nil {
			return at, known, err
		}
	}
	return at, false, nil
}

// walk visits the messages of a channel since a time, oldest first, until visit returns false.
func (a *Adapter) walk(ctx context.Context, channel string, since time.Time, visit func(message) bool) error {
	after := timeID(since)
	for range maxPages {
		var list []message
		q := url.Values{"after": {after}, "limit": {strconv.Itoa(pageLimit)}}
		r := request{name: "message.list", method: http.MethodGet, path: "channels/" + channel + "/messages?" + q.Encode(), major: channel}
		err := a.call(ctx, r, &list)
		for wait := bot.ErrorWait(err); wait > 0 && wait <= longestRead; wait = bot.ErrorWait(err) { // to begin anew would end here again
			if err = clock.Wait(ctx, a.opts.Clock, wait); err == nil {
				err = a.call(ctx, r, &list)
			}
		}
		if err != nil {
			return err
		}
		for _, m := range slices.Backward(list) { // the newest comes first
			if !visit(m) {
				return nil
			}
		}
		if len(list) < pageLimit || !isID(list[0].ID) {
			return nil
		}
		after = list[0].ID
	}
	return nil
}
