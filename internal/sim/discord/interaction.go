package discord

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	answerWithin = 3 * time.Second
	tokenLife    = 15 * time.Minute
)

// Types of answers to an interaction.
const (
	typePong      = 1
	typeReply     = 4
	typeDeferred  = 5
	typeNoted     = 6 // a component: nothing is shown
	typeReplace   = 7 // a component: its message says something else
	typeChoices   = 8
	typeForm      = 9
	kindCommand   = 2
	kindComponent = 3
	kindComplete  = 4
	kindForm      = 5
)

// interaction is something that a person did, and what its token is good for.
type interaction struct {
	id, token string
	kind      int
	command   string // that was typed
	channel   *Channel
	user      string
	message   *Message // of a component
	at        time.Time
	answered  bool
	original  *Message
}

// spent returns the answer to a call with a token that is good for nothing.
func (s *Server) spent(c *call) (in *interaction, status int, body any) {
	in = s.interactions[c.r.PathValue("token")]
	if in == nil || c.r.PathValue("app") != App || !in.answered {
		status, body = fault(http.StatusNotFound, 10015, "Unknown Webhook")
		return nil, status, body
	}
	if s.clock.Now().Sub(in.at) >= tokenLife {
		status, body = fault(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
		return nil, status, body
	}
	return in, 0, nil
}

func (s *Server) callback(c *call) (int, any) {
	in := s.interactions[c.r.PathValue("token")]
	if in == nil || in.id != c.r.PathValue("id") || s.clock.Now().Sub(in.at) >= answerWithin {
		return fault(http.StatusNotFound, 10062, "Unknown interaction")
	}
	if in.answered {
		return fault(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	}
	if faults := s.respond(in, c); len(faults) > 0 {
		return wrong(faults)
	}
	if c.r.URL.Query().Get("with_response") != "true" {
		return http.StatusNoContent, nil
	}
	return http.StatusOK, s.responded(in, c)
}

// responded is what an answer to an interaction made, for those who ask.
func (s *Server) responded(in *interaction, c *call) answer {
	about := answer{"id": in.id, "type": in.kind}
	a := answer{"interaction": about}
	m := in.original
	if m == nil {
		return a
	}
	about["response_message_id"], about["response_message_loading"], about["response_message_ephemeral"] = m.ID, m.Loading, m.Only != ""
	var r struct {
		Type int `json:"type"`
	}
	_ = json.Unmarshal(c.body, &r) // it was read
	if r.Type == typeReply || r.Type == typeReplace {
		a["resource"] = answer{"type": r.Type, "message": s.state.wireMessage(m)}
	}
	return a
}

// respond takes the answer to an interaction.
func (s *Server) respond(in *interaction, c *call) []string {
	var r struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(c.body, &r) != nil {
		return []string{"the answer cannot be read"}
	}
	var w written
	if r.Data != nil && json.Unmarshal(r.Data, &w) != nil {
		return []string{"the data cannot be read"}
	}
	var faults []string
	switch {
	case r.Type == typeChoices && in.kind == kindComplete:
		faults = s.offer(in, r.Data)
	case in.kind == kindComplete:
		faults = []string{"choices are wanted"}
	case r.Type == typeForm && in.kind != kindForm:
		if faults = CheckForm(r.Data); len(faults) == 0 {
			s.openForm(in, r.Data)
		}
	case r.Type == typeReply:
		if faults = CheckMessage(r.Data, len(c.names), false); len(faults) == 0 {
			s.show(in, w, c)
		}
	case r.Type == typeDeferred:
		in.original = s.add(in, w.Flags)
		in.original.Loading = true
		s.change.Tell()
	case r.Type == typeNoted && in.kind == kindComponent:
	case r.Type == typeReplace && in.kind == kindComponent:
		if faults = CheckMessage(r.Data, len(c.names), true); len(faults) == 0 {
			s.put(in.message, w, c)
			in.original = in.message
		}
	default:
		faults = []string{fmt.Sprintf("type: %d does not answer an interaction of type %d", r.Type, in.kind)}
	}
	if len(faults) == 0 {
		in.answered = true
		s.note(Line{Kind: LineAck, Delivery: in.id, Type: fmt.Sprint(r.Type), Channel: in.channel.ID, User: in.user})
	}
	return faults
}

// show posts a message in answer to an interaction. What follows a deferred answer takes its place.
func (s *Server) show(in *interaction, w written, c *call) *Message {
	m := s.add(in, w.Flags)
	if in.original == nil {
		in.original = m
	}
	s.put(m, w, c)
	kind := LinePost
	if m.Only != "" {
		kind = LinePrivate
	}
	pings := s.state.pinged(w, m.Content, "")
	s.note(Line{Kind: kind, Method: c.route.name, Delivery: in.id, Channel: m.Channel, Message: m.ID, User: m.Only, Text: Readable(*m), Pings: pings})
	return m
}

func (s *Server) add(in *interaction, flags int) *Message {
	m := &Message{ID: s.state.nextID(s.clock.Now()), Channel: in.channel.ID, User: App, Flags: flags, By: in.id}
	if flags&flagEphemeral != 0 && in.channel.With == "" {
		m.Only = in.user
	}
	s.state.messages[in.channel.ID] = append(s.state.messages[in.channel.ID], m)
	return m
}

// offer hands choices to whoever types.
func (s *Server) offer(in *interaction, data json.RawMessage) []string {
	var f faultList
	var d struct {
		Choices []struct {
			Name  string `json:"name"`
			Value any    `json:"value"`
		} `json:"choices"`
	}
	if json.Unmarshal(data, &d) != nil || d.Choices == nil {
		return []string{"choices: a list is wanted"}
	}
	if len(d.Choices) > 25 {
		f.add("choices: Must be 25 or fewer in length")
	}
	var list []string
	for _, c := range d.Choices {
		value, _ := c.Value.(string)
		f.length("choices.name", c.Name, 1, 100)
		f.length("choices.value", value, 1, 100)
		list = append(list, value)
	}
	if waiting := s.choices[in.id]; waiting != nil && len(f) == 0 {
		waiting <- list // it has room for one
		delete(s.choices, in.id)
	}
	return f
}

func (s *Server) createFollowup(c *call) (int, any) {
	in, status, body := s.spent(c)
	if in == nil {
		return status, body
	}
	w, faults := c.readWritten(false)
	if len(faults) > 0 {
		return wrong(faults)
	}
	return http.StatusOK, s.state.wireMessage(s.show(in, w, c))
}

// followup finds the message of a call with a token.
func (s *Server) followup(in *interaction, id string) *Message {
	if id == "@original" {
		return in.original
	}
	m := s.state.find(in.channel.ID, id)
	if m == nil || m.By != in.id {
		return nil
	}
	return m
}

func (s *Server) getFollowup(c *call) (int, any) {
	in, status, body := s.spent(c)
	if in == nil {
		return status, body
	}
	m := s.followup(in, c.r.PathValue("message"))
	if m == nil {
		return fault(http.StatusNotFound, 10008, "Unknown Message")
	}
	return http.StatusOK, s.state.wireMessage(m)
}

func (s *Server) editFollowup(c *call) (int, any) {
	in, status, body := s.spent(c)
	if in == nil {
		return status, body
	}
	m := s.followup(in, c.r.PathValue("message"))
	if m == nil {
		return fault(http.StatusNotFound, 10008, "Unknown Message")
	}
	return s.edit(m, c)
}

func (s *Server) deleteFollowup(c *call) (int, any) {
	in, status, body := s.spent(c)
	if in == nil {
		return status, body
	}
	m := s.followup(in, c.r.PathValue("message"))
	if m == nil {
		return fault(http.StatusNotFound, 10008, "Unknown Message")
	}
	list := s.state.messages[m.Channel]
	for i, other := range list {
		if other == m {
			s.state.messages[m.Channel] = append(list[:i:i], list[i+1:]...)
		}
	}
	s.note(Line{Kind: LineDelete, Method: c.route.name, Channel: m.Channel, Message: m.ID})
	return http.StatusNoContent, nil
}
