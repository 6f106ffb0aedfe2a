package discord

import (
	"regexp"
	"strings"
)

// span is a piece of text that looks the same throughout.
type span struct {
	Text       string
	Code, Bold bool
}

// person is a mention.
var person = regexp.MustCompile(`<@!?(\d+)>`)

// named returns a text with the names of those whom it mentions. It is called with mu held.
func (s *state) named(text string) string {
	return person.ReplaceAllStringFunc(text, func(mention string) string {
		if p, ok := s.people[person.FindStringSubmatch(mention)[1]]; ok {
			return "@" + p.Name
		}
		return mention
	})
}

// spans reads the markup that bots write: blocks of code, bold text, and backslashes that keep text from being either. It is called with
// mu held.
func (s *state) spans(text string) []span {
	var list []span
	for i, part := range strings.Split(text, "```") {
		if i%2 == 1 { // code is shown as it is
			list = append(list, span{Text: strings.TrimPrefix(part, "\n"), Code: true})
			continue
		}
		for j, piece := range strings.Split(strings.Trim(part, "\n"), "**") {
			if piece != "" {
				list = append(list, span{Text: signs(plainly(s.named(piece))), Bold: j%2 == 1})
			}
		}
	}
	return list
}

// signs draws emoji as what most fonts have.
func signs(text string) string {
	return strings.NewReplacer(
		"👀", "◉", "✅", "✔", "❌", "✘", "⚠️", "⚠", "✋", "‖", "🚫", "⊘", "⏳", "…", "🕒", "…",
	).Replace(text)
}
