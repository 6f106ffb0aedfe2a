package web

import (
	"bytes"
	"mime"
	"net/url"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/rule"
)

// decode reads a body as rules see it. Whole numbers stay whole. No body at all is an empty object, so that a webhook can be a bell.
// CodeInvalid: it is not what its type says; CodeUnsupported: a type that nobody reads here.
func decode(contentType string, body []byte) (any, error) {
	const op = "web.body.decode"
	if len(bytes.TrimSpace(body)) == 0 {
		return map[string]any{}, nil
	}
	kind, _, err := mime.ParseMediaType(contentType)
	switch {
	case contentType == "" || err == nil && (kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")):
		value, err := rule.Decode(body)
		if err != nil {
			return nil, bot.E(bot.CodeInvalid, op, "The body is not JSON. Send one JSON value, or name another Content-Type.", err)
		}
		return value, nil
	case err == nil && kind == "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, bot.E(bot.CodeInvalid, op, "The body is not a form. Escape its values.", err)
		}
		return form(values), nil
	}
	return nil, bot.E(bot.CodeUnsupported, op, "The Content-Type is neither application/json nor application/x-www-form-urlencoded. Send one of them.", err)
}

// form makes a text of each field, and a list of one that comes more than once.
func form(values url.Values) map[string]any {
	fields := make(map[string]any, len(values))
	for name, list := range values {
		if len(list) == 1 {
			fields[name] = list[0]
			continue
		}
		texts := make([]any, len(list))
		for i, text := range list {
			texts[i] = text
		}
		fields[name] = texts
	}
	return fields
}
