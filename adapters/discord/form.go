package discord

import (
	"cmp"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/layout"
	"github.com/petrelops/petrel/internal/plain"
)

// Discord's limits of forms.
const (
	maxFields      = 5
	maxFormTitle   = 45
	maxFieldLabel  = 45
	maxFieldHelp   = 100
	maxFieldValue  = 4000
	maxCustomID    = 100
	maxOptions     = 25
	maxOptionLabel = 100
)

// formID begins the id of a form; the line that it completes follows.
const formID = "f:"

func formCommand(id string) (string, bool) {
	command, ok := strings.CutPrefix(id, formID)
	command = strings.TrimSpace(plain.Line(command))
	return command, ok && command != ""
}

// object is a JSON object. discordgo has no type for labels, which Discord wants in forms.
type object map[string]any

// RenderForm returns a form as Discord shows it, and false where Discord cannot: the words of the reply have to do then. So it is for a
// secret, which the box on the screen would show.
func RenderForm(f bot.Form) (any, bool) {
	id := formID + f.Command
	fields := f.Fields
	if len(fields) > maxFields {
		fields = layout.Fields(fields, mostFields())
	}
	if n := len(fields); n == 0 || n > maxFields || count(id) > maxCustomID || strings.TrimSpace(plain.Line(f.Command)) == "" {
		return nil, false
	}
	var list []object
	seen := map[string]bool{}
	for _, f := range fields {
		if f.Secret || f.Name == "" || count(f.Name) > maxCustomID || seen[f.Name] {
			return nil, false
		}
		seen[f.Name] = true
		list = append(list, label(f))
	}
	title := cmp.Or(strings.TrimSpace(plain.Line(f.Title)), "What is missing")
	return object{"title": cut(title, maxFormTitle), "custom_id": id, "components": list}, true
}

// mostFields takes as many fields as a form has room for: those that are required, which may be too many, and the first of the others. What
// is left out is typed by those who want it.
func mostFields() func(bot.FormField) bool {
	room := maxFields
	return func(f bot.FormField) bool {
		if f.Secret && !f.Required {
			return false
		}
		room--
		return f.Required || room >= 0
	}
}

func label(f bot.FormField) object {
	l := object{"type": componentLabel, "label": cut(layout.Label(f), maxFieldLabel), "component": input(f)}
	if help := strings.TrimSpace(plain.Line(f.Help)); help != "" {
		l["description"] = cut(help, maxFieldHelp)
	}
	return l
}

// input is a select where the values are few, otherwise a line to type in.
func input(f bot.FormField) object {
	if options, ok := choices(f); ok {
		return object{"type": componentSelect, "custom_id": f.Name, "required": f.Required, "options": options}
	}
	in := object{"type": componentTextInput, "custom_id": f.Name, "style": 1, "required": f.Required, "max_length": maxFieldValue}
	if f.Type == "object" || f.Type == "array" {
		in["style"] = 2
	}
	if f.Default != "" && count(f.Default) <= maxFieldValue {
		in["value"] = f.Default
	}
	if len(f.Options) > 0 {
		in["placeholder"] = cut("one of "+strings.Join(f.Options, ", "), maxFieldHelp)
	}
	return in
}

func choices(f bot.FormField) ([]object, bool) {
	values := f.Options
	if f.Type == "boolean" && len(values) == 0 {
		values = []string{"true", "false"}
	}
	if !few(values) {
		return nil, false
	}
	var list []object
	for _, v := range values {
		list = append(list, object{"label": v, "value": v, "default": v == f.Default})
	}
	return list, true
}
