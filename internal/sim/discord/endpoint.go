package discord

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// post hands an interaction to the endpoint over HTTP, signed. It is called with mu held.
func (s *Server) post(in *interaction, payload answer) {
	text, _ := json.Marshal(payload) // it is ours
	s.note(Line{Kind: LineDelivery, Delivery: in.id, Type: "http"})
	s.work.Go(func() {
		body, status := s.send(text)
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case status == http.StatusAccepted: // the answer comes by a call
		case status != http.StatusOK:
			s.note(Line{Kind: LineFailed, Delivery: in.id, Code: "HTTP " + strconv.Itoa(status)})
		default:
			c := &call{route: route{name: "endpoint"}, body: body}
			if faults := s.respond(in, c); len(faults) > 0 {
				s.note(Line{Kind: LineFailed, Delivery: in.id, Code: faults[0]})
			}
		}
	})
}

// send posts a signed body and returns what is answered; a status of zero says that nothing is.
func (s *Server) send(text []byte) (body []byte, status int) {
	stamp := strconv.FormatInt(s.clock.Now().Unix(), 10)
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.o.Deliver, bytes.NewReader(text))
	if err != nil {
		return nil, 0
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(s.key, append([]byte(stamp), text...))))
	client := &http.Client{Timeout: answerWithin}
	answered, err := client.Do(r)
	if err != nil {
		return nil, 0
	}
	defer answered.Body.Close()
	defer client.CloseIdleConnections()
	body, err = io.ReadAll(io.LimitReader(answered.Body, maxRequest))
	if err != nil {
		return nil, 0
	}
	return body, answered.StatusCode
}

// Sign returns the headers with which Discord would send the body at the time, in seconds since 1970.
func (s *Server) Sign(stamp string, body []byte) http.Header {
	return http.Header{
		"X-Signature-Timestamp": {stamp},
		"X-Signature-Ed25519":   {hex.EncodeToString(ed25519.Sign(s.key, append([]byte(stamp), body...)))},
	}
}
