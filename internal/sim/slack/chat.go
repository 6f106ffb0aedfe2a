package slack

import (
	"encoding/json"
)

// maxText is where Slack cuts the text of a message.
const maxText = 40_000

// sight finds the channel of a call as the bot sees it. A person's id stands for the direct channel with that person.
func (s *Server) sight(id string) (*Channel, string) {
	if p, ok := s.state.people[id]; ok && !p.Bot {
		return s.state.im(id), ""
	}
	c, ok := s.state.channels[id]
	if !ok || c.Private && !c.has(BotUser) {
		return nil, "channel_not_found"
	}
	return c, ""
}

// content reads and checks what a message is to say.
func (c *call) content() (m Message, code string, more answer) {
	m = Message{User: BotUser, Bot: true, Text: c.args["text"], Thread: c.args["thread_ts"]}
	if runes := []rune(m.Text); len(runes) > maxText {
		m.Text = string(runes[:maxText])
	}
	if blocks := c.args["blocks"]; blocks != "" && blocks != "null" && blocks != "[]" {
		if code, why := checkMessage([]byte(blocks)); code != "" {
			return m, code, answer{"errors": []string{why}, "response_metadata": answer{"messages": []string{"[ERROR] " + why}}}
		}
		m.Blocks = json.RawMessage(blocks)
	}
	if m.Text == "" && m.Blocks == nil {
		return m, "no_text", nil
	}
	if meta := c.args["metadata"]; meta != "" {
		var parsed struct {
			EventType    string         `json:"event_type"`
			EventPayload map[string]any `json:"event_payload"`
		}
		if json.Unmarshal([]byte(meta), &parsed) != nil || (parsed.EventType == "") != (parsed.EventPayload == nil) {
			return m, "invalid_metadata_format", nil
		}
		if parsed.EventType != "" {
			m.Metadata = json.RawMessage(meta)
			key, _ := parsed.EventPayload["key"].(string)
			c.line.Key = key
		}
	}
	c.line.Text = Readable(m)
	return m, "", nil
}

func postMessage(s *Server, c *call) (answer, string) {
	at, code := s.sight(c.args["channel"])
	if code == "" && !at.has(BotUser) {
		code = "not_in_channel"
	}
	if code != "" {
		return nil, code
	}
	m, code, more := c.content()
	if code != "" {
		return more, code
	}
	if m.Thread != "" && s.state.find(at.ID, m.Thread) == nil {
		return nil, "thread_not_found"
	}
	m.TS = s.state.nextTS(s.clock.Now())
	s.state.messages[at.ID] = append(s.state.messages[at.ID], &m)
	c.line.Kind, c.line.Channel, c.line.TS = LinePost, at.ID, m.TS
	return answer{"channel": at.ID, "ts": m.TS, "message": s.wire(&m)}, ""
}

func updateMessage(s *Server, c *call) (answer, string) {
	at, code := s.sight(c.args["channel"])
	if code != "" {
		return nil, code
	}
	old := s.state.find(at.ID, c.args["ts"])
	switch {
	case old == nil || old.Only != "":
		return nil, "message_not_found"
	case old.User != BotUser:
		return nil, "cant_update_message"
	}
	m, code, more := c.content()
	if code != "" {
		return more, code
	}
	old.Text, old.Blocks, old.Edited = m.Text, m.Blocks, true
	if m.Metadata != nil {
		old.Metadata = m.Metadata
	}
	c.line.Kind, c.line.TS, c.line.Thread = LineUpdate, old.TS, old.Thread
	return answer{"channel": at.ID, "ts": old.TS, "text": old.Text, "message": s.wire(old)}, ""
}

func postEphemeral(s *Server, c *call) (answer, string) {
	at, code := s.sight(c.args["channel"])
	c.line.User = c.args["user"]
	switch {
	case code != "":
		return nil, code
	case !at.has(BotUser):
		return nil, "not_in_channel"
	case !at.has(c.args["user"]):
		return nil, "user_not_in_channel"
	}
	m, code, more := c.content()
	if code != "" {
		return more, code
	}
	m.TS, m.Only, m.Metadata = s.state.nextTS(s.clock.Now()), c.args["user"], nil
	s.state.messages[at.ID] = append(s.state.messages[at.ID], &m)
	c.line.Kind, c.line.TS = LineEphemeral, m.TS
	return answer{"message_ts": m.TS}, ""
}

func deleteMessage(s *Server, c *call) (answer, string) {
	at, code := s.sight(c.args["channel"])
	if code != "" {
		return nil, code
	}
	for i, m := range s.state.messages[at.ID] {
		if m.TS != c.args["ts"] || m.Only != "" {
			continue
		}
		if m.User != BotUser {
			return nil, "cant_delete_message"
		}
		list := s.state.messages[at.ID]
		s.state.messages[at.ID] = append(list[:i:i], list[i+1:]...)
		c.line.Kind, c.line.TS = LineDelete, m.TS
		return answer{"channel": at.ID, "ts": m.TS}, ""
	}
	return nil, "message_not_found"
}

func addReaction(s *Server, c *call) (answer, string) {
	at, code := s.sight(c.args["channel"])
	if code != "" {
		return nil, code
	}
	m := s.state.find(at.ID, c.args["timestamp"])
	if m == nil {
		return nil, "message_not_found"
	}
	for _, name := range m.Reactions {
		if name == c.args["name"] {
			return nil, "already_reacted"
		}
	}
	m.Reactions = append(m.Reactions, c.args["name"])
	c.line.Kind, c.line.TS, c.line.Text = LineReaction, m.TS, c.args["name"]
	return answer{}, ""
}

// wire is a message as the API shows it.
func (s *Server) wire(m *Message) answer {
	team := s.state.people[m.User].Team
	if team == "" {
		team = Team
	}
	a := answer{"type": "message", "ts": m.TS, "user": m.User, "text": m.Text, "team": team}
	if m.Thread != "" {
		a["thread_ts"] = m.Thread
	}
	if m.Bot {
		a["bot_id"], a["app_id"] = Bot, App
	}
	if m.Blocks != nil {
		a["blocks"] = m.Blocks
	}
	if m.Metadata != nil {
		a["metadata"] = m.Metadata
	}
	if m.Edited {
		a["edited"] = answer{"user": m.User, "ts": m.TS}
	}
	var list []answer
	for _, id := range m.Files {
		list = append(list, s.state.files[id].wire())
	}
	if list != nil {
		a["files"] = list
	}
	if m.Reactions != nil {
		var reactions []answer
		for _, name := range m.Reactions {
			reactions = append(reactions, answer{"name": name, "users": []string{BotUser}, "count": 1})
		}
		a["reactions"] = reactions
	}
	return a
}
