package param

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxShown bounds how many values of an enum a sentence names, maxValue how many characters of a value.
const (
	maxShown = 20
	maxValue = 60
)

// takes says what a schema allows, as in "it takes an integer, at least 1, at most 50".
func takes(schema map[string]any) string {
	if enum, ok := schema["enum"].([]any); ok {
		if len(enum) == 1 {
			return "only " + show(enum[0])
		}
		return "one of " + list(enum)
	}
	parts := []string{typeWords(types(schema))}
	add := func(key, format string) {
		if v, ok := schema[key]; ok {
			parts = append(parts, fmt.Sprintf(format, show(v)))
		}
	}
	// In draft 4 the exclusive bounds are booleans beside the bounds.
	add("minimum", map[bool]string{false: "at least %s", true: "more than %s"}[schema["exclusiveMinimum"] == true])
	add("maximum", map[bool]string{false: "at most %s", true: "less than %s"}[schema["exclusiveMaximum"] == true])
	add("multipleOf", "a multiple of %s")
	add("minLength", "at least %s characters long")
	add("maxLength", "at most %s characters long")
	add("minItems", "with at least %s items")
	add("maxItems", "with at most %s items")
	if pattern, ok := schema["pattern"].(string); ok {
		parts = append(parts, "matching "+pattern)
	}
	return strings.Join(parts, ", ")
}

// types returns the types that a schema names; none means any.
func types(schema map[string]any) []string {
	switch t := schema["type"].(type) {
	case string:
		return []string{t}
	case []any:
		var out []string
		for _, item := range t {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

func typeWords(names []string) string {
	words := map[string]string{
		"string": "text", "integer": "an integer", "number": "a number", "boolean": "true or false",
		"array": "a list such as a,b", "object": `an object such as {"key": "value"}`, "null": "null",
	}
	if len(names) == 0 {
		return "any value"
	}
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = words[name]
	}
	return strings.Join(out, " or ")
}

// list shows values one after the other, and says how many are left out.
func list(values []any) string {
	var out []string
	for _, v := range values[:min(len(values), maxShown)] {
		if s, ok := v.(string); ok && s != "" {
			out = append(out, s)
			continue
		}
		out = append(out, show(v))
	}
	if left := len(values) - maxShown; left > 0 {
		out = append(out, fmt.Sprintf("or %d more", left))
	}
	return strings.Join(out, ", ")
}

// show returns a value as JSON, cut when it is long. JSON also makes control characters visible.
func show(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "this value"
	}
	text := strings.TrimSuffix(b.String(), "\n")
	if utf8.RuneCountInString(text) > maxValue {
		text = string([]rune(text)[:maxValue]) + "…"
	}
	return text
}

// word shows a name that somebody typed: as it is when it is a plain word, otherwise like a value.
func word(name string) string {
	if name != "" && len(name) <= maxValue && strings.Trim(name, wordLetters) == "" {
		return name
	}
	return show(name)
}

const wordLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
