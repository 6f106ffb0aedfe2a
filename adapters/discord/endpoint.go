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

const (
	maxInteraction = 1 << 20
	// stale is by how much the time of a request may differ from ours: an old one may be somebody's replay.
	stale = time.Minute
)

// publicKey reads the key that requests are checked with.
func publicKey(text string) (ed25519.PublicKey, error) {
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("the public key is not 64 hexadecimal digits")
	}
	return key, nil
}

// Endpoint takes interactions over HTTP, as the alternative to the gateway: its address goes under Interactions Endpoint URL at
// discord.com/developers. Any process may take them, whoever holds the gateway. A request is accepted with 202 and answered by a call, as
// one that came through the gateway is, once the command is durable; the person hears nothing when it is not.
func (a *Adapter) Endpoint() http.Handler {
	key, err := publicKey(a.opts.PublicKey)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err != nil {
			http.Error(w, "adapters.discord.public_key is not set", http.StatusNotFound)
			return
		}
		body, readErr := io.ReadAll(http.MaxBytesReader(w, r.Body, maxInteraction))
		switch {
		case r.Method != http.MethodPost:
			w.WriteHeader(http.StatusMethodNotAllowed)
		case readErr != nil:
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		case !a.genuine(key, r.Header, body):
			w.WriteHeader(http.StatusUnauthorized)
		default:
			a.takeRequest(w, r, body)
		}
	})
}

// genuine reports whether Discord sent the body, just now.
func (a *Adapter) genuine(key ed25519.PublicKey, h http.Header, body []byte) bool {
	stamp := h.Get("X-Signature-Timestamp")
	sent, err := strconv.ParseInt(stamp, 10, 64)
	signature, hexErr := hex.DecodeString(h.Get("X-Signature-Ed25519"))
	if err != nil || hexErr != nil || !ed25519.Verify(key, append([]byte(stamp), body...), signature) {
		return false
	}
	return a.opts.Clock.Now().Sub(time.Unix(sent, 0)).Abs() <= stale
}

func (a *Adapter) takeRequest(w http.ResponseWriter, r *http.Request, body []byte) {
	var kind struct {
		Type int `json:"type"`
	}
	if json.Unmarshal(body, &kind) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if kind.Type == interactionPing {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(response{Type: respondPong}) // a client that went away has no further say
		return
	}
	a.mu.Lock()
	in := a.intake
	a.mu.Unlock()
	if in == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
	in.sort(context.WithoutCancel(r.Context()), kindInteraction, body, func() {})
}
