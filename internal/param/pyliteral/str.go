package pyliteral

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// simpleEscapes are those of one letter.
var simpleEscapes = map[byte]string{
	'\\': "\\", '\'': "'", '"': "\"", 'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\n': "",
}

// hexEscapes tells how many hexadecimal digits follow.
var hexEscapes = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// str reads a string in single or double quotes, of one line or, with three quotes, of several.
func (p *parser) str() (any, error) {
	start := p.at
	quote := p.text[p.at : p.at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(p.text[p.at:], triple) {
		quote = triple
	}
	p.at += len(quote)
	var b strings.Builder
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case strings.HasPrefix(p.text[p.at:], quote):
			p.at += len(quote)
			return b.String(), nil
		case c == '\\':
			if err := p.escape(&b); err != nil {
				return nil, err
			}
		case c == '\n' && len(quote) == 1:
			return nil, p.fail("the line ends inside a string")
		default:
			b.WriteByte(c)
			p.at++
		}
	}
	p.at = start
	return nil, p.fail("the string has no end; a quote is missing")
}

// escape reads from a backslash on. As in Python, one that means nothing stays as it is.
func (p *parser) escape(b *strings.Builder) error {
	if p.at+1 == len(p.text) {
		return p.fail("the string has no end; a quote is missing")
	}
	c := p.text[p.at+1]
	if s, ok := simpleEscapes[c]; ok {
		b.WriteString(s)
		p.at += 2
		return nil
	}
	if digits, ok := hexEscapes[c]; ok {
		return p.code(b, p.at+2, digits, 16)
	}
	if c >= '0' && c <= '7' {
		digits := 1
		for digits < 3 && p.at+1+digits < len(p.text) && p.text[p.at+1+digits] >= '0' && p.text[p.at+1+digits] <= '7' {
			digits++
		}
		return p.code(b, p.at+1, digits, 8)
	}
	b.WriteByte('\\')
	p.at++
	return nil
}

// code reads the number of a character.
func (p *parser) code(b *strings.Builder, from, digits, base int) error {
	if from+digits <= len(p.text) {
		n, err := strconv.ParseUint(p.text[from:from+digits], base, 32)
		if err == nil && n <= utf8.MaxRune && utf8.ValidRune(rune(n)) {
			b.WriteRune(rune(n))
			p.at = from + digits
			return nil
		}
	}
	return p.fail("this escape names no character")
}
