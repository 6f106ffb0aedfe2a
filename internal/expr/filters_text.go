package expr

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

func textFilters() map[string]filter {
	fallback := filter{takes: "default_value boolean", raw: true, do: func(_ *run, in any, a []any) (any, error) {
		_, gone := in.(undefined)
		return fallbackFor(in, gone, a), nil
	}}
	return map[string]filter{
		"default": fallback, "d": fallback,
		"string": {do: func(r *run, in any, _ []any) (any, error) { return r.text(in) }},
		"safe":   {do: func(_ *run, in any, _ []any) (any, error) { return in, nil }},
		"lower":  onText(strings.ToLower),
		"upper":  onText(strings.ToUpper),
		"trim": {takes: "chars", do: func(r *run, in any, a []any) (any, error) {
			text, err := r.text(in)
			if err != nil {
				return nil, err
			}
			chars, err := word(a[0], " \t\n\r\f\v")
			return strings.Trim(text, chars), err
		}},
		"replace": {takes: "old new count", needs: 2, do: func(r *run, in any, a []any) (any, error) {
			text, err := r.text(in)
			if err != nil {
				return nil, err
			}
			return r.replace(text, a)
		}},
		"join":      {takes: "d attribute", do: joinFilter},
		"urlencode": {do: urlFilter},
		"indent":    {takes: "width first blank", do: indentFilter},
		"center":    {takes: "width", do: centerFilter},
		"format":    {takes: "1 2 3 4 5 6 7 8", do: formatFilter},
	}
}

func fallbackFor(in any, gone bool, a []any) any {
	// The second argument asks to replace what is false as well.
	if gone || truth(or(a[1], false)) && !truth(in) {
		return or(a[0], "")
	}
	return in
}

func onText(f func(string) string) filter {
	return filter{do: func(r *run, in any, _ []any) (any, error) {
		text, err := r.text(in)
		return f(text), err
	}}
}

func joinFilter(r *run, in any, a []any) (any, error) {
	between, err := word(a[0], "")
	if err != nil {
		return nil, err
	}
	if a[1] != (absent{}) {
		if in, err = r.attributes(in, a[1], absent{}); err != nil {
			return nil, err
		}
	}
	return r.join(in, between)
}

func indentFilter(r *run, in any, a []any) (any, error) {
	text, err := r.text(in)
	if err != nil {
		return nil, err
	}
	by, ok := or(a[0], int64(4)).(string)
	if !ok {
		width, err := whole(a[0], 4)
		if err != nil {
			return nil, err
		}
		width = max(width, 0)
		if err := r.spendText(int(min(width, 1<<40))); err != nil {
			return nil, err
		}
		by = strings.Repeat(" ", int(width))
	}
	lines := strings.Split(text, "\n")
	if err := r.spendText(len(text) + len(lines)*len(by)); err != nil {
		return nil, err
	}
	first, blank := truth(or(a[1], false)), truth(or(a[2], false))
	for i, line := range lines {
		if i == 0 && first || i > 0 && (blank || line != "") {
			lines[i] = by + line
		}
	}
	return strings.Join(lines, "\n"), nil
}

func centerFilter(r *run, in any, a []any) (any, error) {
	text, err := r.text(in)
	if err != nil {
		return nil, err
	}
	width, err := whole(a[0], 80)
	if err != nil {
		return nil, err
	}
	missing := width - int64(utf8.RuneCountInString(text))
	if missing <= 0 {
		return text, nil
	}
	if err := r.spendText(int(min(missing, 1<<40))); err != nil {
		return nil, err
	}
	before := int(missing) / 2
	return strings.Repeat(" ", before) + text + strings.Repeat(" ", int(missing)-before), nil
}

// formatFilter is Jinja's format: what % does, with the values as arguments.
func formatFilter(r *run, in any, a []any) (any, error) {
	text, err := r.text(in)
	if err != nil {
		return nil, err
	}
	return r.percent(text, given(a))
}

// urlFilter writes a text so that it can stand in a path, and a map as the query of an address.
func urlFilter(r *run, in any, _ []any) (any, error) {
	m, ok := in.(map[string]any)
	if !ok {
		text, err := r.text(in)
		return strings.ReplaceAll(quoteURL(text), "%2F", "/"), err
	}
	var parts []string
	for _, k := range sortedKeys(m) {
		text, err := r.text(m[k])
		if err != nil {
			return nil, err
		}
		parts = append(parts, quoteURL(k)+"="+quoteURL(text))
	}
	return strings.Join(parts, "&"), nil
}

func quoteURL(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
