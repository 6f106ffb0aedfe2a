package console

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// fields draws one field per line, with the values below each other.
func (s Style) fields(fields []bot.Field) []string {
	column := 0
	for _, f := range fields {
		column = max(column, lipgloss.Width(plain.Line(f.Name))+len(":  "))
	}
	if s.Width > 0 {
		column = min(column, s.Width/2)
	}
	indent := strings.Repeat(" ", column)
	var out []string
	for _, f := range fields {
		first := pad(s.paint(nil, plain.Line(f.Name)+":"), column-1) + " "
		for _, l := range plain.Lines(f.Value) {
			for _, part := range s.wrap(strings.ReplaceAll(l, "\t", tab), column) {
				out = append(out, strings.TrimRight(first+part, " "))
				first = indent
			}
		}
	}
	return out
}
