package expr

import (
	"strconv"
	"strings"
)

// jsonpathFilter answers a query of the library jsonpath_rw: names, [*], *, [1], [0:2], ['name'], .. and $. Filters and arithmetic
// are refused. Without a match the answer is null, as in StackStorm.
func jsonpathFilter(r *run, in any, a []any) (any, error) {
	query, err := word(a[0], "")
	if err != nil {
		return nil, err
	}
	found := []any{in}
	rest := strings.TrimPrefix(strings.TrimSpace(query), "$")
	for rest != "" {
		var s pathStep
		if s, rest, err = nextStep(rest); err != nil {
			return nil, err
		}
		var next []any
		for _, v := range found {
			if next, err = s.take(r, v, next); err != nil {
				return nil, err
			}
		}
		found = next
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found, r.measure(found)
}

// pathStep is one step of a path.
type pathStep struct {
	name  string // of a part; "" for the others
	all   bool   // every part
	below bool   // of everything inside as well
	cut   *[3]*int64
}

const badPath = "the query cannot be read from %q on; it has names, [*], [1], [0:2], ['name'] and .. in it"

func nextStep(text string) (pathStep, string, error) {
	var s pathStep
	rest := text
	if after, ok := strings.CutPrefix(rest, ".."); ok {
		s.below, rest = true, after
	} else {
		rest = strings.TrimPrefix(rest, ".")
	}
	if after, ok := strings.CutPrefix(rest, "*"); ok {
		s.all = true
		return s, after, nil
	}
	if inside, ok := strings.CutPrefix(rest, "["); ok {
		inside, after, closed := strings.Cut(inside, "]")
		if !closed || !s.brackets(strings.TrimSpace(inside)) {
			return s, "", faultf(badPath, snippet(text, 0))
		}
		return s, after, nil
	}
	end := strings.IndexAny(rest, ".[")
	if end < 0 {
		end = len(rest)
	}
	s.name = rest[:end]
	if s.name == "" || strings.ContainsAny(s.name, " ()?@|&'\"]*") {
		return s, "", faultf(badPath, snippet(text, 0))
	}
	return s, rest[end:], nil
}

// brackets reads what stands between [ and ].
func (s *pathStep) brackets(text string) bool {
	if text == "*" {
		s.all = true
		return true
	}
	if n := len(text); n > 2 && (text[0] == '\'' || text[0] == '"') && text[n-1] == text[0] {
		s.name = text[1 : n-1]
		return true
	}
	parts := strings.Split(text, ":")
	if len(parts) > 3 {
		return false
	}
	s.cut = &[3]*int64{}
	for i, part := range parts {
		if part == "" && len(parts) > 1 {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 32)
		if err != nil {
			return false
		}
		s.cut[i] = &n
		if len(parts) == 1 && n != -1 {
			next := n + 1
			s.cut[1] = &next
		}
	}
	return true
}

// take appends the parts of a value that the step leads to.
func (s pathStep) take(r *run, value any, found []any) ([]any, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	var err error
	parts := []any{}
	switch v := value.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			parts = append(parts, v[k])
		}
		if part, ok := v[s.name]; ok && s.name != "" {
			found = append(found, part)
		}
		if s.all {
			found = append(found, parts...)
		}
	case []any:
		parts = v
		switch {
		case s.cut != nil:
			some, err := cut(v, *s.cut)
			if err != nil {
				return nil, err
			}
			found = append(found, some...)
		case s.all:
			found = append(found, v...)
		}
	}
	if err := r.spend(1 + len(parts)); err != nil {
		return nil, err
	}
	for i := 0; s.below && i < len(parts); i++ {
		if found, err = s.take(r, parts[i], found); err != nil {
			return nil, err
		}
	}
	return found, nil
}
