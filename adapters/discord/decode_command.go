package discord

import (
	"encoding/json"
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/markup"
	"github.com/petrelops/petrel/internal/plain"
)

// option is what was typed for an option of a command, or the subcommand that was chosen.
type option struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []option        `json:"options"`
}

// commanded adds what was typed with a command. It is false where the bot has none like it.
func (r Reader) commanded(e *Event, in inside) bool {
	if in.Name == r.Command {
		return r.line(e, in)
	}
	names, typed := []string{in.Name}, in.Options
	for len(names) < 3 && len(typed) == 1 && (typed[0].Type == typeSub || typed[0].Type == typeGroup) {
		names, typed = append(names, typed[0].Name), typed[0].Options
	}
	o, ok := r.Offers[path(names...)]
	switch {
	case !ok:
		return false
	case e.Hook.Kind == interactionComplete:
		return e.typing(o, typed)
	case !e.chosen(o, typed):
		return false
	}
	e.Message.Text = cut(strings.TrimSpace(plain.Line("/"+path(names...)+e.Message.Text)), maxLine) // as people see it in Discord
	return true
}

// line adds what the bot's own command was typed with.
func (r Reader) line(e *Event, in inside) bool {
	var line string
	for _, o := range in.Options {
		if o.Name == optionName && json.Unmarshal(o.Value, &line) != nil {
			return false
		}
	}
	if e.Hook.Kind == interactionComplete {
		e.Line = line
	} else {
		e.Message.Text = markup.Line(line, markup.Discord, "")
	}
	return true
}

// chosen adds what a command of a pack was given, as values and as text.
func (e *Event) chosen(offer bot.Offer, typed []option) bool {
	e.Message.Alias, e.Message.Values = offer.Alias, map[string]string{}
	for _, o := range typed {
		f, known := fieldOf(offer, o.Name)
		value, ok := o.text()
		if _, again := e.Message.Values[f.Name]; again || !known || !ok {
			return false
		}
		if strings.TrimSpace(value) == "" { // as if it had been left out
			continue
		}
		e.Message.Values[f.Name] = value
		e.Message.Text += " " + o.Name + ":" + value
	}
	return true
}

// typing adds which value is being typed.
func (e *Event) typing(offer bot.Offer, typed []option) bool {
	for _, o := range typed {
		if !o.Focused {
			continue
		}
		f, known := fieldOf(offer, o.Name)
		prefix, ok := o.text()
		if !known || !ok || e.Typing != nil {
			return false
		}
		e.Typing = &bot.Typing{Alias: offer.Alias, Field: f.Name, Prefix: prefix, Limit: maxChoices}
	}
	return e.Typing != nil
}

// fieldOf returns the field that an option asks for.
func fieldOf(offer bot.Offer, option string) (bot.FormField, bool) {
	for _, f := range offer.Fields {
		if !f.Secret && option != "" && slug(f.Name) == option {
			return f, true
		}
	}
	return bot.FormField{}, false
}

// text returns the value as it is typed elsewhere. It is false for what is no text, number or truth value.
func (o option) text() (string, bool) {
	var v any
	if json.Unmarshal(o.Value, &v) != nil {
		return "", false
	}
	switch v := v.(type) {
	case string:
		return aliases.Normalize(v), true
	case float64, bool:
		return strings.TrimSpace(string(o.Value)), true
	}
	return "", false
}
