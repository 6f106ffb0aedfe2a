package slack

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// Said is something that a person does.
type Said struct {
	User    string `json:"user"`
	Channel string `json:"channel"`
	Text    string `json:"text"`
	Thread  string `json:"thread"`
	Command string `json:"command"` // of Slash, such as /petrel
	TS      string `json:"ts"`      // of Press: the message; empty is the newest that has the button
	Label   string `json:"label"`   // of Press: the button
	// Again is when, after it was written, a message is delivered once more under the same ids, acknowledged or not.
	Again []time.Duration `json:"-"`
	// Origin is the address that response_url begins with, which the person's browser knows.
	Origin string `json:"-"`
}

// place finds who and where.
func (s *Server) place(w Said) (Person, *Channel, error) {
	const op = "simslack.person.find"
	p, ok := s.state.people[w.User]
	if !ok {
		return p, nil, bot.E(bot.CodeNotFound, op, "There is no person "+w.User, nil)
	}
	c, ok := s.state.channels[w.Channel]
	if !ok || !c.has(w.User) {
		return p, nil, bot.E(bot.CodeNotFound, op, w.User+" is in no channel "+w.Channel, nil)
	}
	return p, c, nil
}

// Say writes a message and tells the app of it, as a mention where it is one and as a message where the app is in the channel.
func (s *Server) Say(w Said) (ts string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, c, err := s.place(w)
	if err != nil {
		return "", err
	}
	s.lastEvents = nil
	m := &Message{TS: s.state.nextTS(s.clock.Now()), Thread: w.Thread, User: p.ID, Text: s.state.mentioned(escape(w.Text))}
	s.state.messages[c.ID] = append(s.state.messages[c.ID], m)
	s.note(Line{Kind: LineSaid, Channel: c.ID, Thread: m.Thread, TS: m.TS, User: p.ID, Text: m.Text})
	if !c.has(BotUser) {
		return m.TS, nil
	}
	if strings.Contains(m.Text, "<@"+BotUser+">") && c.With == "" {
		s.event(p, c, m, "app_mention")
	}
	s.event(p, c, m, "message")
	s.repeat(s.lastEvents, w.Again)
	return m.TS, nil
}

// repeat delivers events once more at the times. It is called with mu held.
func (s *Server) repeat(events []*delivery, times []time.Duration) {
	for _, after := range times {
		s.work.Go(func() {
			if clock.Wait(s.ctx, s.clock, after) != nil {
				return
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, d := range events {
				s.start(d)
			}
		})
	}
}

// event tells the app of a message. It is called with mu held.
func (s *Server) event(p Person, c *Channel, m *Message, kind string) {
	team := p.Team
	if team == "" {
		team = Team
	}
	e := answer{
		"type": kind, "user": m.User, "text": m.Text, "ts": m.TS, "channel": c.ID, "event_ts": m.TS, "team": team,
		"client_msg_id": "c-" + m.TS,
	}
	if m.Thread != "" {
		e["thread_ts"] = m.Thread
	}
	if kind == "message" {
		e["channel_type"] = c.kind()
	}
	if team != Team {
		e["user_team"], e["source_team"] = team, team
	}
	if p.Bot {
		e["bot_id"] = "B" + p.ID
		delete(e, "client_msg_id")
	}
	s.lastEvents = append(s.lastEvents, s.callback(p.ID, c.ID, e))
}

// callback delivers an event. It is called with mu held.
func (s *Server) callback(by, at string, e answer) *delivery {
	id := s.state.nextID("Ev")
	c := s.state.channels[at]
	kind, _ := e["type"].(string)
	ts, _ := e["ts"].(string)
	d := &delivery{id: id, kind: "events_api", event: kind, ts: ts, by: by, at: at, payload: answer{
		"token": "verification", "team_id": Team, "api_app_id": App, "event": e, "type": "event_callback", "event_id": id,
		"event_time": s.clock.Now().Unix(), "is_ext_shared_channel": c != nil && c.Shared, "event_context": "4-sim",
		"authorizations": []answer{{"team_id": Team, "user_id": BotUser, "is_bot": true}},
	}}
	s.start(d)
	return d
}

// Redeliver delivers the events of the last message once more, under the same event ids.
func (s *Server) Redeliver() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lastEvents == nil {
		return bot.E(bot.CodeNotFound, "simslack.event.redeliver", "There was no event yet", nil)
	}
	for _, d := range s.lastEvents {
		s.start(d)
	}
	return nil
}

// Slash types a slash command. Unlike a message it stands nowhere.
func (s *Server) Slash(w Said) (trigger string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, c, err := s.place(w)
	if err != nil {
		return "", err
	}
	hookID, address := s.newHook(w.Origin, hook{channel: c.ID, user: p.ID})
	trigger = s.newTrigger(p.ID)
	s.start(&delivery{id: trigger, kind: "slash_commands", hook: hookID, by: p.ID, at: c.ID, payload: answer{
		"token": "verification", "team_id": Team, "team_domain": "sim", "channel_id": c.ID, "channel_name": c.Name, "user_id": p.ID,
		"user_name": p.Name, "command": w.Command, "text": s.state.mentioned(escape(w.Text)), "api_app_id": App,
		"is_enterprise_install": "false", "response_url": address, "trigger_id": trigger,
	}})
	return trigger, nil
}

// Raw delivers any envelope. The payload may be malformed as JSON can be.
func (s *Server) Raw(kind string, payload json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start(&delivery{id: s.state.nextID("Raw"), kind: kind, payload: payload})
}
