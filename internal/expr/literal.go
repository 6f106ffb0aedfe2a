package expr

import (
	"strconv"
	"strings"
)

// literal returns the text of the string literal that begins at a place of the source, read as Python reads it. Gonja undoes escapes
// in an order that changes from run to run and refuses those that it does not know, such as \d in a pattern.
func literal(source string, from int) string {
	quote := source[from]
	body := source[from+1:]
	// The same end as gonja's lexer finds.
	end := 0
	for end < len(body) && (body[end] != quote || end > 0 && body[end-1] == '\\') {
		end++
	}
	body = body[:end]
	var b strings.Builder
	for len(body) > 0 {
		at := strings.IndexByte(body, '\\')
		if at < 0 || at == len(body)-1 {
			b.WriteString(body)
			break
		}
		b.WriteString(body[:at])
		text, used := escape(body[at:])
		b.WriteString(text)
		body = body[at+used:]
	}
	return b.String()
}

// escape reads the escape at the start of a text and returns what it stands for and its length. One that Python does not know stays
// as it is.
func escape(text string) (string, int) {
	short := map[byte]string{
		'\\': `\`, '\'': "'", '"': `"`, 'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\n': "",
	}
	if s, ok := short[text[1]]; ok {
		return s, 2
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[1]]
	if digits > 0 && len(text) >= 2+digits {
		if n, err := strconv.ParseUint(text[2:2+digits], 16, 32); err == nil && n <= 0x10ffff {
			return string(rune(n)), 2 + digits
		}
	}
	return text[:1], 1
}
