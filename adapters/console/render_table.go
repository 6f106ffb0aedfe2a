package console

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// gap stands between two columns.
const gap = "  "

// minColumn is the narrowest that a column is made; a table that does not fit even so is wider than the terminal.
const minColumn = 8

// table draws rows below bold headers. Where the table is wider than the style, the widest columns are narrowed and their
// cells wrapped, so that nothing is cut off.
func (s Style) table(t bot.Table) []string {
	rows := make([][]string, 0, len(t.Rows)+1)
	for _, row := range append([][]string{t.Columns}, t.Rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = plain.Line(cell)
		}
		rows = append(rows, cells)
	}
	widths := s.fit(naturalWidths(rows))
	var out []string
	for i, row := range rows {
		header := i == 0
		if header && strings.Join(row, "") == "" {
			continue
		}
		out = append(out, s.row(row, widths, header)...)
	}
	return out
}

// naturalWidths returns the display width of each column's widest cell.
func naturalWidths(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	return widths
}

// fit narrows the widest columns to one common width, the largest that lets the table fit.
func (s Style) fit(widths []int) []int {
	if s.Width == 0 || total(widths, s.Width) <= s.Width {
		return widths
	}
	limit := s.Width
	for limit > minColumn && total(widths, limit) > s.Width {
		limit--
	}
	for i := range widths {
		widths[i] = min(widths[i], limit)
	}
	return widths
}

// total returns the width of a table whose columns are no wider than limit.
func total(widths []int, limit int) int {
	sum := len(gap) * (len(widths) - 1)
	for _, w := range widths {
		sum += min(w, limit)
	}
	return sum
}

// row draws one row, on as many lines as its highest cell needs.
func (s Style) row(cells []string, widths []int, header bool) []string {
	parts := make([][]string, len(cells))
	height := 1
	for i, cell := range cells {
		parts[i] = []string{cell}
		if lipgloss.Width(cell) > widths[i] {
			parts[i] = Style{Width: widths[i]}.wrap(cell, 0)
		}
		height = max(height, len(parts[i]))
	}
	out := make([]string, height)
	for n := range out {
		columns := make([]string, len(cells))
		for i := range cells {
			text := ""
			if n < len(parts[i]) {
				text = parts[i][n]
			}
			if header && text != "" {
				text = s.paint(nil, text)
			}
			columns[i] = pad(text, widths[i])
		}
		out[n] = strings.TrimRight(strings.Join(columns, gap), " ")
	}
	return out
}
