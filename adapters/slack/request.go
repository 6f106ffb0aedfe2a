package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
)

const (
	headerTime      = "X-Slack-Request-Timestamp"
	headerSignature = "X-Slack-Signature"
	// freshFor is how old a request may be, and how far ahead, before it counts as one that somebody kept and sends again.
	freshFor = 5 * time.Minute
)

// signers returns the workspaces with whose secret the request is signed. slack-go could check that too, but by the machine's clock.
func (a *Adapter) signers(h http.Header, body []byte) []*workspace {
	stamp := h.Get(headerTime)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || a.opts.Clock.Now().Sub(time.Unix(seconds, 0)).Abs() > freshFor {
		return nil
	}
	given, err := hex.DecodeString(strings.TrimPrefix(h.Get(headerSignature), "v0="))
	if err != nil {
		return nil
	}
	var list []*workspace
	for _, w := range a.workspaces {
		if hmac.Equal(given, signature(w.secret, stamp, body)) {
			list = append(list, w)
		}
	}
	return list
}

// signature is Slack's of a body at a time.
func signature(secret, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:", stamp)
	mac.Write(body)
	return mac.Sum(nil)
}

// Unwrap returns the payload, as Socket Mode would send it, of a request's body. It is pure.
func Unwrap(kind, contentType string, body []byte) ([]byte, error) {
	const op = "slack.request.decode"
	wanted := "application/x-www-form-urlencoded"
	if kind == kindEvent {
		wanted = "application/json"
	}
	if media, _, err := mime.ParseMediaType(contentType); err != nil || media != wanted {
		return nil, bot.E(bot.CodeUnsupported, op, "", fmt.Errorf("the body is %.60q", contentType))
	}
	if kind == kindEvent {
		return valid(op, body)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, bot.E(bot.CodeInvalid, op, "", err)
	}
	if kind == kindInteraction {
		return valid(op, []byte(form.Get("payload")))
	}
	fields := map[string]string{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	payload, err := json.Marshal(fields)
	if err != nil {
		return nil, bot.E(bot.CodeInvalid, op, "", err)
	}
	return payload, nil
}

// valid returns the payload if it is an object of JSON.
func valid(op string, payload []byte) ([]byte, error) {
	var object map[string]json.RawMessage
	err := json.Unmarshal(payload, &object)
	if err == nil && object == nil {
		err = errors.New("the payload is no object")
	}
	if err != nil {
		return nil, bot.E(bot.CodeInvalid, op, "", err)
	}
	return payload, nil
}
