package console

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/internal/markup"
)

// Decode returns the text of a typed or pasted line: valid UTF-8 on one line, straight quotes, plain spaces, no spaces around
// it, and without escape sequences, control characters or invisible ones. Decoding the result again changes nothing.
func Decode(raw []byte) string { return strings.TrimSpace(aliases.Normalize(oneLine(string(raw)))) }

// said returns what a decoded line says to the bot called name: a line may be a copy of what Slack or Discord sent, and a
// terminal is a direct message. Discord's tokens are read first, because Slack's escapes can hide what only looks like one.
func said(line, name string) string {
	plain := markup.Code(markup.Slack(markup.Discord(line)))
	return strings.TrimSpace(markup.TrimName(plain, name))
}

// pasted makes a text safe to paste into the line in edit. A block of code loses its fences here, while the line is still known
// on which it names its language.
func pasted(s string) string {
	if strings.HasPrefix(strings.TrimSpace(s), "```") {
		s = markup.Code(aliases.Normalize(s)) // terminals paste line ends as carriage returns
	}
	return oneLine(s)
}

// oneLine makes s safe to show on one line of a terminal. Text from outside must not move the cursor, set the window's title or
// change the order in which characters are read.
func oneLine(s string) string {
	return strings.Map(visible, withoutEscapes(s))
}

// manyLines makes s safe to show on many lines, keeping its line ends and tabs. A carriage return, with which programs redraw
// their progress, ends a line.
func manyLines(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	out := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, l := range out {
		out[i] = strings.TrimRight(strings.Map(visibleOrTab, withoutEscapes(l)), " ")
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
