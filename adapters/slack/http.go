package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Where Slack posts to, below the address at which it reaches the bot.
const (
	pathEvents       = "/slack/events"
	pathCommands     = "/slack/commands"
	pathInteractions = "/slack/interactions"
)

const maxChallenge = 1000

// inbox takes what comes over HTTP for a workspace that is joined.
type inbox struct {
	reader Reader
	lanes  *lanes
	ended  <-chan struct{} // closed when nobody takes anything out of it any more
}

// Endpoints are what the bot's HTTP server answers for Slack, by pattern: events, slash commands and presses, as the alternative to Socket
// Mode. They are taken while Run runs.
func (a *Adapter) Endpoints() map[string]http.Handler {
	if !a.opts.HTTP {
		return nil
	}
	all := map[string]http.Handler{}
	for path, kind := range map[string]string{pathEvents: kindEvent, pathCommands: kindCommand, pathInteractions: kindInteraction} {
		all["POST "+path] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.serveOne(w, r, kind) })
	}
	return all
}

// serveOne answers one request. Nothing of it is believed, or even decoded, before its signature was checked.
func (a *Adapter) serveOne(w http.ResponseWriter, r *http.Request, kind string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEnvelope))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		refuse(w, http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	from := a.signers(r.Header, body)
	if len(from) == 0 {
		a.opts.Log.WarnContext(r.Context(), "refused a request that Slack did not sign, or not now", "op", "slack.request.verify", "path", r.URL.Path, "bytes", len(body))
		refuse(w, http.StatusUnauthorized)
		return
	}
	payload, err := Unwrap(kind, r.Header.Get("Content-Type"), body)
	if err != nil {
		a.opts.Log.WarnContext(r.Context(), "could not read what Slack sent", "op", "slack.request.decode", "kind", kind, "err", err)
		status := http.StatusBadRequest
		if bot.ErrorCode(err) == bot.CodeUnsupported {
			status = http.StatusUnsupportedMediaType
		}
		refuse(w, status)
		return
	}
	if challenge, asked := challenged(kind, payload); asked {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, challenge) // Slack asks again when it did not come
		return
	}
	retry, _ := strconv.Atoi(r.Header.Get("X-Slack-Retry-Num")) // none is the first try
	hand(r.Context(), w, from, delivery{kind: kind, payload: payload, retry: max(0, retry)})
}

// refuse answers with a status. Slack would send a bad event again, and it would be as bad.
func refuse(w http.ResponseWriter, status int) {
	if status < http.StatusInternalServerError {
		w.Header().Set("X-Slack-No-Retry", "1")
	}
	http.Error(w, strings.ToLower(http.StatusText(status)), status)
}

// challenged returns what Slack wants to read back when somebody enters the address of the events.
func challenged(kind string, payload []byte) (challenge string, asked bool) {
	var c struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if kind != kindEvent || json.Unmarshal(payload, &c) != nil || c.Type != "url_verification" {
		return "", false
	}
	return c.Challenge[:min(len(c.Challenge), maxChallenge)], true
}

// verdict is what became of a delivery.
type verdict struct {
	taken  bool
	answer any
}

// hand gives the delivery to the workspace that it is for and answers once that is done with it. Several workspaces can have the same
// secret: it is that of the app.
func hand(ctx context.Context, w http.ResponseWriter, from []*workspace, d delivery) {
	known, closed := errors.New("no workspace reads it"), false
	for _, ws := range from {
		in := ws.inbox.Load()
		if in == nil {
			closed = true
			continue
		}
		e, err := in.reader.Decode(d.kind, d.payload)
		if err != nil {
			ws.log.WarnContext(ctx, "could not read what Slack sent", "op", "slack.payload.decode", "kind", d.kind, "err", err)
			continue
		}
		known = nil
		if e.Ignored == IgnoredWorkspace {
			continue
		}
		in.take(ctx, w, ws, d)
		return
	}
	switch {
	case closed: // Slack tries again, and by then it may be joined
		refuse(w, http.StatusServiceUnavailable)
	case known != nil:
		refuse(w, http.StatusBadRequest)
	}
}

// take puts the delivery into its lane and answers when its turn is over.
func (in *inbox) take(ctx context.Context, w http.ResponseWriter, ws *workspace, d delivery) {
	over := make(chan verdict, 2) // an acknowledgement, and the end of the turn after it
	d.ack = func(answer any) error {
		over <- verdict{true, answer}
		return nil
	}
	d.end = func() { over <- verdict{} }
	ws.sort(ctx, in.reader, in.lanes, d)
	select {
	case v := <-over:
		v.write(w)
	case <-in.ended:
		refuse(w, http.StatusServiceUnavailable)
	case <-ctx.Done(): // Slack has hung up
	}
}

func (v verdict) write(w http.ResponseWriter) {
	switch {
	case !v.taken:
		refuse(w, http.StatusServiceUnavailable)
	case v.answer != nil:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(v.answer) // Slack tries again, or tells the person, when it did not come
	}
}
