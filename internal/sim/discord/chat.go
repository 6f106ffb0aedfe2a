package discord

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// nonceSpan is how long a nonce is remembered: "the past few minutes".
const nonceSpan = 5 * time.Minute

func (s *Server) gatewayBot(c *call) (int, any) {
	return http.StatusOK, answer{"url": "ws://" + c.r.Host + "/gateway", "shards": 1, "session_start_limit": answer{
		"total": 1000, "remaining": s.left, "reset_after": 14400000, "max_concurrency": 1,
	}}
}

func (s *Server) me(*call) (int, any) { return http.StatusOK, s.state.people[App].wire() }

func (s *Server) application(*call) (int, any) {
	flags := 1 << 19 // message content, for a small app
	if s.o.NoContent {
		flags = 0
	}
	var endpoint any
	if s.o.Deliver != "" {
		endpoint = s.o.Deliver
	}
	return http.StatusOK, answer{"id": App, "name": "Petrel", "flags": flags, "verify_key": s.PublicKey(), "interactions_endpoint_url": endpoint}
}

func (s *Server) openDirect(c *call) (int, any) {
	var body struct {
		Recipient string `json:"recipient_id"`
	}
	_ = json.Unmarshal(c.body, &body) // no recipient is nobody
	if _, known := s.state.people[body.Recipient]; !known {
		return fault(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
	}
	return http.StatusOK, s.state.direct(body.Recipient, s.clock.Now()).wire()
}

func (s *Server) listGuilds(*call) (int, any) {
	if s.uninvited {
		return http.StatusOK, []answer{}
	}
	return http.StatusOK, []answer{{"id": Guild, "name": "Simulated", "owner": false, "permissions": strconv.Itoa(permissions)}}
}

func (s *Server) listChannels(c *call) (int, any) {
	if c.r.PathValue("guild") != Guild {
		return fault(http.StatusNotFound, 10004, "Unknown Guild")
	}
	list := []answer{}
	for _, id := range s.state.order {
		if ch := s.state.channels[id]; ch.With == "" && ch.Parent == "" {
			list = append(list, s.state.lastSaid(ch))
		}
	}
	return http.StatusOK, list
}

// lastSaid is a channel with the id of its newest message.
func (s *state) lastSaid(c *Channel) answer {
	shown := c.wire()
	shown["last_message_id"] = nil
	if n := len(s.messages[c.ID]); n > 0 {
		shown["last_message_id"] = s.messages[c.ID][n-1].ID
	}
	return shown
}

// channel returns the channel that the call names, or the answer where the bot does not see it.
func (s *Server) channel(c *call) (ch *Channel, status int, body any) {
	ch = s.state.channels[c.r.PathValue("channel")]
	if ch == nil {
		status, body = fault(http.StatusNotFound, 10003, "Unknown Channel")
		return nil, status, body
	}
	if !ch.has(App) {
		status, body = fault(http.StatusForbidden, 50001, "Missing Access")
		return nil, status, body
	}
	return ch, 0, nil
}

// member shows the bot as a member of the guild.
func (s *Server) member(c *call) (int, any) {
	if c.r.PathValue("guild") != Guild || c.r.PathValue("user") != App {
		return fault(http.StatusNotFound, 10007, "Unknown Member")
	}
	return http.StatusOK, answer{"user": s.state.people[App].wire(), "roles": []string{botRole}, "joined_at": "2026-01-01T00:00:00Z"}
}

func (s *Server) getChannel(c *call) (int, any) {
	ch, status, body := s.channel(c)
	if ch == nil {
		return status, body
	}
	return http.StatusOK, ch.wire()
}

func (s *Server) listMessages(c *call) (int, any) {
	ch, status, body := s.channel(c)
	if ch == nil {
		return status, body
	}
	q := c.r.URL.Query()
	if ch.Deny&permitHistory != 0 {
		return http.StatusOK, []answer{} // Discord shows none
	}
	limit := 50
	if text := q.Get("limit"); text != "" {
		limit, _ = strconv.Atoi(text) // no number is out of bounds
	}
	if limit < 1 || limit > 100 {
		return wrong([]string{"limit is from 1 to 100"})
	}
	after, _ := strconv.ParseInt(q.Get("after"), 10, 64)
	var fits []*Message
	for _, m := range s.state.messages[ch.ID] {
		if id, _ := strconv.ParseInt(m.ID, 10, 64); id > after && m.Only == "" {
			fits = append(fits, m)
		}
	}
	if len(fits) > limit {
		if after > 0 {
			fits = fits[:limit]
		} else {
			fits = fits[len(fits)-limit:]
		}
	}
	list := []answer{}
	for _, m := range slices.Backward(fits) { // the newest comes first
		list = append(list, s.state.wireMessage(m))
	}
	return http.StatusOK, list
}

// written is what a call says of a message. A nil part of an edit stays as it is.
type written struct {
	Content         *string         `json:"content"`
	Embeds          json.RawMessage `json:"embeds"`
	Components      json.RawMessage `json:"components"`
	Flags           int             `json:"flags"`
	Nonce           any             `json:"nonce"`
	EnforceNonce    bool            `json:"enforce_nonce"`
	AllowedMentions json.RawMessage `json:"allowed_mentions"`
	Reference       *struct {
		Message string `json:"message_id"`
		Strict  *bool  `json:"fail_if_not_exists"`
	} `json:"message_reference"`
	Attachments json.RawMessage `json:"attachments"`
}

// readWritten reads and checks what is to be said.
func (c *call) readWritten(edit bool) (w written, faults []string) {
	if json.Unmarshal(c.body, &w) != nil {
		return w, []string{"the body is no message"}
	}
	return w, CheckMessage(c.body, len(c.names), edit)
}

// put makes a message say what was written.
func (s *Server) put(m *Message, w written, c *call) {
	if w.Content != nil {
		m.Content = *w.Content
	}
	if w.Embeds != nil {
		m.Embeds = w.Embeds
	}
	if w.Components != nil {
		m.Components = w.Components
	}
	if w.Attachments != nil { // the list of what stays; files that are sent along are added
		m.Files = nil
	}
	for _, name := range c.names {
		if !slices.Contains(m.Files, name) {
			m.Files = append(m.Files, name)
		}
		s.state.files[m.ID+"/"+name] = c.files[name]
	}
	m.Loading = false
}

func (s *Server) createMessage(c *call) (int, any) {
	ch, status, body := s.channel(c)
	if ch == nil {
		return status, body
	}
	if ch.Deny&permitSend != 0 || ch.Deny&permitFiles != 0 && len(c.names) > 0 {
		return fault(http.StatusForbidden, 50013, "Missing Permissions")
	}
	if ch.Closed {
		return fault(http.StatusForbidden, 50007, "Cannot send messages to this user")
	}
	w, faults := c.readWritten(false)
	if len(faults) > 0 {
		return wrong(faults)
	}
	if ch.Deny&permitEmbed != 0 {
		if w.Embeds = nil; (w.Content == nil || *w.Content == "") && len(c.names) == 0 {
			return fault(http.StatusBadRequest, 50006, "Cannot send an empty message")
		}
	}
	now := s.clock.Now()
	nonce, _ := w.Nonce.(string)
	if w.EnforceNonce && nonce != "" {
		for _, m := range s.state.messages[ch.ID] {
			if m.User == App && m.Nonce == nonce && now.Sub(idTime(m.ID)) < nonceSpan {
				return http.StatusOK, s.state.wireMessage(m)
			}
		}
	}
	m := &Message{ID: s.state.nextID(now), Channel: ch.ID, User: App, Nonce: nonce}
	if w.Reference != nil {
		if s.state.find(ch.ID, w.Reference.Message) != nil {
			m.Reply = w.Reference.Message
		} else if w.Reference.Strict == nil || *w.Reference.Strict {
			return wrong([]string{"message_reference: Unknown message"})
		}
	}
	s.put(m, w, c)
	s.state.messages[ch.ID] = append(s.state.messages[ch.ID], m)
	pings := s.state.pinged(w, m.Content, m.Reply)
	s.note(Line{Kind: LinePost, Method: c.route.name, Channel: ch.ID, Message: m.ID, Reply: m.Reply, Text: Readable(*m), Nonce: nonce, Pings: pings})
	s.tellMessage(m)
	return http.StatusOK, s.state.wireMessage(m)
}

func (s *Server) editMessage(c *call) (int, any) {
	ch, status, body := s.channel(c)
	if ch == nil {
		return status, body
	}
	m := s.state.find(ch.ID, c.r.PathValue("message"))
	if m == nil || m.Only != "" {
		return fault(http.StatusNotFound, 10008, "Unknown Message")
	}
	if m.User != App {
		return fault(http.StatusForbidden, 50005, "Cannot edit a message authored by another user")
	}
	return s.edit(m, c)
}

func (s *Server) edit(m *Message, c *call) (int, any) {
	w, faults := c.readWritten(true)
	if len(faults) > 0 {
		return wrong(faults)
	}
	s.put(m, w, c)
	m.Edited = true
	s.note(Line{Kind: LineUpdate, Method: c.route.name, Channel: m.Channel, Message: m.ID, Delivery: m.By, Reply: m.Reply, User: m.Only, Text: Readable(*m)})
	return http.StatusOK, s.state.wireMessage(m)
}

func (s *Server) addReaction(c *call) (int, any) {
	ch, status, body := s.channel(c)
	if ch == nil {
		return status, body
	}
	m := s.state.find(ch.ID, c.r.PathValue("message"))
	if m == nil {
		return fault(http.StatusNotFound, 10008, "Unknown Message")
	}
	if ch.Deny&permitReact != 0 {
		return fault(http.StatusForbidden, 50013, "Missing Permissions")
	}
	emoji, err := url.PathUnescape(c.r.PathValue("e"))
	if err != nil || emoji == "" || strings.ContainsAny(emoji, "abcdefghijklmnopqrstuvwxyz") {
		return fault(http.StatusBadRequest, 10014, "Unknown Emoji")
	}
	if !slices.Contains(m.Reactions, emoji) {
		m.Reactions = append(m.Reactions, emoji)
	}
	s.note(Line{Kind: LineReaction, Method: c.route.name, Channel: ch.ID, Message: m.ID, Text: emoji})
	return http.StatusNoContent, nil
}
