package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fence opens and closes a block of code; a word on its first line names the language.
const fence = "```"

// Code returns text without the marks of code, which people type so that a name is not read as markup: the backticks around the
// whole text or around words of it, and the fences of a block with the language named on the first line. Backticks within quotes
// or within a word stay, because those are meant for a shell.
func Code(text string) string {
	var b strings.Builder
	copied := 0
	for i := 0; i < len(text); {
		mark := opening(text, i)
		if mark == "" {
			i++
			continue
		}
		start := i + len(mark)
		end := closing(text, start, mark)
		if end < 0 {
			i = start
			continue
		}
		next := end + len(mark)
		if mark[0] == '`' && standsAlone(text, i, next) {
			if code := content(text[start:end], mark); code != "" {
				b.WriteString(text[copied:i])
				b.WriteString(code)
				copied = next
			}
		}
		i = next
	}
	b.WriteString(text[copied:])
	return b.String()
}

// content returns what was typed between two marks.
func content(s, mark string) string {
	if language, rest, _ := strings.Cut(s, "\n"); mark == fence && only(language, isLanguage) && strings.TrimSpace(rest) != "" {
		s = rest
	}
	return strings.TrimSpace(s)
}

func isLanguage(r rune) bool {
	return isLower(r) || isUpper(r) || isDigit(r) || strings.ContainsRune("_+#.-", r)
}

// opening returns the run of backticks or the quote that opens at i, or nothing. An apostrophe within or behind a word opens
// nothing, and neither does an escaped quote.
func opening(text string, i int) string {
	switch text[i] {
	case '`':
		return run(text[i:])
	case '"', '\'':
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		if before != '\\' && !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			return text[i : i+1]
		}
	}
	return ""
}

// closing returns where a mark that opened before from closes, or -1. A run of backticks is closed by one of its length only.
// The search fails but once for each mark, or the second one would have closed the first. There are five marks, because longer
// runs are none: so the time is linear.
func closing(text string, from int, mark string) int {
	if len(mark) > len(fence) {
		return -1
	}
	quote := mark[0] != '`'
	for i := from; i < len(text); i++ {
		switch {
		case quote && text[i] == '\\':
			i++
		case quote && text[i] == mark[0]:
			return i
		case !quote && text[i] == '`':
			ticks := run(text[i:])
			if ticks == mark {
				return i
			}
			i += len(ticks) - 1
		}
	}
	return -1
}

// standsAlone reports whether text[start:end] has white space or nothing on both sides.
func standsAlone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return (start == 0 || unicode.IsSpace(before)) && (end == len(text) || unicode.IsSpace(after))
}

// run returns the backticks that s begins with.
func run(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "`"))] }
