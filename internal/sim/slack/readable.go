package slack

import (
	"encoding/json"
	"strings"
)

// Readable returns what a person reads of a message: its blocks, or its text where it has none.
func Readable(m Message) string {
	if m.Blocks == nil {
		return m.Text
	}
	var list []any
	if json.Unmarshal(m.Blocks, &list) != nil {
		return m.Text
	}
	var b strings.Builder
	for _, block := range list {
		read(&b, block)
		b.WriteByte('\n')
	}
	return strings.TrimRight(b.String(), "\n")
}

// read writes the texts of a layout in the order in which they are shown.
func read(b *strings.Builder, value any) {
	o, ok := value.(map[string]any)
	if !ok {
		return
	}
	switch o["type"] {
	case "emoji":
		name, _ := o["name"].(string)
		b.WriteString(":" + name + ":")
	case "user":
		id, _ := o["user_id"].(string)
		b.WriteString("<@" + id + ">")
	case "button":
		b.WriteString("[")
		read(b, o["text"])
		b.WriteString("] ")
	case "input":
		read(b, o["label"])
		b.WriteString(": ")
		parts(b, o)
	case "table":
		rows, _ := o["rows"].([]any)
		for _, row := range rows {
			cells, _ := row.([]any)
			for i, cell := range cells {
				if i > 0 {
					b.WriteString(" | ")
				}
				read(b, cell)
			}
			b.WriteByte('\n')
		}
	default:
		parts(b, o)
	}
}

func parts(b *strings.Builder, o map[string]any) {
	switch text := o["text"].(type) {
	case string:
		b.WriteString(text)
	case map[string]any:
		read(b, text)
	}
	for _, name := range []string{"fields", "elements"} {
		list, _ := o[name].([]any)
		for _, item := range list {
			read(b, item)
		}
	}
}
