package slack

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

const (
	hookUses = 5
	hookLife = 30 * time.Minute
	// triggerLife is how long a modal may be opened after what the person did.
	triggerLife = 3 * time.Second
)

// deadline is when something stops being good.
type deadline = time.Time

// hook is a response_url.
type hook struct {
	channel string
	user    string
	message string // the timestamp of the message whose button was pressed
	left    int
	until   deadline
}

// newHook makes a response_url and returns its address. It is called with mu held.
func (s *Server) newHook(origin string, h hook) (id, address string) {
	id = s.state.nextID("hook")
	h.left, h.until = hookUses, s.clock.Now().Add(hookLife)
	s.hooks[id] = &h
	return id, origin + "/hook/" + id
}

// trigger lets the app open a modal before the eyes of a person.
type trigger struct {
	person string
	until  deadline
}

func (s *Server) newTrigger(person string) string {
	id := s.state.nextID("trigger.")
	s.triggers[id] = trigger{person, s.clock.Now().Add(triggerLife)}
	return id
}

// takeTrigger uses a trigger_id up and returns whose it was.
func (s *Server) takeTrigger(id string) (person, code string) {
	t, ok := s.triggers[id]
	delete(s.triggers, id)
	switch {
	case id == "" || !ok:
		return "", "invalid_trigger_id"
	case s.clock.Now().After(t.until):
		return "", "expired_trigger_id"
	}
	return t.person, ""
}

func (s *Server) serveHook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	code := s.useHook(r.PathValue("id"), body)
	s.mu.Unlock()
	switch code {
	case "":
		_, _ = io.WriteString(w, "ok")
	case "used_url", "expired_url":
		w.WriteHeader(http.StatusNotFound)
		send(w, answer{"ok": false, "error": code})
	default:
		w.WriteHeader(http.StatusBadRequest)
		send(w, answer{"ok": false, "error": code})
	}
}

// useHook posts what a response_url was sent. It is called with mu held.
func (s *Server) useHook(id string, body []byte) (code string) {
	h := s.hooks[id]
	line := Line{Method: "response_url", Kind: LineRefused}
	defer func() {
		line.Code = code
		s.note(line)
	}()
	switch {
	case h == nil || h.left == 0:
		return "used_url"
	case s.clock.Now().After(h.until):
		return "expired_url"
	}
	h.left--
	var asked struct {
		Text            string          `json:"text"`
		Blocks          json.RawMessage `json:"blocks"`
		ResponseType    string          `json:"response_type"`
		ReplaceOriginal bool            `json:"replace_original"`
		ThreadTS        string          `json:"thread_ts"`
	}
	if json.Unmarshal(body, &asked) != nil {
		return "invalid_payload"
	}
	c := &call{args: args{"text": asked.Text, "blocks": string(asked.Blocks), "thread_ts": asked.ThreadTS}}
	m, code, _ := c.content()
	if code != "" {
		return code
	}
	line.Channel, line.User, line.Text = h.channel, h.user, c.line.Text
	if old := s.state.find(h.channel, h.message); asked.ReplaceOriginal && old != nil {
		old.Text, old.Blocks, old.Edited = m.Text, m.Blocks, true
		line.Kind, line.TS = LineUpdate, old.TS
		return ""
	}
	m.TS = s.state.nextTS(s.clock.Now())
	line.Kind, line.TS = LinePost, m.TS
	if asked.ResponseType != "in_channel" {
		m.Only, line.Kind = h.user, LineEphemeral
	}
	s.state.messages[h.channel] = append(s.state.messages[h.channel], &m)
	return ""
}
