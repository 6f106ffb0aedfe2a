package console

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/petrelops/petrel/bot"
)

// fields draws one field per line, with the values below each other.
func (s Style) fields(fields []bot.Field) []string {
	column := 0
	for _, f := range fields {
		column = max(column, lipgloss.Width(oneLine(f.Name))+len(":  "))
	}
	if s.Width > 0 {
		column = min(column, s.Width/2)
	}
	indent := strings.Repeat(" ", column)
	var out []string
	for _, f := range fields {
		first := pad(s.paint(nil, oneLine(f.Name)+":"), column-1) + " "
		for _, l := range manyLines(f.Value) {
			for _, part := range s.wrap(strings.ReplaceAll(l, "\t", tab), column) {
				out = append(out, strings.TrimRight(first+part, " "))
				first = indent
			}
		}
	}
	return out
}
