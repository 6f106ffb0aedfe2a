package nodeset

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The operators of ClusterShell. White space between two operands is a union as well.
const (
	union        = ','
	exclusion    = '!'
	intersection = '&'
	difference   = '^' // symmetric
)

// scanner walks over a node set text.
type scanner struct {
	text string
	pos  int // byte offset of the next character
}

func (s *scanner) end() bool { return s.pos >= len(s.text) }

// peek returns the next byte, 0 at the end. Every byte that steers the scanner is ASCII.
func (s *scanner) peek() byte {
	if s.end() {
		return 0
	}
	return s.text[s.pos]
}

// char returns the next character, quoted for an error.
func (s *scanner) char() string {
	_, size := utf8.DecodeRuneInString(s.text[s.pos:])
	return strconv.Quote(s.text[s.pos : s.pos+size])
}

func (s *scanner) skipSpace() {
	rest := s.text[s.pos:]
	s.pos += len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
}

func (s *scanner) take(in func(byte) bool) string {
	start := s.pos
	for !s.end() && in(s.text[s.pos]) {
		s.pos++
	}
	return s.text[start:s.pos]
}

// operator reads what stands between two operands; false means that the text ends. It is called after an operand, which ends
// only at white space, at an operator or at the end.
func (s *scanner) operator() (byte, bool) {
	s.skipSpace()
	if s.end() {
		return 0, false
	}
	if !isOperator(s.peek()) {
		return union, true
	}
	op := s.peek()
	s.pos++
	return op, true
}

// operand reads a name, a pattern with brackets or a group.
func (s *scanner) operand() (operand, *SyntaxError) {
	s.skipSpace()
	if s.end() || isOperator(s.peek()) {
		return operand{}, s.missingOperand()
	}
	o := operand{at: s.pos}
	if s.peek() == '@' {
		o.group = true
		s.pos++
	}
	if fault := s.checkStart(); fault != nil {
		return operand{}, fault
	}
	for {
		p := part{literal: s.take(isNameByte)}
		if s.peek() != '[' {
			o.parts = append(o.parts, p)
			return o, s.checkEnd()
		}
		if len(o.parts) > 0 && strings.Trim(p.literal, digits) == "" {
			return operand{}, s.fault(s.pos, "r[1-2]n[1-4]", "a letter is missing between this bracket and the one before")
		}
		spans, fault := s.bracket(o.at, p.literal)
		if fault != nil {
			return operand{}, fault
		}
		p.spans = spans
		o.parts = append(o.parts, p)
	}
}

func (s *scanner) missingOperand() *SyntaxError {
	if !s.end() {
		return s.fault(s.pos, exampleNames, "a node name is missing before "+s.char())
	}
	at := strings.LastIndexFunc(s.text, func(r rune) bool { return !unicode.IsSpace(r) })
	return s.fault(at, exampleNames, fmt.Sprintf("a node name is missing after %q", s.text[at:at+1]))
}

// checkStart looks at the first character after "@" or of a name.
func (s *scanner) checkStart() *SyntaxError {
	switch c := s.peek(); {
	case c == '[' || canBegin(c):
		return nil
	case isNameByte(c):
		return s.fault(s.pos, exampleRange, "a name cannot begin with "+s.char())
	}
	if fault := s.checkEnd(); fault != nil {
		return fault
	}
	return s.fault(s.pos-1, "@compute", `the name of the group is missing after "@"`)
}

// checkEnd refuses whatever may not follow a name.
func (s *scanner) checkEnd() *SyntaxError {
	r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	switch {
	case s.end() || isOperator(s.peek()) || unicode.IsSpace(r):
		return nil
	case r == ']':
		return s.fault(s.pos, exampleRange, "no bracket is open that this one could close")
	case r == '@':
		return s.fault(s.pos, "@compute", `"@" may only stand at the beginning of a group`)
	}
	return s.fault(s.pos, exampleRange, s.char()+" cannot stand in a name, only letters a to z, digits, dot, dash, underscore and colon")
}

const digits = "0123456789"

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isOperator(c byte) bool {
	return c == union || c == exclusion || c == intersection || c == difference
}

// canBegin keeps away first characters that a command line takes for an option, or a path for a folder.
func canBegin(c byte) bool { return isNameByte(c) && strings.IndexByte(".-:", c) < 0 }

func isNameByte(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.IndexByte("._-:", c) >= 0
}
