package discord

import (
	"encoding/json"
	"fmt"
	"strings"
)

// embed is what people read of an embed.
type embed struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Color       int    `json:"color"`
	Fields      []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"fields"`
	Footer struct {
		Text string `json:"text"`
	} `json:"footer"`
	Author struct {
		Name string `json:"name"`
	} `json:"author"`
}

// component is what people see of a button, a select or a field, and what a press sends.
type component struct {
	Type        int               `json:"type"`
	Style       int               `json:"style"`
	Label       string            `json:"label"`
	Description string            `json:"description"`
	CustomID    string            `json:"custom_id"`
	Placeholder string            `json:"placeholder"`
	Value       string            `json:"value"`
	Required    *bool             `json:"required"`
	MaxLength   int               `json:"max_length"`
	Disabled    bool              `json:"disabled"`
	Components  []component       `json:"components"`
	Component   *component        `json:"component"`
	Options     []componentOption `json:"options"`
}

type componentOption struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default"`
}

// Readable returns what a person reads of a message.
func Readable(m Message) string {
	if m.Loading {
		return "thinking…"
	}
	parts := []string{plainly(m.Content)}
	var embeds []embed
	_ = json.Unmarshal(m.Embeds, &embeds) // no embeds is none
	for _, e := range embeds {
		parts = append(parts, e.Author.Name, plainly(e.Title), plainly(e.Description))
		for _, f := range e.Fields {
			parts = append(parts, plainly(f.Name)+": "+plainly(f.Value))
		}
		parts = append(parts, e.Footer.Text)
	}
	var list []component
	_ = json.Unmarshal(m.Components, &list) // no components is none
	for _, c := range list {
		parts = append(parts, buttons(c))
	}
	var lines []string
	for _, p := range parts {
		if p != "" {
			lines = append(lines, p)
		}
	}
	return strings.Join(lines, "\n")
}

func buttons(c component) string {
	var labels []string
	for _, inner := range c.Components {
		if inner.Label != "" {
			labels = append(labels, "["+inner.Label+"]")
		}
		for _, o := range inner.Options {
			labels = append(labels, fmt.Sprintf("(%s)", o.Label))
		}
	}
	return strings.Join(labels, " ")
}

// plainly takes the backslashes away with which text is kept from being markup, and the fences of code.
func plainly(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, "```") {
		if i%2 == 1 { // code is shown as it is
			b.WriteString(strings.TrimPrefix(part, "\n"))
			continue
		}
		for j := 0; j < len(part); j++ {
			if part[j] == '\\' && j+1 < len(part) && strings.IndexByte("\\`*_~|>#-+[]()<:@.!&", part[j+1]) >= 0 {
				j++
			}
			b.WriteByte(part[j])
		}
	}
	return b.String()
}
