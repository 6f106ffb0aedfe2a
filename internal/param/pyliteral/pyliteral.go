// Package pyliteral reads Python literals such as {'a': True, 'b': (1, None)}: StackStorm accepts them wherever it accepts
// JSON, and people paste them from its output. It reads what JSON can hold and refuses the rest of Python's
// ast.literal_eval (sets, bytes, complex numbers, keys that are no strings, strings written side by side).
package pyliteral

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxDepth bounds how deep literals nest in each other.
const maxDepth = 64

// Error says where a literal is wrong.
type Error struct {
	Offset int // in bytes, from 0
	Text   string
}

// Error returns place and reason.
func (e *Error) Error() string { return fmt.Sprintf("at character %d: %s", e.Offset+1, e.Text) }

// Parse returns the value of a literal: nil, bool, int64, float64, string, []any (lists and tuples) or map[string]any. Its
// error is an *Error. It takes time linear in the length of text.
func Parse(text string) (value any, err error) {
	p := &parser{text: text}
	value, err = p.value(1)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.at < len(p.text) {
		return nil, p.fail("nothing is expected after the value")
	}
	return value, nil
}

type parser struct {
	text string
	at   int
}

func (p *parser) fail(format string, args ...any) error {
	return &Error{Offset: p.at, Text: fmt.Sprintf(format, args...)}
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.ContainsRune(" \t\r\n", rune(p.text[p.at])) {
		p.at++
	}
}

// peek returns the next byte after white space, or 0 at the end.
func (p *parser) peek() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, p.fail("this nests deeper than %d levels", maxDepth)
	}
	switch c := p.peek(); {
	case c == 0:
		return nil, p.fail("a value is missing")
	case c == '[':
		items, _, err := p.items(']', depth)
		return items, err
	case c == '(':
		items, commas, err := p.items(')', depth)
		if err == nil && len(items) == 1 && commas == 0 {
			return items[0], nil // only a value in parentheses
		}
		return items, err
	case c == '{':
		return p.dict(depth)
	case c == '\'' || c == '"':
		return p.str()
	case (c == 'u' || c == 'U') && p.at+1 < len(p.text) && strings.ContainsRune(`'"`, rune(p.text[p.at+1])):
		p.at++
		return p.str()
	case c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9':
		return p.number()
	}
	return p.word()
}

func (p *parser) word() (any, error) {
	start := p.at
	for p.at < len(p.text) && !strings.ContainsRune(" \t\r\n,:[](){}'\"", rune(p.text[p.at])) {
		p.at++
	}
	switch p.text[start:p.at] {
	case "None":
		return nil, nil
	case "True":
		return true, nil
	case "False":
		return false, nil
	}
	p.at = start
	return nil, p.fail("this is neither a number, a string in quotes, True, False, None, a list nor a dictionary")
}

// items reads from an opening bracket to end.
func (p *parser) items(end byte, depth int) (items []any, commas int, err error) {
	p.at++
	items = []any{}
	for p.peek() != end {
		if len(items) > commas {
			return nil, 0, p.fail("a comma or %c is missing", end)
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, 0, err
		}
		items = append(items, v)
		if p.peek() == ',' {
			p.at++
			commas++
		}
	}
	p.at++
	return items, commas, nil
}

func (p *parser) dict(depth int) (any, error) {
	p.at++
	m := map[string]any{}
	for more := true; p.peek() != '}'; {
		if !more {
			return nil, p.fail("a comma or } is missing")
		}
		keyAt := p.at
		k, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		key, ok := k.(string)
		if !ok {
			p.at = keyAt
			return nil, p.fail("a key must be a string in quotes")
		}
		if p.peek() != ':' {
			return nil, p.fail("a colon is missing after the key")
		}
		p.at++
		if m[key], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		if more = p.peek() == ','; more {
			p.at++
		}
	}
	p.at++
	return m, nil
}

// The forms of Python's numbers: _ stands between digits only, and 012 is refused.
var (
	formInt   = regexp.MustCompile(`^[-+]?(0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+|[1-9](_?[0-9])*|0(_?0)*)$`)
	formFloat = regexp.MustCompile(strings.ReplaceAll(`^[-+]?((N\.(N)?|\.N)([eE][-+]?N)?|N[eE][-+]?N)$`, "N", `[0-9](_?[0-9])*`))
)

func (p *parser) number() (any, error) {
	start := p.at
	for p.at < len(p.text) && !strings.ContainsRune(" \t\r\n,:[](){}'\"", rune(p.text[p.at])) {
		p.at++
	}
	text := p.text[start:p.at]
	if formInt.MatchString(text) {
		if n, err := strconv.ParseInt(text, 0, 64); err == nil {
			return n, nil
		}
	} else if formFloat.MatchString(text) {
		if f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64); err == nil {
			return f, nil
		}
	}
	p.at = start
	return nil, p.fail("this number cannot be read")
}
