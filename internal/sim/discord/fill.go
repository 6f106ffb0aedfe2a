package discord

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/petrelops/petrel/bot"
)

// openForm is a form that a person has before them.
type openForm struct {
	id, title string
	channel   *Channel
	message   *Message
	fields    []component // labels with what is filled in below them

	// What was filled in and was not right. Discord says so without asking the app.
	typed   map[string][]string
	faults  map[string]string
	trouble string
}

// styleLong is of a text input with several lines.
const styleLong = 2

// needed reports whether the field must be filled in, as it must where nothing is said.
func (c component) needed() bool { return c.Required == nil || *c.Required }

func (s *Server) openForm(in *interaction, data json.RawMessage) {
	var d struct {
		Title      string      `json:"title"`
		CustomID   string      `json:"custom_id"`
		Components []component `json:"components"`
	}
	_ = json.Unmarshal(data, &d) // it was checked
	s.form[in.user] = &openForm{id: d.CustomID, title: d.Title, channel: in.channel, message: in.message, fields: d.Components, typed: initial(d.Components)}
	s.note(Line{Kind: LineForm, Delivery: in.id, User: in.user, Text: d.Title})
}

// initial is what stands in the fields before anybody fills them in.
func initial(fields []component) map[string][]string {
	typed := map[string][]string{}
	for _, f := range fields {
		if f.Component.Value != "" {
			typed[f.Component.CustomID] = []string{f.Component.Value}
		}
		for _, o := range f.Component.Options {
			if o.Default {
				typed[f.Component.CustomID] = append(typed[f.Component.CustomID], o.Value)
			}
		}
	}
	return typed
}

// CloseForm takes the form away that the person has before them. The app is told nothing.
func (s *Server) CloseForm(person string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.form, person)
}

// Fill fills in the form that the person has before them and submits it. The values are by custom_id or by label; what is not named stays
// as it is. What Discord itself would not send is told, and the form stays open. form, where it is not empty, is the one that is meant.
func (s *Server) Fill(person, form string, values map[string][]string) error {
	const op = "simdiscord.form.fill"
	open, err := s.tryForm(person, form, values)
	if err != nil || open == nil {
		return err
	}
	w := Said{User: person, Values: map[string]string{}}
	for _, f := range open.fields {
		id := f.Component.CustomID
		for _, value := range open.typed[id] {
			w.Values[id] = value
			if f.Component.Type == typeSelect {
				w.Values[id] = "=" + value
			}
		}
	}
	if _, err = s.Submit(w); err != nil {
		return bot.E(bot.CodeConflict, op, "The form is not open any more", err)
	}
	return nil
}

// FormFaults returns what is wrong with what was filled into the form that the person has before them, by custom_id.
func (s *Server) FormFaults(person string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if open := s.form[person]; open != nil {
		return maps.Clone(open.faults)
	}
	return nil
}

// tryForm puts the values into the form. It returns nil where Discord would not send them.
func (s *Server) tryForm(person, form string, values map[string][]string) (*openForm, error) {
	const op = "simdiscord.form.fill"
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.form[person]
	if open == nil || form != "" && form != open.id {
		return nil, bot.E(bot.CodeNotFound, op, person+" has no such form before them", nil)
	}
	known := map[string]bool{}
	open.faults = map[string]string{}
	for _, f := range open.fields {
		id := f.Component.CustomID
		for _, name := range []string{id, f.Label} {
			if typed, ok := values[name]; ok {
				open.typed[id], known[name] = typed, true
			}
		}
		if fault := f.Component.wrong(open.typed[id]); fault != "" {
			open.faults[id] = fault
		}
	}
	for name := range values {
		if !known[name] {
			return nil, bot.E(bot.CodeInvalid, op, "The form has no field "+name, nil)
		}
	}
	if len(open.faults) > 0 {
		s.change.Tell()
		return nil, nil
	}
	return open, nil
}

// wrong says why Discord would not send what was filled in.
func (c component) wrong(typed []string) string {
	value := strings.Join(typed, "")
	switch {
	case value == "" && c.needed():
		return "This field is required"
	case c.MaxLength > 0 && utf8.RuneCountInString(value) > c.MaxLength:
		return fmt.Sprintf("Must be %d or fewer in length.", c.MaxLength)
	case c.Type == typeSelect && value != "" && !slices.ContainsFunc(c.Options, func(o componentOption) bool { return o.Value == value }):
		return "Choose one of the options"
	}
	return ""
}
