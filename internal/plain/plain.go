// Package plain makes text from people and programs safe to show: it may hold what moves a cursor, hides characters or reverses the
// direction of reading. It also lays rows out in a fixed-width font.
package plain

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Line makes s safe to show on one line. Text from outside must not move the cursor, set the window's title or change the order in
// which characters are read.
func Line(s string) string {
	return strings.Map(visible, withoutEscapes(s))
}

// Lines makes s safe to show on many lines, keeping its line ends and tabs. A carriage return, with which programs redraw their
// progress, ends a line.
func Lines(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	out := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, l := range out {
		out[i] = strings.TrimRight(strings.Map(visibleOrTab, withoutEscapes(l)), " ")
	}
	return out
}

// Aligned writes rows as lines with their columns below each other. It counts the width of a character as a terminal does.
func Aligned(rows [][]string) []string {
	const gap = "  "
	var widths []int
	safe := make([][]string, len(rows))
	for r, row := range rows {
		for i, cell := range row {
			cell = Line(cell)
			safe[r] = append(safe[r], cell)
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	out := make([]string, len(rows))
	for r, row := range safe {
		for i, cell := range row {
			row[i] = cell + strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
		}
		out[r] = strings.TrimRight(strings.Join(row, gap), " ")
	}
	return out
}

// withoutEscapes removes the escape sequences of s (ECMA-48 and xterm), in their 7-bit and 8-bit forms, and replaces what is
// not UTF-8. A sequence that is not closed ends with the line.
func withoutEscapes(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.ContainsFunc(s, unicode.IsControl) {
		return s
	}
	var b strings.Builder
	for part := range strings.SplitAfterSeq(s, "\n") {
		b.WriteString(ansi.Strip(sevenBit(part)))
	}
	return b.String()
}

// sevenBit writes the C1 control characters as the two characters that mean the same (ECMA-48 §5.3).
func sevenBit(s string) string {
	isC1 := func(r rune) bool { return r >= 0x80 && r < 0xA0 }
	if !strings.ContainsFunc(s, isC1) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isC1(r) {
			b.WriteByte('\x1b')
			r -= 0x40
		}
		b.WriteRune(r)
	}
	return b.String()
}

// visible maps every kind of space to the plain one and drops control and format characters: the Unicode class Cf holds the
// zero-width ones and the marks that reverse the direction of reading.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}

func visibleOrTab(r rune) rune {
	if r == '\t' {
		return r
	}
	return visible(r)
}
