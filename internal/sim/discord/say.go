package discord

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
)

// Said is something that a person does.
type Said struct {
	User    string            `json:"user"`
	Channel string            `json:"channel"`
	Text    string            `json:"text"`
	Reply   string            `json:"reply"`   // the message that is answered
	Command string            `json:"command"` // of Slash, such as petrel
	Message string            `json:"message"` // of Press; empty is the newest that has the button
	Label   string            `json:"label"`   // of Press: the button, or the option of a select
	Values  map[string]string `json:"values"`  // of Submit, by custom_id
	// Again is when, after it was done, the event of Say or Slash is delivered once more under the same id.
	Again []time.Duration `json:"-"`
}

// place finds who and where.
func (s *Server) place(w Said) (*Channel, error) {
	const op = "simdiscord.person.find"
	if _, ok := s.state.people[w.User]; !ok {
		return nil, bot.E(bot.CodeNotFound, op, "There is no person "+w.User, nil)
	}
	c, ok := s.state.channels[w.Channel]
	if !ok || !c.has(w.User) {
		return nil, bot.E(bot.CodeNotFound, op, w.User+" is in no channel "+w.Channel, nil)
	}
	return c, nil
}

// Say writes a message and tells the bot of it where it sees the channel.
func (s *Server) Say(w Said) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.place(w)
	if err != nil {
		return "", err
	}
	m := &Message{ID: s.state.nextID(s.clock.Now()), Channel: c.ID, User: w.User, Content: s.state.mentioned(w.Text), Reply: w.Reply}
	s.state.messages[c.ID] = append(s.state.messages[c.ID], m)
	s.note(Line{Kind: LineSaid, Channel: c.ID, Message: m.ID, User: w.User, Text: m.Content})
	if c.has(App) {
		s.tellMessage(m)
		s.repeat(s.last, w.Again)
	}
	return m.ID, nil
}

// tellMessage tells the sessions of a message. It is called with mu held.
func (s *Server) tellMessage(m *Message) {
	c := s.state.channels[m.Channel]
	data := s.state.wireMessage(m)
	data["channel_type"] = c.wire()["type"]
	if c.With == "" {
		data["guild_id"] = Guild
		data["member"] = answer{"roles": []string{}, "joined_at": "2026-01-01T00:00:00Z"}
	}
	whole := c.With != "" || m.User == App || mentions(m.Content, App)
	s.deliver(event{id: m.ID, kind: "MESSAGE_CREATE", wanted: func(intents int) (any, bool) {
		need := intentMessages
		if c.With != "" {
			need = intentDirect
		}
		shown := data
		if !whole && intents&intentContent == 0 {
			shown = answer{}
			for k, v := range data {
				shown[k] = v
			}
			shown["content"], shown["embeds"], shown["components"], shown["attachments"] = "", []any{}, []any{}, []any{}
		}
		return shown, intents&need != 0
	}})
}

// begin makes an interaction and what the bot is told of it. It is called with mu held.
func (s *Server) begin(w Said, c *Channel, kind int, data answer) (*interaction, answer) {
	now := s.clock.Now()
	in := &interaction{id: s.state.nextID(now), kind: kind, channel: c, user: w.User, at: now}
	in.token = "token-" + in.id
	s.interactions[in.token] = in
	payload := answer{
		"id": in.id, "application_id": App, "type": kind, "data": data, "channel_id": c.ID, "channel": c.wire(), "token": in.token, "version": 1,
		"locale": "en-US", "app_permissions": "2147485696", "context": 0, "authorizing_integration_owners": answer{"0": Guild}, "entitlements": []any{},
	}
	user := s.state.people[w.User].wire()
	if c.With == "" {
		payload["guild_id"], payload["guild_locale"] = Guild, "en-US"
		payload["member"] = answer{"user": user, "roles": []string{}, "permissions": "8", "joined_at": "2026-01-01T00:00:00Z"}
	} else {
		payload["user"], payload["context"] = user, 1
	}
	return in, payload
}

