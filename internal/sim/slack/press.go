package slack

import (
	"encoding/json"
	"fmt"

	"github.com/petrelops/petrel/bot"
)

// Press presses the button of a message, or chooses the option of a menu in it.
func (s *Server) Press(w Said) (trigger string, err error) {
	const op = "simslack.button.press"
	s.mu.Lock()
	defer s.mu.Unlock()
	p, c, err := s.place(w)
	if err != nil {
		return "", err
	}
	m := s.state.find(c.ID, w.TS)
	if w.TS == "" {
		for _, other := range s.state.messages[c.ID] {
			if (other.Only == "" || other.Only == p.ID) && pressed(blocksOf(other.Blocks), w.Label) != nil {
				m = other
			}
		}
	}
	if m == nil || m.Only != "" && m.Only != p.ID {
		return "", bot.E(bot.CodeNotFound, op, "There is no message "+w.TS, nil)
	}
	action := pressed(blocksOf(m.Blocks), w.Label)
	if action == nil {
		return "", bot.E(bot.CodeNotFound, op, "The message has no button "+w.Label, nil)
	}
	action["action_ts"] = s.state.nextTS(s.clock.Now())
	hookID, address := s.newHook(w.Origin, hook{channel: c.ID, user: p.ID, message: m.TS})
	trigger = s.newTrigger(p.ID)
	container := answer{"type": "message", "message_ts": m.TS, "channel_id": c.ID, "is_ephemeral": m.Only != ""}
	if m.Thread != "" {
		container["thread_ts"] = m.Thread
	}
	s.start(&delivery{id: trigger, kind: "interactive", hook: hookID, by: p.ID, at: c.ID, payload: s.byPerson(p.ID, answer{
		"type": "block_actions", "container": container, "trigger_id": trigger, "response_url": address,
		"channel": answer{"id": c.ID, "name": c.Name}, "message": s.wire(m), "state": answer{"values": answer{}}, "actions": []any{action},
	})})
	return trigger, nil
}

// PressHome presses a button of the person's App home.
func (s *Server) PressHome(person, label string) (trigger string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.state.homes[person]
	if v == nil {
		return "", bot.E(bot.CodeNotFound, "simslack.home.press", person+" has no App home", nil)
	}
	action := pressed(v.blocks(), label)
	if action == nil {
		return "", bot.E(bot.CodeNotFound, "simslack.home.press", "The App home has no button "+label, nil)
	}
	action["action_ts"] = s.state.nextTS(s.clock.Now())
	trigger = s.newTrigger(person)
	s.start(&delivery{id: trigger, kind: "interactive", by: person, payload: s.byPerson(person, answer{
		"type": "block_actions", "container": answer{"type": "view", "view_id": v.id}, "trigger_id": trigger, "view": v.wire(), "actions": []any{action},
	})})
	return trigger, nil
}

// OpenHome opens the App home of the person, as a click on the app's name does.
func (s *Server) OpenHome(person string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.state.people[person]; !ok || p.Bot {
		return bot.E(bot.CodeNotFound, "simslack.home.open", "There is no person "+person, nil)
	}
	ts := s.state.nextTS(s.clock.Now())
	e := answer{"type": "app_home_opened", "user": person, "channel": s.state.im(person).ID, "tab": "home", "event_ts": ts}
	if v := s.state.homes[person]; v != nil {
		e["view"] = v.wire()
	}
	s.callback(person, "", e)
	return nil
}

// Home returns what a person reads on the App home.
func (s *Server) Home(person string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.state.homes[person]
	if v == nil {
		return ""
	}
	blocks, _ := json.Marshal(v.raw["blocks"]) // it was read from JSON
	return Readable(Message{Blocks: blocks})
}

// Shortcut is a message shortcut of the app.
type Shortcut struct {
	Callback string // callback_id
	Label    string // what the menu of a message says
}

// Run uses a message shortcut on the message.
func (s *Server) Run(w Said, callback string) (trigger string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, c, err := s.place(w)
	if err != nil {
		return "", err
	}
	m := s.state.find(c.ID, w.TS)
	if m == nil || m.Only != "" { // a message that only one person sees has no menu
		return "", bot.E(bot.CodeNotFound, "simslack.shortcut.run", "There is no message "+w.TS, nil)
	}
	hookID, address := s.newHook(w.Origin, hook{channel: c.ID, user: p.ID})
	trigger = s.newTrigger(p.ID)
	s.start(&delivery{id: trigger, kind: "interactive", hook: hookID, by: p.ID, at: c.ID, payload: s.byPerson(p.ID, answer{
		"type": "message_action", "callback_id": callback, "trigger_id": trigger, "response_url": address, "message_ts": m.TS,
		"action_ts": s.state.nextTS(s.clock.Now()), "channel": answer{"id": c.ID, "name": c.Name}, "message": s.wire(m),
	})})
	return trigger, nil
}

func blocksOf(text json.RawMessage) []node {
	var list []node
	_ = json.Unmarshal(text, &list) // no blocks is no layout
	return list
}

// pressed finds the button with the label, or the menu that has it as an option, as an action of a payload.
func pressed(blocks []node, label string) answer {
	for i, b := range blocks {
		elements, _ := b["elements"].([]any)
		if e := b["accessory"]; e != nil {
			elements = append(elements, e)
		}
		if b["type"] != "actions" && b["type"] != "section" {
			continue
		}
		for _, one := range elements {
			e, ok := one.(map[string]any)
			if !ok {
				continue
			}
			a := answer{"block_id": blockID(b, i)}
			for name, value := range e {
				a[name] = value
			}
			if e["type"] == "button" && plainOf(e["text"]) == label {
				return a
			}
			if o := optionOf(e, label); o != nil {
				delete(a, "options")
				a["selected_option"] = o
				return a
			}
		}
	}
	return nil
}

func blockID(b node, i int) string {
	if id := text(b, "block_id"); id != "" {
		return id
	}
	return fmt.Sprintf("b%d", i)
}

func optionOf(e node, label string) node {
	options, _ := e["options"].([]any)
	for _, o := range options {
		if n, ok := o.(map[string]any); ok && plainOf(n["text"]) == label {
			return n
		}
	}
	return nil
}
