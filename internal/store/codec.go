package store

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// schema is the version of the documents that this build writes, in their field "v".
const schema = 1

// Document is a stored value together with the fields that this build does not know: a newer build may have written them, and they are
// written back untouched.
type Document[T any] struct {
	Value   T
	v       int
	unknown map[string]json.RawMessage
}

// Decode reads a document that Encode wrote. CodeInternal when data is not such a document.
func Decode[T any](data []byte) (Document[T], error) {
	var d Document[T]
	var head struct {
		V int `json:"v"`
	}
	var all map[string]json.RawMessage
	for _, into := range []any{&head, &d.Value, &all} {
		if err := json.Unmarshal(data, into); err != nil {
			return d, bot.E(bot.CodeInternal, "store.document.decode", "", err)
		}
	}
	d.v = head.V
	known := knownFields(reflect.TypeFor[T]())
	maps.DeleteFunc(all, func(name string, _ json.RawMessage) bool { return known[name] })
	if len(all) > 0 {
		d.unknown = all
	}
	return d, nil
}

// Encode writes the value, the version and the unknown fields as one JSON object. A document of a newer version keeps its version.
func (d Document[T]) Encode() ([]byte, error) {
	const op = "store.document.encode"
	data, err := json.Marshal(d.Value)
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	rest := maps.Clone(d.unknown)
	if rest == nil {
		rest = map[string]json.RawMessage{}
	}
	version, err := json.Marshal(max(d.v, schema))
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	rest["v"] = version
	more, err := json.Marshal(rest)
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	if len(data) == len("{}") {
		return more, nil
	}
	// Both are objects: {"a":1} and {"v":1} are joined without decoding the first again.
	data[len(data)-1] = ','
	return append(data, more[1:]...), nil
}

// fields caches knownFields by type.
var fields sync.Map

// knownFields returns the JSON names of a struct's fields, and "v".
func knownFields(t reflect.Type) map[string]bool {
	if known, ok := fields.Load(t); ok {
		return known.(map[string]bool)
	}
	known := map[string]bool{"v": true}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		if f.IsExported() && name != "-" {
			known[name] = true
		}
	}
	fields.Store(t, known)
	return known
}
