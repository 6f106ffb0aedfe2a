package discord

import (
	"fmt"
	"maps"

	"github.com/petrelops/petrel/bot"
)

// required reports whether the field must be filled in, as it must where nothing is said.
func (c checkedPart) required() bool { return c.Required == nil || *c.Required }

// initial is what stands in the fields before anybody fills them in.
func initial(parts []checkedPart) map[string]string {
	typed := map[string]string{}
	for _, label := range parts {
		typed[label.Component.CustomID] = label.Component.Value
		for _, o := range label.Component.Options {
			if o.Default {
				typed[label.Component.CustomID] = o.Value
			}
		}
	}
	return typed
}

// wrong says why Discord would not send what was filled in.
func (c checkedPart) wrong(value string) string {
	if value == "" && c.required() {
		return "This field is required"
	}
	if c.MaxLength > 0 && len([]rune(value)) > c.MaxLength {
		return fmt.Sprintf("Must be %d or fewer in length.", c.MaxLength)
	}
	if c.Type != typeSelect || value == "" {
		return ""
	}
	for _, o := range c.Options {
		if o.Value == value {
			return ""
		}
	}
	return "There is no option " + value
}

// CloseForm takes the form away that the person has before them. The app is told nothing.
func (s *Server) CloseForm(person string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.form, person)
}

// Fill fills in the form that the person has before them and submits it. The values are by custom_id or by label; what is not named stays
// as it is. What Discord itself would not send is told, and the form stays open. form, where it is not empty, is the one that is meant.
func (s *Server) Fill(person, form string, values map[string][]string) (faults map[string]string, err error) {
	typed, faults, err := s.fill(person, form, values)
	if err != nil || len(faults) > 0 {
		return faults, err
	}
	_, err = s.Submit(Said{User: person, Values: typed})
	return nil, err
}

// fill puts the values into the form and returns what stands in it then, and what is wrong with that.
func (s *Server) fill(person, form string, values map[string][]string) (typed, faults map[string]string, err error) {
	const op = "simdiscord.form.fill"
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.form[person]
	if open == nil || form != "" && form != open.id {
		return nil, nil, bot.E(bot.CodeNotFound, op, person+" has no such form before them", nil)
	}
	known := 0
	open.faults = map[string]string{}
	for _, label := range open.parts {
		id := label.Component.CustomID
		given, ok := values[id]
		if !ok {
			given, ok = values[label.Label]
		}
		if ok {
			known++
			open.typed[id] = ""
		}
		for _, value := range given {
			open.typed[id] = value
		}
		if fault := label.Component.wrong(open.typed[id]); fault != "" {
			open.faults[id] = fault
		}
	}
	if known != len(values) {
		return nil, nil, bot.E(bot.CodeInvalid, op, "The form has not all of these fields", nil)
	}
	s.change.Tell()
	return maps.Clone(open.typed), maps.Clone(open.faults), nil
}
