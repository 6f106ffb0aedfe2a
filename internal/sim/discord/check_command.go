package discord

import (
	"encoding/json"
	"regexp"
	"unicode/utf8"
)

// The rules of commands are in discord/discord-api-docs, developers/interactions/application-commands.mdx @0329c530.

// commandName is what a command or option may be called; upper case is refused.
var commandName = regexp.MustCompile(`^[-_'\p{Ll}\p{Lo}\p{N}]{1,32}$`)

// maxCommandSize is how many characters the names, descriptions and values of a command may have together.
const maxCommandSize = 8000

type checkedCommand struct {
	Type         int              `json:"type"`
	Name         string           `json:"name"`
	Description  string           `json:"description"`
	Autocomplete bool             `json:"autocomplete"`
	Required     bool             `json:"required"`
	MaxLength    int              `json:"max_length"`
	Options      []checkedCommand `json:"options"`
	Choices      []checkedChoice  `json:"choices"`
}

type checkedChoice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// CheckCommands returns the rules that a list of commands breaks.
func CheckCommands(body []byte) []string {
	var f faultList
	var list []checkedCommand
	if err := json.Unmarshal(body, &list); err != nil {
		return []string{err.Error()}
	}
	seen := map[string]bool{}
	typed := 0
	for _, c := range list {
		if c.Type > 1 { // the menu of a user or a message: its name is free, and it has no options
			continue
		}
		typed++
		if seen[c.Name] {
			f.add("%s: Application command names must be unique", c.Name)
		}
		seen[c.Name] = true
		f.length(c.Name+".description", c.Description, 1, 100)
		c.checkName(&f, c.Name)
		c.checkOptions(&f, c.Name, typeGroup)
		if n := c.size(); n > maxCommandSize {
			f.add("%s: Command exceeds maximum size (%d), it has %d", c.Name, maxCommandSize, n)
		}
	}
	if typed > 100 {
		f.add("Maximum number of application commands reached (100)")
	}
	return f
}

func (c checkedCommand) checkName(f *faultList, at string) {
	if !commandName.MatchString(c.Name) {
		f.add("%s.name: %q is no name", at, c.Name)
	}
}

// checkOptions checks what is below a command or one of its parts. deepest is the largest type of a part there: none, subcommands, or groups too.
func (c checkedCommand) checkOptions(f *faultList, at string, deepest int) {
	if len(c.Options) > 25 {
		f.add("%s.options: Must be 25 or fewer", at)
	}
	seen := map[string]bool{}
	parts, optional := 0, false
	for _, o := range c.Options {
		below := at + "." + o.Name
		o.checkName(f, below)
		f.length(below+".description", o.Description, 1, 100)
		if seen[o.Name] {
			f.add("%s: Option names must be unique", below)
		}
		seen[o.Name] = true
		if o.Type == typeSub || o.Type == typeGroup {
			parts++
			if o.Type > deepest {
				f.add("%s.type: a part of type %d cannot stand here", below, o.Type)
			}
			o.checkOptions(f, below, o.Type-1)
			continue
		}
		o.checkValue(f, below)
		if o.Required && optional {
			f.add("%s: Required options must be placed before non-required options", below)
		}
		optional = optional || !o.Required
	}
	if parts > 0 && parts < len(c.Options) {
		f.add("%s.options: Sub-command and sub-command group option types are mutually exclusive to all other types", at)
	}
	if c.Type == typeGroup && deepest == typeSub && len(c.Options) == 0 {
		f.add("%s.options: a group without subcommands is not shown", at)
	}
}

// checkValue checks an option that takes a value.
func (c checkedCommand) checkValue(f *faultList, at string) {
	if c.Type < 1 || c.Type > 11 {
		f.add("%s.type: there is no option of type %d", at, c.Type)
	}
	open := c.Type == typeText || c.Type == typeInteger || c.Type == typeNumber
	if len(c.Options) > 0 || !open && (c.Autocomplete || len(c.Choices) > 0) || c.Autocomplete && len(c.Choices) > 0 {
		f.add("%s: an option of type %d has choices or completion, not both, where it is a text or a number", at, c.Type)
	}
	if c.MaxLength < 0 || c.MaxLength > 6000 || c.MaxLength > 0 && c.Type != typeText {
		f.add("%s.max_length: a text has at most 6000 characters", at)
	}
	if len(c.Choices) > 25 {
		f.add("%s.choices: Must be 25 or fewer", at)
	}
	seen := map[string]bool{}
	for _, choice := range c.Choices {
		f.length(at+".choices.name", choice.Name, 1, 100)
		text, isText := choice.Value.(string)
		_, isNumber := choice.Value.(float64)
		if isText && c.Type == typeText {
			f.length(at+".choices.value", text, 0, 100)
		} else if !isNumber || c.Type == typeText {
			f.add("%s.choices.value: %v is none for an option of type %d", at, choice.Value, c.Type)
		}
		if seen[choice.Name] {
			f.add("%s.choices.name: Option choice names must be unique", at)
		}
		seen[choice.Name] = true
	}
}

// size is how many characters count.
func (c checkedCommand) size() int {
	n := utf8.RuneCountInString(c.Name) + utf8.RuneCountInString(c.Description)
	for _, choice := range c.Choices {
		text, _ := choice.Value.(string)
		n += utf8.RuneCountInString(choice.Name) + utf8.RuneCountInString(text)
	}
	for _, o := range c.Options {
		n += o.size()
	}
	return n
}
