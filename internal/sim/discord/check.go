package discord

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// faultList collects what is wrong.
type faultList []string

func (f *faultList) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// length complains where text is shorter than least or longer than most characters.
func (f *faultList) length(what, text string, least, most int) {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		f.add("%s: Must be between %d and %d in length, it has %d", what, least, most, n)
	}
}

// CheckMessage returns the rules that the body of a message with so many files breaks. An edit may leave out what stays.
func CheckMessage(body []byte, files int, edit bool) []string {
	var f faultList
	var m struct {
		Content    *string         `json:"content"`
		Embeds     []checkedEmbed  `json:"embeds"`
		Components []checkedPart   `json:"components"`
		Nonce      any             `json:"nonce"`
		Flags      int             `json:"flags"`
		Allowed    json.RawMessage `json:"allowed_mentions"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return []string{err.Error()}
	}
	content := ""
	if m.Content != nil {
		content = *m.Content
	}
	f.length("content", content, 0, 2000)
	if len(m.Embeds) > 10 {
		f.add("embeds: Must be 10 or fewer")
	}
	total := 0
	for i, e := range m.Embeds {
		total += e.check(&f, fmt.Sprintf("embeds[%d]", i))
	}
	if total > 6000 {
		f.add("embeds: the size of all is %d of 6000", total)
	}
	checkComponents(&f, m.Components)
	if nonce, ok := m.Nonce.(string); ok && utf8.RuneCountInString(nonce) > 25 {
		f.add("nonce: Must be 25 or fewer in length")
	}
	if !edit && content == "" && len(m.Embeds) == 0 && files == 0 && len(m.Components) == 0 {
		f.add("Cannot send an empty message")
	}
	if m.Allowed != nil {
		var allowed struct {
			Parse *[]string `json:"parse"`
		}
		if json.Unmarshal(m.Allowed, &allowed) != nil || allowed.Parse == nil {
			f.add("allowed_mentions.parse: a list is wanted")
		}
	}
	if files > 10 {
		f.add("files: Must be 10 or fewer")
	}
	return f
}

type checkedEmbed struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Fields      []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"fields"`
	Footer *struct {
		Text string `json:"text"`
	} `json:"footer"`
	Author *struct {
		Name string `json:"name"`
	} `json:"author"`
}

// check returns how many characters of the embed count.
func (e checkedEmbed) check(f *faultList, at string) int {
	f.length(at+".title", e.Title, 0, 256)
	f.length(at+".description", e.Description, 0, 4096)
	if len(e.Fields) > 25 {
		f.add("%s.fields: Must be 25 or fewer", at)
	}
	n := utf8.RuneCountInString(e.Title) + utf8.RuneCountInString(e.Description)
	for i, field := range e.Fields {
		f.length(fmt.Sprintf("%s.fields[%d].name", at, i), field.Name, 1, 256)
		f.length(fmt.Sprintf("%s.fields[%d].value", at, i), field.Value, 1, 1024)
		n += utf8.RuneCountInString(field.Name) + utf8.RuneCountInString(field.Value)
	}
	if e.Footer != nil {
		f.length(at+".footer.text", e.Footer.Text, 1, 2048)
		n += utf8.RuneCountInString(e.Footer.Text)
	}
	if e.Author != nil {
		f.length(at+".author.name", e.Author.Name, 1, 256)
		n += utf8.RuneCountInString(e.Author.Name)
	}
	if n == 0 {
		f.add("%s: an embed cannot be empty", at)
	}
	return n
}

// checkedPart is a component.
type checkedPart struct {
	Type        int           `json:"type"`
	Style       int           `json:"style"`
	Label       string        `json:"label"`
	Description string        `json:"description"`
	CustomID    string        `json:"custom_id"`
	URL         string        `json:"url"`
	Placeholder string        `json:"placeholder"`
	MinValues   *int          `json:"min_values"`
	MaxValues   *int          `json:"max_values"`
	MinLength   int           `json:"min_length"`
	MaxLength   int           `json:"max_length"`
	Value       string        `json:"value"`
	Components  []checkedPart `json:"components"`
	Component   *checkedPart  `json:"component"`
	Options     []struct {
		Label       string `json:"label"`
		Value       string `json:"value"`
		Description string `json:"description"`
		Default     bool   `json:"default"`
	} `json:"options"`
	Required *bool `json:"required"`
}

// Types of components.
const (
	typeRow       = 1
	typeButton    = 2
	typeSelect    = 3
	typeTextInput = 4
	typeLabel     = 18
)

func checkComponents(f *faultList, list []checkedPart) {
	total := len(list)
	if len(list) > 5 {
		f.add("components: Must be 5 or fewer")
	}
	seen := map[string]bool{}
	for i, row := range list {
		at := fmt.Sprintf("components[%d]", i)
		total += len(row.Components)
		if row.Type != typeRow {
			f.add("%s.type: Value of field must be one of (1,)", at)
			continue
		}
		selects := slices.ContainsFunc(row.Components, func(c checkedPart) bool { return c.Type == typeSelect })
		if n := len(row.Components); n < 1 || n > 5 || selects && n > 1 {
			f.add("%s.components: a row has 1 to 5 buttons, or one select", at)
		}
		for _, c := range row.Components {
			c.checkInRow(f, at, seen)
		}
	}
	if total > 40 {
		f.add("components: Must be 40 or fewer in all")
	}
}

func (c checkedPart) checkInRow(f *faultList, at string, seen map[string]bool) {
	if c.CustomID != "" && seen[c.CustomID] {
		f.add("%s: Component custom id cannot be duplicated", at)
	}
	seen[c.CustomID] = true
	switch c.Type {
	case typeButton:
		f.length(at+".label", c.Label, 1, 80)
		if c.Style < 1 || c.Style > 4 {
			f.add("%s.style: %d is no style of a button with a custom_id", at, c.Style)
		}
		f.length(at+".custom_id", c.CustomID, 1, 100)
	case typeSelect:
		f.length(at+".custom_id", c.CustomID, 1, 100)
		c.checkOptions(f, at)
	default:
		f.add("%s.type: there is no component %d in a row of a message", at, c.Type)
	}
}

func (c checkedPart) checkOptions(f *faultList, at string) {
	f.length(at+".placeholder", c.Placeholder, 0, 150)
	if n := len(c.Options); n < 1 || n > 25 {
		f.add("%s.options: Must be between 1 and 25 in length", at)
	}
	seen := map[string]bool{}
	for _, o := range c.Options {
		f.length(at+".options.label", o.Label, 1, 100)
		f.length(at+".options.value", o.Value, 1, 100)
		f.length(at+".options.description", o.Description, 0, 100)
		if seen[o.Value] {
			f.add("%s.options: The specified option value is already used", at)
		}
		seen[o.Value] = true
	}
}
