package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/trigger"
)

const (
	// maxBody bounds what one request may bring.
	maxBody = 1 << 20
	// maxShown bounds what a log line repeats of a name that a stranger chose.
	maxShown = 200

	headerEvent = "X-Petrel-Event"
	retryAfter  = "5" // seconds
)

// deliveries are the headers that name a delivery, the first that is there counts.
var deliveries = []string{"X-Github-Delivery", "Idempotency-Key"}

// webhook makes an event of one request. Nothing of it is decoded, and nobody is told which webhooks there are, before somebody known
// has vouched for it.
func (s *Server) webhook(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askWithin)
	defer cancel()
	hook := strings.Trim(r.PathValue("name"), "/")
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		refuse(w, http.StatusRequestEntityTooLarge, "The body is larger than 1 MiB. Send less.")
		return
	} else if err != nil {
		refuse(w, http.StatusBadRequest, "The body broke off. Send it again.")
		return
	}
	from, err := s.sender(r.Header, body, hook)
	if err != nil {
		s.fail(ctx, w, hook, err)
		return
	}
	if err := s.awaited(ctx, hook); err != nil {
		s.fail(ctx, w, hook, err)
		return
	}
	value, err := decode(r.Header.Get("Content-Type"), body)
	if err != nil {
		s.fail(ctx, w, hook, err)
		return
	}
	i, err := s.Events.Emit(ctx, event.Event{
		Trigger: trigger.Webhook, With: map[string]any{"url": hook}, Payload: payload(r, value), Source: "webhook:" + from, Dedupe: dedupe(r.Header, hook, from),
	})
	if err != nil {
		s.fail(ctx, w, hook, err)
		return
	}
	s.Log.DebugContext(ctx, "took a webhook", "op", "web.webhook.take", "hook", hook, "sender", from, "event", i.ID)
	w.Header().Set(headerEvent, i.ID)
	answer(w, http.StatusAccepted, value)
}

// awaited returns CodeNotFound where no rule that is on waits for the webhook.
func (s *Server) awaited(ctx context.Context, hook string) error {
	rules, err := s.Events.Rules(ctx)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if r.Enabled && r.Trigger == trigger.Webhook && r.With["url"] == hook {
			return nil
		}
	}
	return bot.E(bot.CodeNotFound, "web.webhook.find", "No rule waits for this webhook. Enable one with the trigger "+trigger.Webhook+" and this url.", nil)
}

// dedupe names the delivery, or is empty. Two senders, or two webhooks, may use the same names. The hash bounds their length.
func dedupe(h http.Header, hook, from string) string {
	for _, name := range deliveries {
		if id := h.Get(name); id != "" {
			parts, _ := json.Marshal([]string{hook, from, name, id}) // texts can always be written
			sum := sha256.Sum256(parts)
			return "webhook/" + hex.EncodeToString(sum[:])
		}
	}
	return ""
}

// payload is what rules see of a request (packs/core/triggers/webhook.yaml), without what proves who sent it.
func payload(r *http.Request, body any) map[string]any {
	headers, lower := map[string]any{}, map[string]any{}
	set := func(name, value string) { headers[name], lower[strings.ToLower(name)] = value, value }
	set("Host", r.Host)
	for name, values := range r.Header {
		if !slices.Contains(secretHeaders, name) {
			set(name, strings.Join(values, ", "))
		}
	}
	return map[string]any{"headers": headers, "headers_lower": lower, "body": body}
}

// fail answers with an error and logs it. What is our own fault is told to the log alone.
func (s *Server) fail(ctx context.Context, w http.ResponseWriter, hook string, err error) {
	status, code := http.StatusInternalServerError, bot.ErrorCode(err)
	switch code {
	case bot.CodeAuth:
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", "Bearer")
	case bot.CodeDenied:
		status = http.StatusForbidden
	case bot.CodeNotFound:
		status = http.StatusNotFound
	case bot.CodeInvalid:
		status = http.StatusBadRequest
	case bot.CodeUnsupported:
		status = http.StatusUnsupportedMediaType
	case bot.CodeRateLimited:
		status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(bot.ErrorWait(err).Seconds())))))
	case bot.CodeUnavailable, bot.CodeTimeout, bot.CodeCanceled, bot.CodeConflict:
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", retryAfter)
	}
	s.Log.WarnContext(ctx, "refused a webhook", "op", "web.webhook.refuse", "hook", hook[:min(len(hook), maxShown)], "status", status, "code", code, "err", err)
	text := bot.ErrorText(err)
	if status == http.StatusInternalServerError {
		text = ""
	}
	refuse(w, status, cmp.Or(text, "Something unexpected happened. The log has the rest."))
}

// refuse answers as StackStorm does, so that what reads its answers reads ours.
func refuse(w http.ResponseWriter, status int, text string) {
	answer(w, status, map[string]string{"faultstring": text})
}

func answer(w http.ResponseWriter, status int, value any) {
	data, err := json.Marshal(value)
	if err != nil { // what was decoded can always be written
		status, data = http.StatusInternalServerError, []byte(`{}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // the sender posts it again when it did not come
}
