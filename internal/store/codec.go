package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// Document is a record's value together with what this build does not know of it, so that an older Petrel may change a record
// that a newer one wrote, and lose nothing. T is a struct with json tags and none named "v". A newer version adds fields at
// the top of the record only: inside a field of T what is not known is not kept.
type Document[T any] struct {
	// V is the version of the form in which the record was written, from 1. It is kept when it is higher than this build knows.
	V int
	// Value is what this build knows of the record.
	Value T

	unknown map[string]json.RawMessage
}

// versionField is where a record keeps its V.
const versionField = "v"

// Decode reads a record. CodeInternal: it is not a JSON object with a version, or a field has another type than in T.
func Decode[T any](data []byte) (Document[T], error) {
	var d Document[T]
	if err := d.decode(data); err != nil {
		return Document[T]{}, bot.E(bot.CodeInternal, "store.decode", "A stored record cannot be read. Ask the operator of Petrel to look at the log.", err)
	}
	return d, nil
}

func (d *Document[T]) decode(data []byte) error {
	known, err := fieldsOf(reflect.TypeFor[T]())
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	if err := json.Unmarshal(fields[versionField], &d.V); err != nil || d.V < 1 {
		return errors.Join(fmt.Errorf("the version is %q", fields[versionField]), err)
	}
	if err := json.Unmarshal(data, &d.Value); err != nil {
		return err
	}
	delete(fields, versionField)
	// As encoding/json does, in any case of letters: what it has read into a field of T is known.
	maps.DeleteFunc(fields, func(name string, _ json.RawMessage) bool { return known.has(name) })
	if len(fields) > 0 {
		d.unknown = fields
	}
	return nil
}

// Encode writes the record: the version, the fields of Value and those that Decode did not know, in the order of their names.
// CodeInternal: V is not set, or Value cannot be written as a JSON object.
func (d Document[T]) Encode() ([]byte, error) {
	data, err := d.encode()
	if err != nil {
		return nil, bot.E(bot.CodeInternal, "store.encode", "A record cannot be stored. Ask the operator of Petrel to look at the log.", err)
	}
	return data, nil
}

func (d Document[T]) encode() ([]byte, error) {
	if d.V < 1 {
		return nil, fmt.Errorf("the version is %d", d.V)
	}
	if _, err := fieldsOf(reflect.TypeFor[T]()); err != nil {
		return nil, err
	}
	value, err := json.Marshal(d.Value)
	if err != nil {
		return nil, err
	}
	inner, ok := bytes.CutPrefix(value, []byte("{"))
	if !ok {
		return nil, fmt.Errorf("%T is not written as a JSON object", d.Value)
	}
	out := fmt.Appendf(nil, `{%q:%d`, versionField, d.V)
	if inner = bytes.TrimSuffix(inner, []byte("}")); len(inner) > 0 {
		out = append(append(out, ','), inner...)
	}
	for _, name := range slices.Sorted(maps.Keys(d.unknown)) {
		quoted, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		out = append(append(append(append(out, ','), quoted...), ':'), d.unknown[name]...)
	}
	return append(out, '}'), nil
}

// fieldNames are the names of a type's JSON fields.
type fieldNames []string

func (f fieldNames) has(name string) bool {
	return slices.ContainsFunc(f, func(known string) bool { return strings.EqualFold(known, name) })
}

// fieldCache remembers fieldNames by reflect.Type, because every read asks for them. It holds nothing that could change.
var fieldCache sync.Map

func fieldsOf(t reflect.Type) (fieldNames, error) {
	if names, ok := fieldCache.Load(t); ok {
		return names.(fieldNames), nil
	}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s is not a struct", t)
	}
	var names fieldNames
	for _, f := range reflect.VisibleFields(t) {
		if name, ok := fieldName(f); ok {
			names = append(names, name)
		}
	}
	if names.has(versionField) {
		return nil, fmt.Errorf("%s has a field %q of its own", t, versionField)
	}
	fieldCache.Store(t, names)
	return names, nil
}

// fieldName returns the name under which encoding/json reads a field, and false for one that it does not read.
func fieldName(f reflect.StructField) (string, bool) {
	tag := f.Tag.Get("json")
	name, _, _ := strings.Cut(tag, ",")
	switch {
	case tag == "-", f.Anonymous && name == "", !f.IsExported():
		return "", false // the fields of an embedded struct are visible by themselves
	case name == "":
		return f.Name, true
	default:
		return name, true
	}
}
