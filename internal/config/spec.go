package config

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// settings returns the fields of a struct that a file can set.
func settings(t reflect.Type) []reflect.StructField {
	var list []reflect.StructField
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("yaml"); name != "" && name != "-" {
			list = append(list, f)
		}
	}
	return list
}

// setDefaults gives every setting below v the value of its default tag. A tag that cannot be read is a fault of this package, which
// its tests find.
func setDefaults(v reflect.Value) {
	for _, f := range settings(v.Type()) {
		at := v.FieldByIndex(f.Index)
		if at.Kind() == reflect.Struct {
			setDefaults(at)
			continue
		}
		text, ok := f.Tag.Lookup("default")
		if !ok {
			continue
		}
		var doc yaml.Node
		var d decoder
		if err := yaml.Unmarshal([]byte(text), &doc); err == nil {
			d.value(doc.Content[0], at, f)
		}
		if len(d.faults) > 0 || len(doc.Content) == 0 {
			panic("config: default of " + f.Name + ": " + d.text())
		}
	}
}

// Example returns config.example.yaml: every setting with what it means and the value it shows.
func Example() string {
	var b strings.Builder
	b.WriteString("# Petrel's configuration with every setting. What is left out has the value shown here as its default.\n")
	b.WriteString("# Check a file with: petrel config check FILE\n")
	writeExample(&b, reflect.TypeFor[Config](), "")
	return b.String()
}

func writeExample(b *strings.Builder, t reflect.Type, indent string) {
	for _, f := range settings(t) {
		if indent == "" {
			b.WriteString("\n")
		}
		fmt.Fprintf(b, "%s# %s\n%s%s:", indent, f.Tag.Get("doc"), indent, f.Tag.Get("yaml"))
		switch elem := f.Type; {
		case elem.Kind() == reflect.Struct:
			b.WriteString("\n")
			writeExample(b, elem, indent+"  ")
		case elem.Kind() == reflect.Slice && elem.Elem().Kind() == reflect.Struct:
			b.WriteString("\n")
			var item strings.Builder
			writeExample(&item, elem.Elem(), indent+"    ")
			b.WriteString(strings.Replace(item.String(), indent+"    #", indent+"  - #", 1))
		default:
			b.WriteString(" " + shown(f) + "\n")
		}
	}
}

// shown returns the YAML text that stands for a setting in the example.
func shown(f reflect.StructField) string {
	for _, tag := range []string{"example", "default"} {
		if text, ok := f.Tag.Lookup(tag); ok {
			return text
		}
	}
	return `""`
}

// Reference returns docs/reference/settings.md: a table of every setting.
func Reference() string {
	var b strings.Builder
	b.WriteString("# Settings\n\nMade by `make docs` from the tags in internal/config. `config.example.yaml` shows them as a file.\n\n")
	b.WriteString("| setting | default | meaning |\n|---|---|---|\n")
	writeReference(&b, reflect.TypeFor[Config](), "")
	return b.String()
}

func writeReference(b *strings.Builder, t reflect.Type, prefix string) {
	for _, f := range settings(t) {
		name := prefix + f.Tag.Get("yaml")
		value := "`" + f.Tag.Get("default") + "`"
		if value == "``" {
			value = ""
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, value, f.Tag.Get("doc"))
		switch elem := f.Type; {
		case elem.Kind() == reflect.Struct:
			writeReference(b, elem, name+".")
		case elem.Kind() == reflect.Slice && elem.Elem().Kind() == reflect.Struct:
			writeReference(b, elem.Elem(), name+"[].")
		}
	}
}