// tell hands an interaction to the bot and watches whether it answers in time. It is called with mu held.
func (s *Server) tell(in *interaction, payload answer) {
	if in.message != nil { // of the button, or of the button that opened the form
		payload["message"] = s.state.wireMessage(in.message)
	}
	if s.o.Deliver != "" {
		s.post(in, payload)
	} else {
		s.deliver(event{id: in.id, kind: "INTERACTION_CREATE", data: payload})
	}
	timer := s.clock.NewTimer(answerWithin)
	s.work.Go(func() {
		defer timer.Stop()
		select {
		case <-timer.C():
		case <-s.ctx.Done():
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if !in.answered {
			s.note(Line{Kind: LineFailed, Delivery: in.id, User: in.user, Channel: in.channel.ID, Code: "the application did not respond"})
		}
		if waiting := s.choices[in.id]; waiting != nil {
			close(waiting)
			delete(s.choices, in.id)
		}
	})
}

// typed is what Discord makes of a command. It is called with mu held.
func (s *Server) typed(w Said, focused bool) (answer, error) {
	if !focused {
		w.Text = strings.TrimSpace(w.Text)
	}
	read, err := s.parse(w)
	if err != nil {
		return nil, err
	}
	if focused && read.ready() && len(read.pairs) == 0 && len(read.leaf().Options) > 0 { // nothing is typed yet of the first
		read.pairs = []pair{{option: read.leaf().Options[0]}}
	}
	return read.data(s.state.command(w.Command)["id"], focused)
}

// Slash types a command. Unlike a message it stands nowhere.
func (s *Server) Slash(w Said) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.place(w)
	if err != nil {
		return "", err
	}
	data, err := s.typed(w, false)
	if err != nil {
		return "", err
	}
	in, payload := s.begin(w, c, kindCommand, data)
	in.command = strings.TrimSpace(w.Command + " " + w.Text)
	s.tell(in, payload)
	s.repeat(s.last, w.Again)
	return in.id, nil
}

// Complete types a command half way and returns what is offered.
func (s *Server) Complete(w Said) ([]string, error) {
	s.mu.Lock()
	c, err := s.place(w)
	var data answer
	if err == nil {
		data, err = s.typed(w, true)
	}
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	in, payload := s.begin(w, c, kindComplete, data)
	waiting := make(chan []string, 1)
	s.choices[in.id] = waiting
	s.tell(in, payload)
	s.mu.Unlock()
	select {
	case list, ok := <-waiting:
		if !ok {
			return nil, bot.E(bot.CodeTimeout, "simdiscord.command.complete", "Nothing was offered in time", nil)
		}
		return list, nil
	case <-s.ctx.Done():
		return nil, s.ctx.Err()
	}
}

// Interact does what a client of another kind might: data is that of the interaction, whatever it is.
func (s *Server) Interact(w Said, kind int, data any) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.place(w)
	if err != nil {
		return "", err
	}
	in, payload := s.begin(w, c, kind, nil)
	payload["data"] = data
	s.tell(in, payload)
	return in.id, nil
}

// Press presses a button of a message, or chooses an option of its select.
func (s *Server) Press(w Said) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.place(w)
	if err != nil {
		return "", err
	}
	var at *Message
	var data answer
	for _, m := range s.state.messages[c.ID] {
		if (w.Message == "" || m.ID == w.Message) && (m.Only == "" || m.Only == w.User) {
			if d := pressed(m.Components, w.Label); d != nil {
				at, data = m, d
			}
		}
	}
	if at == nil {
		return "", bot.E(bot.CodeNotFound, "simdiscord.button.press", "There is no button "+w.Label, nil)
	}
	in, payload := s.begin(w, c, kindComponent, data)
	in.message = at
	s.tell(in, payload)
	return in.id, nil
}

// pressed returns what the press of the label sends, nil when there is none.
func pressed(components json.RawMessage, label string) answer {
	var rows []component
	_ = json.Unmarshal(components, &rows) // no components is none
	for _, row := range rows {
		for _, c := range row.Components {
			if c.Type == typeButton && c.Label == label && !c.Disabled {
				return answer{"custom_id": c.CustomID, "component_type": typeButton}
			}
			for _, o := range c.Options {
				if o.Label == label {
					return answer{"custom_id": c.CustomID, "component_type": c.Type, "values": []string{o.Value}}
				}
			}
		}
	}
	return nil
}

// Raw delivers any event. The payload may be malformed as JSON can be.
func (s *Server) Raw(kind string, payload json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliver(event{id: "raw", kind: kind, data: payload})
}

// Redeliver delivers the last event once more, under the same id.
func (s *Server) Redeliver() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.kind == "" {
		return bot.E(bot.CodeNotFound, "simdiscord.event.redeliver", "There was no event yet", nil)
	}
	s.deliver(s.last)
	return nil
}

// Age makes every interaction so much older.
func (s *Server) Age(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range s.interactions {
		in.at = in.at.Add(-by)
	}
}
