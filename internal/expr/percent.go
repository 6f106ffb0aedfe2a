package expr

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var verb = regexp.MustCompile(`%(?:\((\w+)\))?([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])?`)

const maxWidth = 1000

// percent is Python's 'text' % values: one value, a list of them, or a map for %(name)s.
func (r *run) percent(text string, values any) (any, error) {
	if err := r.measure(text, values); err != nil {
		return nil, err
	}
	list, ok := values.([]any)
	if !ok {
		list = []any{values}
	}
	byName, _ := values.(map[string]any)
	var b strings.Builder
	last := 0
	for _, m := range verb.FindAllStringSubmatchIndex(text, -1) {
		part := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		b.WriteString(text[last:m[0]])
		last = m[1]
		if part(5) == "%" {
			b.WriteByte('%')
			continue
		}
		var v any
		if name := part(1); name != "" {
			var found bool
			if v, found = byName[name]; !found {
				return nil, faultf("there is no %s to put into the text", name)
			}
		} else {
			if len(list) == 0 {
				return nil, faultf("the text asks for more values than there are")
			}
			v, list = list[0], list[1:]
		}
		s, err := r.verb(part(5), part(2), [2]string{part(3), part(4)}, v)
		if err != nil {
			return nil, err
		}
		b.WriteString(s)
		if err := r.spendText(len(s)); err != nil {
			return nil, err
		}
		if err := r.fits(b.Len()); err != nil {
			return nil, err
		}
	}
	if ok && len(list) > 0 {
		return nil, faultf("there are more values than the text asks for")
	}
	b.WriteString(text[last:])
	return b.String(), r.spendText(b.Len())
}

// verb writes one value. sizes are the width and the precision.
func (r *run) verb(letter, flags string, sizes [2]string, v any) (string, error) {
	format := "%" + flags
	for i, size := range sizes {
		if size == "" {
			continue
		}
		if n, err := strconv.Atoi(size); err != nil || n > maxWidth {
			return "", faultf("a width is at most %d", maxWidth)
		}
		format += map[int]string{0: "", 1: "."}[i] + size
	}
	n, isNumber := numeric(v)
	switch letter {
	case "s", "r":
		s, err := r.text(v)
		if err != nil {
			return "", err
		}
		if _, text := v.(string); text && letter == "r" {
			var b strings.Builder
			quote(&b, s)
			s = b.String()
		}
		return fmt.Sprintf(format+"s", s), nil
	case "d", "i", "x", "X", "o":
		if isNumber {
			return fmt.Sprintf(format+strings.Replace(letter, "i", "d", 1), int64(toFloat(n))), nil
		}
	case "f", "F", "e", "E", "g", "G":
		if isNumber {
			return fmt.Sprintf(format+letter, toFloat(n)), nil
		}
	default:
		return "", faultf("%%%s is not known", letter)
	}
	return "", faultf("%%%s needs a number, not %s", letter, kind(v))
}
