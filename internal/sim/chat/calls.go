package chat

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxText    = 40000
	maxFiles   = 1 << 20
	maxHistory = 1000
)

// ack takes the acknowledgement of a delivery.
func (s *Server) ack(w http.ResponseWriter, r *http.Request, rule *Fault) answer {
	var body struct {
		Delivery string `json:"delivery"`
	}
	if a, bad := read(w, r, &body); bad {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.pending[body.Delivery]
	if d == nil {
		return fail(http.StatusNotFound, "unknown_delivery", "there is no delivery "+body.Delivery)
	}
	if !s.record(Line{Kind: LineAck, Message: d.message.ID, Delivery: body.Delivery}, rule) {
		return ledgerFailed()
	}
	if !d.done {
		d.done = true
		close(d.acked)
	}
	return reply(http.StatusNoContent, nil)
}

// post adds a message of the bot. A key that was used before is no hindrance: the bot has to look.
func (s *Server) post(w http.ResponseWriter, r *http.Request, rule *Fault) answer {
	var p post
	if a, bad := read(w, r, &p); bad {
		return a
	}
	switch {
	case p.Channel == "":
		return refused("missing_channel", "a post names its channel")
	case p.Key == "":
		return refused("missing_key", "a post has a key")
	}
	if a, bad := p.check(); bad {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Thread != "" && s.byID[p.Thread] == nil {
		return fail(http.StatusNotFound, "unknown_thread", "there is no message "+p.Thread)
	}
	m := &Message{
		ID: s.id("m"), Channel: p.Channel, Thread: p.Thread, Text: p.Text, Time: s.clock.Now().UTC(),
		Bot: true, To: p.To, Key: p.Key, Files: p.Files, Result: p.Result,
	}
	line := Line{Kind: LinePost, Message: m.ID, Channel: m.Channel, Thread: m.Thread, User: m.To, Text: m.Text, Key: m.Key, Result: m.Result}
	if !s.record(line, rule) {
		return ledgerFailed()
	}
	s.add(m)
	return reply(http.StatusCreated, map[string]string{"id": m.ID})
}

// edit replaces what a message of the bot says.
func (s *Server) edit(w http.ResponseWriter, r *http.Request, rule *Fault) answer {
	var e edit
	if a, bad := read(w, r, &e); bad {
		return a
	}
	if a, bad := e.check(); bad {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.byID[r.PathValue("id")]
	switch {
	case m == nil:
		return unknown(r)
	case !m.Bot:
		return fail(http.StatusForbidden, "not_yours", "the message is somebody else's")
	}
	line := Line{Kind: LineEdit, Message: m.ID, Channel: m.Channel, Thread: m.Thread, User: m.To, Text: e.Text, Key: m.Key, Result: e.Result}
	if !s.record(line, rule) {
		return ledgerFailed()
	}
	m.Text, m.Files, m.Result = e.Text, e.Files, e.Result
	return reply(http.StatusNoContent, nil)
}

func (e edit) check() (answer, bool) {
	size := 0
	for _, f := range e.Files {
		size += len(f.Content)
	}
	steers := func(c rune) bool {
		return c != '\n' && c != '\t' && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c))
	}
	switch {
	case strings.TrimSpace(e.Text) == "":
		return refused("missing_text", "a message has a text"), true
	case len(e.Text) > maxText:
		return refused("long_text", "a text has at most 40,000 bytes"), true
	case !utf8.ValidString(e.Text) || strings.ContainsFunc(e.Text, steers):
		return refused("bad_text", "a text is UTF-8 without control characters"), true
	case size > maxFiles:
		return refused("large_files", "files have at most 1 MiB"), true
	}
	return answer{}, false
}

// mark puts a mark on a message of a person.
func (s *Server) mark(w http.ResponseWriter, r *http.Request, rule *Fault) answer {
	var body struct {
		Mark string `json:"mark"`
	}
	if a, bad := read(w, r, &body); bad {
		return a
	}
	if body.Mark == "" {
		return refused("missing_mark", "a mark has a name")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.byID[r.PathValue("id")]
	switch {
	case m == nil:
		return unknown(r)
	case m.Bot:
		return fail(http.StatusForbidden, "not_theirs", "marks are for messages of people")
	case slices.Contains(m.Marks, body.Mark):
		return reply(http.StatusNoContent, nil)
	}
	if !s.record(Line{Kind: LineMark, Message: m.ID, Delivery: m.Delivery, Mark: body.Mark}, rule) {
		return ledgerFailed()
	}
	m.Marks = append(m.Marks, body.Mark)
	return reply(http.StatusNoContent, nil)
}

// lookup finds the messages that were posted under a key.
func (s *Server) lookup(_ http.ResponseWriter, r *http.Request, _ *Fault) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return reply(http.StatusOK, list(s.byKey[r.URL.Query().Get("key")], 0))
}

// history returns what was written since a time.
func (s *Server) history(_ http.ResponseWriter, r *http.Request, _ *Fault) answer {
	since, err := time.Parse(time.RFC3339Nano, r.URL.Query().Get("since"))
	if err != nil {
		return refused("bad_since", "since is a time as in RFC 3339")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	from, _ := slices.BinarySearchFunc(s.messages, since, func(m *Message, t time.Time) int { return m.Time.Compare(t) })
	return reply(http.StatusOK, list(s.messages[from:], maxHistory))
}

// list copies messages, at most limit of them unless that is zero, oldest first.
func list(messages []*Message, limit int) map[string][]Message {
	if limit > 0 && len(messages) > limit {
		messages = messages[:limit]
	}
	out := make([]Message, len(messages))
	for i, m := range messages {
		out[i] = *m
		out[i].Marks = slices.Clone(m.Marks)
	}
	return map[string][]Message{"messages": out}
}

// record dates a line, names the rule that spoils its answer, and writes it. The caller holds mu.
func (s *Server) record(l Line, rule *Fault) bool {
	l.Time = s.clock.Now().UTC()
	if rule != nil {
		l.Fault = rule.Effect
	}
	return s.write(l) == nil
}

func refused(code, message string) answer {
	return fail(http.StatusUnprocessableEntity, code, message)
}

func unknown(r *http.Request) answer {
	return fail(http.StatusNotFound, "unknown_message", "there is no message "+r.PathValue("id"))
}
