package slack

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/petrelops/petrel/bot"
)

// Filled is what a person does in a form that is open.
type Filled struct {
	User string `json:"user"`
	// Values are what stands in the fields, by their label or block_id. A field that is not named holds what it held.
	Values map[string][]string `json:"values"`
	// Field is the external select in which something is typed.
	Field string `json:"field"`
	Typed string `json:"typed"`
}

// FormState is a form as a person sees it.
type FormState struct {
	View   string            `json:"view"`
	Title  string            `json:"title"`
	Text   string            `json:"text"` // what stands above the fields
	Fields []FieldState      `json:"fields"`
	Faults map[string]string `json:"faults"` // by label
}

// FieldState is a field of a form.
type FieldState struct {
	Label   string   `json:"label"`
	Kind    string   `json:"kind"`
	Value   []string `json:"value"`
	Options []string `json:"options,omitempty"`
}

// Form returns the form that the person has open, false when there is none.
func (s *Server) Form(person string) (FormState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.state.modals[person]
	if v == nil {
		return FormState{}, false
	}
	f := FormState{View: v.id, Title: plainOf(v.raw["title"]), Faults: map[string]string{}}
	blocks, _ := json.Marshal(v.raw["blocks"]) // it was read from JSON
	f.Text = Readable(Message{Blocks: blocks})
	for _, in := range v.inputs() {
		state := FieldState{Label: in.Label, Kind: in.Kind, Value: in.Typed}
		for _, o := range in.Options {
			state.Options = append(state.Options, plainOf(o["text"]))
		}
		f.Fields = append(f.Fields, state)
		if in.Fault != "" {
			f.Faults[in.Label] = in.Fault
		}
	}
	return f, true
}

// fill writes into the fields of the person's form. It is called with mu held.
func (s *Server) fill(w Filled) (*view, error) {
	const op = "simslack.form.fill"
	v := s.state.modals[w.User]
	if v == nil {
		return nil, bot.E(bot.CodeNotFound, op, "No form is open", nil)
	}
	if v.typed == nil {
		v.typed = map[string][]string{}
	}
	for name, values := range w.Values {
		in, ok := v.named(name)
		if !ok {
			return nil, bot.E(bot.CodeNotFound, op, "The form has no field "+name, nil)
		}
		v.typed[in.Block] = in.chosen(values)
		if in.First() != "" || len(v.typed[in.Block]) > 0 {
			delete(v.faults, in.Block) // Slack takes a complaint away once the field is touched
		}
	}
	return v, nil
}

func (v *view) named(name string) (input, bool) {
	for _, in := range v.inputs() {
		if in.Block == name || in.Label == name {
			return in, true
		}
	}
	return input{}, false
}

// chosen makes the values of options out of their texts, by which a person knows them.
func (in input) chosen(values []string) []string {
	list := make([]string, len(values))
	for i, value := range values {
		list[i] = value
		for _, o := range in.Options {
			if in.option(value) == nil && plainOf(o["text"]) == value {
				list[i] = text(o, "value")
			}
		}
	}
	return list
}

// Submit fills in and submits the form that the person has open, and waits until the app has answered. What Slack finds wrong by itself is
// shown at the field and the app is not asked.
func (s *Server) Submit(ctx context.Context, w Filled) error {
	d, err := s.submission(w)
	if err != nil || d == nil {
		return err
	}
	return s.ended(ctx, d)
}

func (s *Server) submission(w Filled) (*delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.fill(w)
	if err != nil {
		return nil, err
	}
	v.faults = map[string]string{}
	for _, in := range v.inputs() {
		if why := in.wrong(); why != "" {
			v.faults[in.Block] = why
		}
	}
	if len(v.faults) > 0 {
		s.note(Line{Kind: LineRefused, Method: "submit", User: w.User, Key: v.id, Code: "fields"})
		return nil, nil
	}
	trigger := s.newTrigger(w.User)
	d := &delivery{id: trigger, kind: "interactive", by: w.User, view: v, over: make(chan struct{}), payload: s.byPerson(w.User, answer{
		"type": "view_submission", "view": v.wire(), "trigger_id": trigger, "response_urls": []any{},
	})}
	s.start(d)
	return d, nil
}

// byPerson is a payload of something that the person did. It is called with mu held.
func (s *Server) byPerson(person string, payload answer) answer {
	p := s.state.people[person]
	team := p.Team
	if team == "" {
		team = Team
	}
	payload["team"], payload["api_app_id"], payload["token"] = answer{"id": Team, "domain": "sim"}, App, "verification"
	payload["user"] = answer{"id": p.ID, "username": p.Name, "name": p.Name, "team_id": team}
	payload["is_enterprise_install"], payload["enterprise"] = false, nil
	return payload
}

