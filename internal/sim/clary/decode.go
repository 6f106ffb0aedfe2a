package clary

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// fields maps the name of each field that a body may have to the place of its value.
type fields map[string]any

// decode reads the JSON object of a call. It goes through a map because encoding/json matches names without regard to case
// and takes null for anything, both of which a strict server must refuse. It returns true with the answer on a fault.
func decode(r *http.Request, body []byte, known fields) (answer, bool) {
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != jsonType {
		return fail(http.StatusUnsupportedMediaType, "unsupported_media_type", "send the body as "+jsonType), true
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil || raw == nil {
		return fail(http.StatusBadRequest, "bad_json", "the body is not one JSON object"), true
	}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		into, ok := known[name]
		if !ok {
			return refuseField("unknown_field", name, "the field "+name+" is not known here"), true
		}
		if bytes.Equal(raw[name], []byte("null")) || json.Unmarshal(raw[name], into) != nil {
			return refuseField("wrong_type", name, "the field "+name+" has a value of the wrong type"), true
		}
	}
	return answer{}, false
}

// require returns true with the answer when a field that must say something is missing or blank.
func require(name, value string) (answer, bool) {
	if strings.TrimSpace(value) != "" {
		return answer{}, false
	}
	return refuseField("missing_"+name, name, "the field "+name+" is missing or blank"), true
}

func refuseField(code, field, message string) answer {
	return failWith(http.StatusUnprocessableEntity, errorBody{Error: code, Message: message, Field: field})
}
