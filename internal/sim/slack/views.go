package slack

import "encoding/json"

// checkView returns the error's name for a view that Slack would refuse.
func checkView(text string, types ...string) string {
	var v struct {
		Type   string `json:"type"`
		Title  node   `json:"title"`
		Blocks []node `json:"blocks"`
		Data   string `json:"private_metadata"`
	}
	if json.Unmarshal([]byte(text), &v) != nil {
		return "invalid_arguments"
	}
	known := false
	for _, t := range types {
		known = known || v.Type == t
	}
	c := &checker{ids: map[string]bool{}}
	c.blocks(v.Blocks, maxViewBlocks)
	if v.Type == "modal" {
		c.text("/view/title", map[string]any(v.Title), maxViewTitle, true)
	}
	if !known || c.fault != "" || len(v.Data) > maxSection {
		return "invalid_arguments"
	}
	return ""
}

// maxViewTitle is the longest title of a modal.
const maxViewTitle = 24

func (s *Server) shown(c *call) (answer, string) {
	c.line.Kind, c.line.Text = LineView, c.args["view"]
	id := c.args["view_id"]
	if id == "" {
		id = s.state.nextID("V")
	}
	return answer{"view": answer{"id": id}}, ""
}

func openView(s *Server, c *call) (answer, string) {
	if code := checkView(c.args["view"], "modal"); code != "" {
		return nil, code
	}
	if code := s.takeTrigger(c.args["trigger_id"]); code != "" {
		return nil, code
	}
	return s.shown(c)
}

func updateView(s *Server, c *call) (answer, string) {
	if code := checkView(c.args["view"], "modal", "home"); code != "" {
		return nil, code
	}
	return s.shown(c)
}

func publishView(s *Server, c *call) (answer, string) {
	if code := checkView(c.args["view"], "home"); code != "" {
		return nil, code
	}
	if _, ok := s.state.people[c.args["user_id"]]; !ok {
		return nil, "user_not_found"
	}
	return s.shown(c)
}
