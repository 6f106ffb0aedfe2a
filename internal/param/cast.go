package param

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param/pyliteral"
)

const castOp = "param.cast"

// Cast turns what a person typed into values of the parameters' types: integers into int64, numbers into float64, lists and
// objects from JSON, a Python literal or, for lists, a,b,c. Names keep the spelling that was typed, and unknown names stay
// strings: Check deals with both. The error has CodeInvalid and names every fault of what was typed, also what Check would
// say of it.
//
// It is kinder than StackStorm in two ways: booleans may also be yes, no, on, off, 1, 0 and first letters, and a list in
// brackets is read as JSON and not cut at its commas.
func Cast(spec *bot.ActionSpec, given map[string]string) (map[string]any, error) {
	values, faults := cast(spec, given)
	if len(faults) > 0 {
		// An alias may still set others, so nothing is missing yet.
		_, more := check(spec, values, true)
		faults = append(faults, more...)
	}
	return values, failure(castOp, faults)
}

func cast(spec *bot.ActionSpec, given map[string]string) (map[string]any, []fault) {
	values := make(map[string]any, len(given))
	var faults []fault
	for _, name := range sortedKeys(given) {
		p, ok := spec.Param(name)
		if !ok {
			values[name] = given[name]
			continue
		}
		v, why := castValue(p.Type, p.Schema, given[name])
		if why != "" {
			faults = append(faults, fault{p.Name, refusal(p, given[name], []string{"it " + why})})
			continue
		}
		values[name] = v
	}
	return values, faults
}

// castValue casts one string; why ends a sentence about it, such as "must be a number".
func castValue(kind string, schema map[string]any, text string) (value any, why string) {
	switch kind {
	case "integer":
		if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
			return n, ""
		}
	case "number":
		if f, ok := number(strings.TrimSpace(text)); ok {
			return f, ""
		}
	case "boolean":
		if b, ok := boolean(strings.TrimSpace(text)); ok {
			return b, ""
		}
	case "array":
		return castList(schema, text)
	case "object":
		v, reason := structure(text)
		if m, ok := v.(map[string]any); ok {
			return m, ""
		}
		if reason != "" {
			return nil, "is not an object (" + reason + ")"
		}
	case "null":
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "", "null", "none", "~":
			return nil, ""
		}
	default:
		return text, ""
	}
	return nil, "must be " + typeWords([]string{kind})
}

func number(text string) (float64, bool) {
	// ParseFloat reads more than a person means: infinity, NaN, hexadecimal.
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

func boolean(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1", "t", "y":
		return true, true
	case "false", "no", "off", "0", "f", "n":
		return false, true
	}
	return false, false
}

func castList(schema map[string]any, text string) (any, string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return []any{}, ""
	}
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "(") {
		v, reason := structure(text)
		if l, ok := v.([]any); ok {
			return l, ""
		}
		// Only a bracket at both ends is meant as a list: a node set may begin with one.
		if strings.HasSuffix(text, "]") && reason != "" {
			return nil, "is not a list (" + reason + ")"
		}
	}
	items, _ := schema["items"].(map[string]any)
	itemType, _ := items["type"].(string)
	out := []any{}
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		v, why := castValue(itemType, items, item)
		if why != "" {
			return nil, fmt.Sprintf("has an item, number %d, that %s", len(out)+1, why)
		}
		out = append(out, v)
	}
	return out, ""
}

// structure reads JSON or, where that fails, a Python literal. reason says why neither could be read.
func structure(text string) (value any, reason string) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err == nil {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return plain(value)
		}
	}
	value, err := pyliteral.Parse(text)
	if err != nil {
		return nil, err.Error()
	}
	return value, ""
}

// plain replaces json.Number by int64 or float64.
func plain(v any) (any, string) {
	var reason string
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, ""
		}
		f, err := v.Float64()
		if err != nil {
			return nil, "a number is too large"
		}
		return f, ""
	case []any:
		for i := range v {
			if v[i], reason = plain(v[i]); reason != "" {
				return nil, reason
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], reason = plain(v[k]); reason != "" {
				return nil, reason
			}
		}
	}
	return v, ""
}
