package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/petrelops/petrel/internal/spell"
)

// decoder fills the configuration from YAML nodes and notes every fault with its place. yaml.v3's own strict mode stops at the struct
// and cannot suggest.
type decoder struct {
	path   string
	faults []fault
}

type fault struct {
	line int
	text string
}

func (d *decoder) fault(n *yaml.Node, format string, args ...any) {
	d.faults = append(d.faults, fault{n.Line, fmt.Sprintf("%s:%d:%d: ", d.path, n.Line, n.Column) + fmt.Sprintf(format, args...)})
}

func (d *decoder) text() string {
	lines := make([]string, len(d.faults))
	for i, f := range d.faults {
		lines[i] = f.text
	}
	return strings.Join(lines, "\n")
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	secretType   = reflect.TypeFor[Secret]()
)

// value decodes n into v; field carries the tags that bound v.
func (d *decoder) value(n *yaml.Node, v reflect.Value, field reflect.StructField) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Tag == "!!null" { // a key without a value keeps its default
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.object(n, v)
	case reflect.Slice:
		d.list(n, v, field)
	case reflect.Map:
		d.dict(n, v)
	default:
		d.scalar(n, v, field)
	}
}

func (d *decoder) object(n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, "expected a mapping, key: value")
		return
	}
	known := settings(v.Type())
	seen := map[string]bool{}
	source := v.FieldByName("Source")
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		at := slices.IndexFunc(known, func(f reflect.StructField) bool { return f.Tag.Get("yaml") == key.Value })
		switch {
		case at < 0:
			d.fault(key, "there is no setting %q%s", key.Value, suggestion(key.Value, known))
		case seen[key.Value]:
			d.fault(key, "%q is set twice", key.Value)
		case source.IsValid() && n.Content[i+1].Tag == "!!null": // a rule that lost a condition would allow more than was meant
			d.fault(key, "%q has no value; write one, or leave it out", key.Value)
		default:
			seen[key.Value] = true
			d.value(n.Content[i+1], v.FieldByIndex(known[at].Index), known[at])
		}
	}
	for _, f := range known {
		if name := f.Tag.Get("yaml"); f.Tag.Get("required") == "true" && !seen[name] {
			d.fault(n, "%q is missing; write for example %s: %s", name, name, f.Tag.Get("example"))
		}
	}
	if source.IsValid() {
		source.SetString(fmt.Sprintf("%s:%d", d.path, n.Line))
	}
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, field reflect.StructField) {
	if n.Kind != yaml.SequenceNode {
		d.fault(n, "expected a list, [a, b]")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		d.value(item, list.Index(i), field)
	}
	v.Set(list)
}

func (d *decoder) dict(n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, "expected a mapping, name: value")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := reflect.ValueOf(n.Content[i].Value)
		if v.MapIndex(key).IsValid() {
			d.fault(n.Content[i], "%q is set twice", n.Content[i].Value)
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(n.Content[i+1], item, reflect.StructField{})
		v.SetMapIndex(key, item)
	}
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, field reflect.StructField) {
	if n.Kind != yaml.ScalarNode {
		d.fault(n, "expected %s", kindText(v))
		return
	}
	if err := setScalar(v, n.Value); err != nil {
		d.fault(n, "%q is not %s", n.Value, kindText(v))
		return
	}
	if v.Type() == secretType && !v.Interface().(Secret).valid() {
		d.fault(n, "a secret may not stand in this file; write env:NAME or file:PATH")
	}
	if zone, ok := v.Interface().(Zone); ok && !zone.valid() {
		d.fault(n, "there is no time zone %q; write one as in Europe/Berlin, or UTC", n.Value)
	}
	d.bounds(n, v, field)
}

// bounds checks the tags oneof, min and max.
func (d *decoder) bounds(n *yaml.Node, v reflect.Value, field reflect.StructField) {
	if allowed := strings.Fields(field.Tag.Get("oneof")); len(allowed) > 0 && !slices.Contains(allowed, n.Value) {
		d.fault(n, "%q is not one of %s", n.Value, strings.Join(allowed, ", "))
	}
	for tag, broken := range map[string]func(value, bound int64) bool{
		"min": func(value, bound int64) bool { return value < bound },
		"max": func(value, bound int64) bool { return value > bound },
	} {
		text, ok := field.Tag.Lookup(tag)
		bound := reflect.New(v.Type()).Elem()
		if ok && setScalar(bound, text) == nil && broken(v.Int(), bound.Int()) {
			d.fault(n, "%s is out of bounds: the %simum is %s", n.Value, tag, text)
		}
	}
}

func setScalar(v reflect.Value, text string) error {
	if v.Type() == durationType {
		t, err := time.ParseDuration(text)
		v.SetInt(int64(t))
		return err
	}
	switch v.Kind() {
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return err
	case reflect.Int:
		i, err := strconv.ParseInt(text, 10, 64)
		v.SetInt(i)
		return err
	default:
		v.SetString(text)
		return nil
	}
}

func kindText(v reflect.Value) string {
	switch {
	case v.Type() == durationType:
		return "a duration such as 500ms, 30s, 10m or 2h"
	case v.Kind() == reflect.Bool:
		return "true or false"
	case v.Kind() == reflect.Int:
		return "a whole number"
	}
	return "a text"
}

func suggestion(word string, known []reflect.StructField) string {
	names := make([]string, len(known))
	for i, f := range known {
		names[i] = f.Tag.Get("yaml")
	}
	if near := spell.Closest(word, names, 1); len(near) > 0 {
		return fmt.Sprintf("; did you mean %q?", near[0])
	}
	return "; the settings here are " + strings.Join(names, ", ")
}
