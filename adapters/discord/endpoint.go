package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// EndpointPath is where interactions are posted to, below the address at which Discord reaches the bot.
const EndpointPath = "/discord/interactions"

const (
	headerSignature = "X-Signature-Ed25519"
	headerTime      = "X-Signature-Timestamp"
	maxInteraction  = 1 << 20
	// stale is by how much the time of a request may differ from ours: an older one is somebody's replay.
	stale = 5 * time.Minute
)

// publicKey reads the key that requests are checked with; nil where there is none.
func publicKey(text string) (ed25519.PublicKey, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no key is no endpoint, and no fault
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("the public key is not 64 hexadecimal digits")
	}
	return key, nil
}

// Endpoints are what the bot's HTTP server answers for Discord, by pattern: interactions, as the alternative to the gateway, where there
// is a public key. Any process may take them, whoever holds the gateway.
func (a *Adapter) Endpoints() map[string]http.Handler {
	if a.key == nil {
		return nil
	}
	return map[string]http.Handler{"POST " + EndpointPath: http.HandlerFunc(a.serveInteraction)}
}

// serveInteraction takes one interaction. Nothing of it is believed, or even decoded, before its signature was checked. It is accepted with
// 202 and answered by a call, as one that came through the gateway is: once its command is durable.
func (a *Adapter) serveInteraction(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxInteraction))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if !a.genuine(r.Header, body) {
		a.log.WarnContext(r.Context(), "refused a request that Discord did not sign, or not now", "op", "discord.request.verify", "bytes", len(body))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var kind struct {
		Type int `json:"type"`
	}
	switch err := json.Unmarshal(body, &kind); {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	case kind.Type == interactionPing:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(response{Type: respondPong}) // Discord asks again when it did not come
	default:
		w.WriteHeader(a.takeRequest(r.Context(), body))
	}
}

// genuine reports whether Discord sent the body, just now.
func (a *Adapter) genuine(h http.Header, body []byte) bool {
	stamp := h.Get(headerTime)
	sent, err := strconv.ParseInt(stamp, 10, 64)
	signature, hexErr := hex.DecodeString(h.Get(headerSignature))
	if err != nil || hexErr != nil || !ed25519.Verify(a.key, append([]byte(stamp), body...), signature) {
		return false
	}
	return a.opts.Clock.Now().Sub(time.Unix(sent, 0)).Abs() <= stale
}

// takeRequest hands an interaction to the bot and returns the status of what became of it. What finds no room in time, or was read by a
// process that stops, is not answered: Discord tells the person so.
func (a *Adapter) takeRequest(ctx context.Context, body []byte) int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if a.intake == nil {
		return http.StatusServiceUnavailable
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	if !a.intake.sort(ctx, kindInteraction, body, func() {}) {
		return http.StatusBadRequest
	}
	return http.StatusAccepted
}