// ended waits until a delivery has been answered or given up.
func (s *Server) ended(ctx context.Context, d *delivery) error {
	select {
	case <-d.over:
		return nil
	case <-s.ctx.Done():
	case <-ctx.Done():
	}
	return bot.E(bot.CodeCanceled, "simslack.form.wait", "The app did not answer", ctx.Err())
}

// submitted does what the answer to a submission asks for. It is called with mu held.
func (s *Server) submitted(v *view, payload json.RawMessage) {
	var asked struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(payload) > 0 && json.Unmarshal(payload, &asked) != nil {
		s.refuse(v, "invalid_payload")
		return
	}
	switch asked.Action {
	case "errors":
		for block, why := range asked.Errors {
			if _, ok := v.named(block); !ok || why == "" {
				s.refuse(v, "invalid_errors")
				return
			}
		}
		v.faults = asked.Errors
		s.note(Line{Kind: LineView, User: v.person, Key: v.id, Code: "errors", Text: fmt.Sprint(asked.Errors)})
	case "update", "push":
		if why := checkView(string(asked.View), "modal"); why != "" {
			s.refuse(v, "invalid_view")
			return
		}
		v.put(string(asked.View))
		v.typed = nil
		s.note(Line{Kind: LineView, User: v.person, Key: v.id, Code: asked.Action, Text: string(asked.View)})
	default:
		if s.state.modals[v.person] == v {
			delete(s.state.modals, v.person)
		}
		s.note(Line{Kind: LineView, User: v.person, Key: v.id, Code: "closed"})
	}
}

// refuse shows what Slack shows when it cannot use the answer of the app, and keeps the form open.
func (s *Server) refuse(v *view, code string) {
	if v.faults == nil {
		v.faults = map[string]string{}
	}
	v.faults[""] = "We had some trouble connecting. Try again?"
	s.note(Line{Kind: LineRefused, Method: "submit", User: v.person, Key: v.id, Code: code})
}

// CloseForm closes the form that the person has open without submitting it.
func (s *Server) CloseForm(person string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.state.modals[person]; v != nil {
		delete(s.state.modals, person)
		s.note(Line{Kind: LineView, User: person, Key: v.id, Code: "closed"})
	}
}

// Suggest types into an external select of the person's form and returns the texts that the app offers.
func (s *Server) Suggest(ctx context.Context, w Filled) ([]string, error) {
	d, block, err := s.suggestion(w)
	if err != nil {
		return nil, err
	}
	if err := s.ended(ctx, d); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var asked struct {
		Options []node `json:"options"`
	}
	if json.Unmarshal(d.answer, &asked) != nil {
		return nil, bot.E(bot.CodeBadAnswer, "simslack.form.suggest", "The app did not offer options", nil)
	}
	c := &checker{ids: map[string]bool{}}
	if len(asked.Options) > maxOptions {
		c.refuse("/options", "must have at most %d items", maxOptions)
	}
	texts := make([]string, len(asked.Options))
	for i, o := range asked.Options {
		c.option(fmt.Sprintf("/options/%d", i), o)
		texts[i] = plainOf(o["text"])
	}
	if c.fault != "" {
		s.note(Line{Kind: LineRefused, Method: "suggest", User: w.User, Code: c.fault})
		return nil, bot.E(bot.CodeBadAnswer, "simslack.form.suggest", "Slack would refuse the options: "+c.fault, nil)
	}
	if d.view.found == nil {
		d.view.found = map[string][]node{}
	}
	d.view.found[block] = asked.Options
	return texts, nil
}

func (s *Server) suggestion(w Filled) (*delivery, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.fill(w)
	if err != nil {
		return nil, "", err
	}
	in, ok := v.named(w.Field)
	if !ok || in.Kind != "external_select" {
		return nil, "", bot.E(bot.CodeNotFound, "simslack.form.suggest", "The form has no external select "+w.Field, nil)
	}
	d := &delivery{id: s.state.nextID("suggest"), kind: "interactive", by: w.User, view: v, asks: true, over: make(chan struct{}), payload: s.byPerson(w.User, answer{
		"type": "block_suggestion", "block_id": in.Block, "action_id": in.Action, "value": w.Typed, "view": v.wire(),
		"container": answer{"type": "view", "view_id": v.id},
	})}
	s.start(d)
	return d, in.Block, nil
}
