package discord

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// CheckForm returns the rules that a modal breaks.
func CheckForm(data []byte) []string {
	var f faultList
	var m struct {
		Title      string        `json:"title"`
		CustomID   string        `json:"custom_id"`
		Components []checkedPart `json:"components"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return []string{err.Error()}
	}
	f.length("title", m.Title, 1, 45)
	f.length("custom_id", m.CustomID, 1, 100)
	if n := len(m.Components); n < 1 || n > 5 {
		f.add("components: Must be between 1 and 5 in length")
	}
	seen := map[string]bool{}
	for i, l := range m.Components {
		at := fmt.Sprintf("components[%d]", i)
		if l.Type != typeLabel || l.Component == nil {
			f.add("%s.type: a label is wanted", at)
			continue
		}
		f.length(at+".label", l.Label, 1, 45)
		f.length(at+".description", l.Description, 0, 100)
		c := *l.Component
		f.length(at+".custom_id", c.CustomID, 1, 100)
		if seen[c.CustomID] {
			f.add("%s: Component custom id cannot be duplicated", at)
		}
		seen[c.CustomID] = true
		switch c.Type {
		case typeTextInput:
			if c.Style != 1 && c.Style != 2 || c.MinLength > 4000 || c.MaxLength > 4000 || c.MaxLength < 0 {
				f.add("%s: a text input has style 1 or 2 and at most 4000 characters", at)
			}
			f.length(at+".value", c.Value, 0, 4000)
			f.length(at+".placeholder", c.Placeholder, 0, 100)
		case typeSelect:
			c.checkOptions(&f, at)
		default:
			f.add("%s.type: there is no component %d in a label", at, c.Type)
		}
	}
	return f
}

// Submit sends the form that the person has before them.
func (s *Server) Submit(w Said) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	form := s.form[w.User]
	if form == nil {
		return "", bot.E(bot.CodeNotFound, "simdiscord.form.submit", w.User+" has no form before them", nil)
	}
	list, err := form.filled(w.Values)
	if err != nil {
		return "", err
	}
	delete(s.form, w.User)
	in, payload := s.begin(w, form.channel, kindForm, answer{"custom_id": form.id, "components": list})
	in.message = form.message
	s.tell(in, payload)
	return in.id, nil
}

// filled returns what a client of Discord sends of a form: every field of it, those that were not touched as they stand.
func (f *openForm) filled(values map[string]string) ([]answer, error) {
	const op = "simdiscord.form.submit"
	list := []answer{}
	used := 0
	for i, label := range f.fields {
		part := *label.Component
		typed := append([]string{}, f.typed[part.CustomID]...)
		if value, given := values[part.CustomID]; given {
			used++
			typed = []string{strings.TrimPrefix(value, "=")}
			if typed[0] == "" {
				typed = []string{}
			}
		}
		if why := part.wrong(typed); why != "" {
			return nil, bot.E(bot.CodeInvalid, op, part.CustomID+": "+why, nil)
		}
		field := answer{"type": part.Type, "id": 2 * (i + 1), "custom_id": part.CustomID}
		if part.Type == typeSelect {
			field["values"] = typed
		} else {
			field["value"] = strings.Join(typed, "")
		}
		list = append(list, answer{"type": typeLabel, "id": 2*i + 1, "component": field})
	}
	if used != len(values) {
		return nil, bot.E(bot.CodeInvalid, op, "The form has no such field", nil)
	}
	return list, nil
}

// Form returns whether the person has a form before them.
func (s *Server) Form(person string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.form[person] != nil
}
