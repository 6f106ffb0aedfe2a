package pack

import (
	"slices"

	"github.com/petrelops/petrel/internal/pack/pyyaml"
)

// schemaForm are the keys of StackStorm's parameter schemas: JSON Schema draft 4 and its extras
// (st2common/util/schema/action_params.json). What their values must be is checked by compiling the schema.
var schemaForm = form{
	"type": {}, "title": {}, "default": {}, "enum": {pyyaml.List}, "format": {}, "$ref": {pyyaml.String},
	"description":      {pyyaml.String},
	"multipleOf":       {},
	"maximum":          {},
	"exclusiveMaximum": {}, "minimum": {}, "exclusiveMinimum": {}, "maxLength": {}, "minLength": {}, "pattern": {},
	"items": {}, "additionalItems": {}, "maxItems": {}, "minItems": {}, "uniqueItems": {},
	"properties": {pyyaml.Mapping}, "patternProperties": {pyyaml.Mapping}, "definitions": {pyyaml.Mapping},
	"dependencies": {pyyaml.Mapping}, "additionalProperties": {}, "maxProperties": {}, "minProperties": {},
	"allOf": {pyyaml.List}, "anyOf": {pyyaml.List}, "oneOf": {pyyaml.List}, "not": {pyyaml.Mapping},
	"required": {pyyaml.Bool}, "secret": {pyyaml.Bool}, "immutable": {pyyaml.Bool}, "position": {pyyaml.Int},
	// A schema's own address and version: ours is always draft 4, with references inside the schema only.
	"id": {}, "$schema": {},
}

// topForm adds the key of ours.
var topForm = func() form {
	f := form{"spellings": {pyyaml.List}}
	for key, kinds := range schemaForm {
		f[key] = kinds
	}
	return f
}()

// innerForm also takes draft 4's own list of required keys.
var innerForm = func() form {
	f := form{}
	for key, kinds := range schemaForm {
		f[key] = kinds
	}
	f["required"] = []pyyaml.Kind{pyyaml.Bool, pyyaml.List}
	return f
}()

// extras are the keys that JSON Schema draft 4 does not have, or not like this.
var extras = []string{"required", "secret", "immutable", "position", "spellings", "id", "$schema"}

var typeNames = []string{"string", "integer", "number", "boolean", "array", "object", "null"}

// schemaReader turns a parameter as StackStorm writes it into a plain JSON Schema.
type schemaReader struct {
	file   *file
	top    object
	secret bool // somewhere in the schema
}

// read returns the schema in n.
func (r *schemaReader) read(n *pyyaml.Node, top bool) map[string]any {
	known := innerForm
	if top {
		known = topForm
	}
	o := r.file.object(n, "in a parameter's schema", known)
	if top {
		r.top = o
	}
	r.secret = r.secret || o.truth("secret", false)
	schema := map[string]any{}
	for _, field := range n.Fields {
		if value := o.values[field.Key]; value != nil && !slices.Contains(extras, field.Key) {
			schema[field.Key] = r.keyword(field.Key, value)
		}
	}
	if needed := r.needed(o); len(needed) > 0 {
		schema["required"] = needed
	}
	return schema
}

// needed collects the required keys of an object: StackStorm marks each property, draft 4 lists them.
func (r *schemaReader) needed(o object) []any {
	var out []any
	if n := o.values["required"]; n != nil && n.Kind == pyyaml.List {
		for _, item := range n.Items {
			out = append(out, item.Any())
		}
	}
	if n := o.values["properties"]; n != nil {
		for _, property := range n.Fields {
			if mark := property.Value.Get("required"); mark != nil && mark.Any() == true && !slices.Contains(out, any(property.Key)) {
				out = append(out, property.Key)
			}
		}
	}
	return out
}

// keyword returns the value of one key, with the schemas inside it read.
func (r *schemaReader) keyword(key string, n *pyyaml.Node) any {
	switch key {
	case "type":
		return r.typeName(n)
	case "properties", "patternProperties", "definitions", "dependencies":
		m := map[string]any{}
		for _, field := range n.Fields {
			m[field.Key] = r.inner(field.Value)
		}
		return m
	case "items", "additionalItems", "additionalProperties", "not", "allOf", "anyOf", "oneOf":
		return r.inner(n)
	}
	return n.Any()
}

// inner reads a schema, or a list of schemas; anything else stays for the compiler to judge.
func (r *schemaReader) inner(n *pyyaml.Node) any {
	switch n.Kind {
	case pyyaml.Mapping:
		return r.read(n, false)
	case pyyaml.Null:
		return map[string]any{}
	case pyyaml.List:
		l := make([]any, len(n.Items))
		for i, item := range n.Items {
			l[i] = r.inner(item)
		}
		return l
	}
	return n.Any()
}

// typeName checks a type or a list of types.
func (r *schemaReader) typeName(n *pyyaml.Node) any {
	if n.Kind == pyyaml.List {
		l := make([]any, len(n.Items))
		for i, item := range n.Items {
			l[i] = r.typeName(item)
		}
		return l
	}
	switch {
	case n.Text == "raw_string": // a string that StackStorm's client does not trim
		return "string"
	case n.Kind == pyyaml.Null:
		return "null" // type: null without quotes, inside a list
	case !slices.Contains(typeNames, n.Text):
		r.file.errorf(n.Line, "There is no type %s%s", n.Text, closest(n.Text, typeNames))
	}
	return n.Text
}
