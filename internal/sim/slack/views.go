package slack

import (
	"encoding/json"
	"fmt"
)

// view is a modal or an App home as one person has it before the eyes.
type view struct {
	id     string
	hash   int // changes with what the view holds
	person string
	raw    node
	typed  map[string][]string // what the person filled in, by block_id
	faults map[string]string   // what the person is told at an input, by block_id
	found  map[string][]node   // what the app offered last for an external select, by block_id
}

// put replaces what the view holds.
func (v *view) put(text string) {
	v.raw, v.faults = node{}, nil
	_ = json.Unmarshal([]byte(text), &v.raw) // it was checked
	blocks, _ := v.raw["blocks"].([]any)
	for i, b := range blocks {
		if n, ok := b.(map[string]any); ok && n["block_id"] == nil {
			n["block_id"] = fmt.Sprintf("b%d", i) // Slack makes one up as well
		}
	}
	v.hash++
}

func (v *view) hashText() string { return fmt.Sprintf("%d.%s", v.hash, v.id) }

// blocks are the layout.
func (v *view) blocks() []node {
	list, _ := v.raw["blocks"].([]any)
	blocks := make([]node, 0, len(list))
	for _, b := range list {
		if n, ok := b.(map[string]any); ok {
			blocks = append(blocks, n)
		}
	}
	return blocks
}

// wire is the view as the API and payloads show it.
func (v *view) wire() answer {
	a := answer{
		"id": v.id, "team_id": Team, "app_id": App, "bot_id": Bot, "app_installed_team_id": Team, "hash": v.hashText(), "root_view_id": v.id,
		"previous_view_id": nil, "callback_id": "", "private_metadata": "", "external_id": "", "clear_on_close": false, "notify_on_close": false,
	}
	for name, value := range v.raw {
		a[name] = value
	}
	a["state"] = answer{"values": v.values()}
	return a
}

// text returns a member of an object that is a text.
func text(o node, name string) string {
	s, _ := o[name].(string)
	return s
}

// shown puts a view on record and answers with it.
func shown(c *call, v *view) (answer, string) {
	c.line.Kind, c.line.Text, c.line.User, c.line.Key = LineView, c.args["view"], v.person, v.id
	return answer{"view": v.wire()}, ""
}

// faulty is the answer to a view that Slack would refuse.
func faulty(why string) (answer, string) {
	return answer{"response_metadata": answer{"messages": []string{"[ERROR] " + why}}}, "invalid_arguments"
}

func openView(s *Server, c *call) (answer, string) {
	if why := checkView(c.args["view"], "modal"); why != "" {
		return faulty(why)
	}
	person, code := s.takeTrigger(c.args["trigger_id"])
	if code != "" {
		return nil, code
	}
	v := &view{id: s.state.nextID("V"), person: person}
	v.put(c.args["view"])
	s.state.modals[person] = v
	return shown(c, v)
}

func updateView(s *Server, c *call) (answer, string) {
	if why := checkView(c.args["view"], "modal", "home"); why != "" {
		return faulty(why)
	}
	v := s.state.view(c.args["view_id"], c.args["external_id"])
	switch hash := c.args["hash"]; {
	case v == nil:
		return nil, "not_found"
	case hash != "" && hash != v.hashText():
		return nil, "hash_conflict"
	}
	v.put(c.args["view"])
	return shown(c, v)
}

func publishView(s *Server, c *call) (answer, string) {
	if why := checkView(c.args["view"], "home"); why != "" {
		return faulty(why)
	}
	person := c.args["user_id"]
	if p, ok := s.state.people[person]; !ok || p.Bot {
		return nil, "user_not_found"
	}
	v := s.state.homes[person]
	if v == nil {
		v = &view{id: s.state.nextID("V"), person: person}
	} else if hash := c.args["hash"]; hash != "" && hash != v.hashText() {
		return nil, "hash_conflict"
	}
	v.put(c.args["view"])
	s.state.homes[person] = v
	return shown(c, v)
}

// view finds a view that somebody has open by its id or the id that the app gave it.
func (s *state) view(id, external string) *view {
	for _, list := range []map[string]*view{s.modals, s.homes} {
		for _, v := range list {
			if id != "" && v.id == id || external != "" && text(v.raw, "external_id") == external {
				return v
			}
		}
	}
	return nil
}
