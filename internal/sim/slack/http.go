package slack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
)

// attemptHTTP posts a delivery to the app's addresses, signed as Slack signs.
func (s *Server) attemptHTTP(d *delivery, n int, reason string) (ok bool, why string) {
	path, kind, body, err := request(d)
	if err != nil {
		return false, "unencodable"
	}
	line := Line{Kind: LineDelivery, Delivery: d.id, Type: d.kind, Attempt: n, Channel: d.at, User: d.by}
	s.mu.Lock()
	s.note(line)
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	timer := s.clock.NewTimer(ackWithin)
	defer timer.Stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.o.Deliver+path, bytes.NewReader(body))
	if err != nil {
		return false, "http_error"
	}
	r.Header.Set("Content-Type", kind)
	Sign(r.Header, s.o.Secret, strconv.FormatInt(s.clock.Now().Unix(), 10), body)
	if n > 1 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(n-1))
		r.Header.Set("X-Slack-Retry-Reason", reason)
	}
	type result struct {
		status int
		kind   string
		body   []byte
		err    error
	}
	got := make(chan result, 1)
	s.work.Go(func() {
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			got <- result{err: err}
			return
		}
		defer response.Body.Close()
		text, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
		got <- result{response.StatusCode, response.Header.Get("Content-Type"), text, err}
	})
	why = "http_timeout"
	select {
	case g := <-got:
		if g.err == nil && g.status >= 200 && g.status < 300 {
			s.mu.Lock()
			defer s.mu.Unlock()
			line.Kind = LineAck
			s.note(line)
			s.respond(d, spoken(d, g.kind, g.body))
			return true, ""
		}
		why = "http_error"
	case <-timer.C():
	case <-s.ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	line.Kind, line.Code = LineFailed, why
	s.note(line)
	return false, why
}

// spoken returns what the body of an answer says, as an acknowledgement over a socket says it: an answer to a command that is not JSON is
// itself the text.
func spoken(d *delivery, contentType string, body []byte) []byte {
	kind, _, _ := mime.ParseMediaType(contentType) // none is not JSON
	if d.kind != "slash_commands" || len(body) == 0 || kind == "application/json" {
		return body
	}
	said, _ := json.Marshal(answer{"text": string(body)}) // it is ours
	return said
}

// request returns how a delivery looks over HTTP.
func request(d *delivery) (path, contentType string, body []byte, err error) {
	const form = "application/x-www-form-urlencoded"
	text, err := json.Marshal(d.payload)
	switch {
	case err != nil:
		return "", "", nil, err
	case d.kind == "events_api":
		return "/events", "application/json", text, nil
	case d.kind == "interactive":
		return "/interactions", form, []byte(url.Values{"payload": {string(text)}}.Encode()), nil
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return "", "", nil, err
	}
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, fmt.Sprint(value))
	}
	return "/commands", form, []byte(values.Encode()), nil
}

// Sign puts Slack's signature of a body on a request.
func Sign(h http.Header, secret, timestamp string, body []byte) {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	h.Set("X-Slack-Request-Timestamp", timestamp)
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}
