package inquiry

import (
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// maxChoices is how many answers are offered as buttons; more are asked for by a form.
const maxChoices = 8

// Choice is an answer that can be given by one press.
type Choice struct {
	Label  string
	Answer string // as it is typed
}

// Choices returns the answers of a question that asks for one thing and says what it may be; none for any other.
func (s *Schema) Choices() []Choice {
	if len(s.spec.Params) != 1 || s.more {
		return nil
	}
	p := s.spec.Params[0]
	if p.Secret {
		return nil
	}
	if p.Type == "boolean" && len(p.Enum) == 0 {
		return []Choice{{"Yes", p.Name + "=true"}, {"No", p.Name + "=false"}}
	}
	if len(p.Enum) > maxChoices {
		return nil
	}
	var list []Choice
	for _, v := range p.Enum {
		c := Choice{Answer: p.Name + "=" + param.Typed(v)}
		if text, isText := v.(string); isText && text != "" {
			c.Label = text
		} else {
			c.Label = param.Typed(v)
		}
		if read, err := s.Read(Given{Text: c.Answer}); err != nil || param.Typed(read[p.Name]) != param.Typed(v) {
			return nil // it cannot be typed in this way, so it cannot be pressed either
		}
		list = append(list, c)
	}
	return list
}

// Lines tell people what is asked: what the schema says of each key.
func (s *Schema) Lines() []string {
	var lines []string
	if len(s.spec.Params) == 1 {
		if text := s.spec.Params[0].Description; text != "" {
			return []string{text}
		}
	}
	for _, row := range param.Describe(s.spec) {
		line := fmt.Sprintf("%s (%s, %s)", row.Name, row.Takes, row.Need)
		if row.Description != "" {
			line += ": " + row.Description
		}
		lines = append(lines, line)
	}
	return lines
}

// Line is how an answer to the question with this id is typed.
func (s *Schema) Line(id string) string {
	line := "inquiry respond " + id
	if example := param.Example(s.spec); example != "" {
		return line + " " + example
	}
	return line + " key=value"
}

// Whole returns what the answers must be of a question that was asked already: its schema was read once before.
func Whole(q bot.Inquiry) (*Schema, error) { return New(q.ID, q.Ask.Schema) }
