package layout

import (
	"cmp"

	"github.com/petrelops/petrel/bot"
)

// Label returns what a field of a form is called before people.
func Label(f bot.FormField) string { return cmp.Or(line(f.Label), line(f.Name), "Value") }

// Fields returns, in their order, those fields of a form that fits takes. It is asked about the required ones first, so that what may be
// left out takes no room from what may not.
func Fields(fields []bot.FormField, fits func(bot.FormField) bool) []bot.FormField {
	taken := make([]bool, len(fields))
	for _, required := range []bool{true, false} {
		for i, f := range fields {
			taken[i] = taken[i] || f.Required == required && fits(f)
		}
	}
	var list []bot.FormField
	for i, f := range fields {
		if taken[i] {
			list = append(list, f)
		}
	}
	return list
}
