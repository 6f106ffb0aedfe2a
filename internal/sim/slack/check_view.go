package slack

import (
	"encoding/json"
	"fmt"
	"slices"
)

// The limits of views, whose sources are in the package comment.
const (
	maxViewTitle   = 24 // of a modal, and of its two buttons
	maxOptions     = 100
	maxChoices     = 10 // of radio buttons and checkboxes
	maxOptionText  = 75
	maxOptionValue = 150
	maxPlaceholder = 150
	maxInput       = 3000
	maxViewBytes   = 250_000
)

// checkView returns what is wrong with a view, empty when Slack would show it.
func checkView(text string, types ...string) string {
	var v node
	if json.Unmarshal([]byte(text), &v) != nil {
		return "the view is no object"
	}
	c := &checker{ids: map[string]bool{}}
	if kind, _ := v["type"].(string); !slices.Contains(types, kind) {
		c.refuse("/view/type", "unsupported type: %v", v["type"])
	}
	if len(text) > maxViewBytes {
		c.refuse("/view", "view_too_large")
	}
	list, _ := v["blocks"].([]any)
	blocks := make([]node, len(list))
	inputs := false
	for i, b := range list {
		blocks[i], _ = b.(map[string]any)
		inputs = inputs || blocks[i]["type"] == "input"
	}
	c.blocks(blocks, maxViewBlocks)
	if v["type"] == "modal" {
		c.text("/view/title", v["title"], maxViewTitle, true)
		c.optionalText("/view/close", v["close"], maxViewTitle)
		c.optionalText("/view/submit", v["submit"], maxViewTitle)
		if inputs && v["submit"] == nil {
			c.refuse("/view/submit", "missing required field: submit")
		}
	}
	for name, most := range map[string]int{"private_metadata": maxInput, "callback_id": maxID, "external_id": maxID} {
		if value, ok := v[name].(string); ok && len(value) > most {
			c.refuse("/view/"+name, "must be at most %d characters", most)
		}
	}
	return c.fault
}

func (c *checker) optionalText(at string, value any, most int) {
	if value != nil {
		c.text(at, value, most, true)
	}
}

// input checks a block in which a person fills something in.
func (c *checker) input(at string, b node) {
	c.text(at+"/label", b["label"], maxField, true)
	c.optionalText(at+"/hint", b["hint"], maxField)
	e, _ := b["element"].(map[string]any)
	if e == nil {
		c.refuse(at+"/element", "missing required field: element")
		return
	}
	at += "/element"
	switch e["type"] {
	case "plain_text_input", "number_input", "email_text_input", "url_text_input":
		c.typed(at, e)
	default:
		c.element(at, e, map[string]bool{})
	}
}

// typed checks an element in which text is typed.
func (c *checker) typed(at string, e node) {
	c.optionalText(at+"/placeholder", e["placeholder"], maxPlaceholder)
	if id, _ := e["action_id"].(string); len(id) > maxID {
		c.refuse(at+"/action_id", "action_id must be at most %d characters", maxID)
	}
	if initial, ok := e["initial_value"].(string); ok && len([]rune(initial)) > maxInput {
		c.refuse(at+"/initial_value", "must be at most %d characters", maxInput)
	}
	if e["type"] == "number_input" {
		if _, ok := e["is_decimal_allowed"].(bool); !ok {
			c.refuse(at, "missing required field: is_decimal_allowed")
		}
	}
}

// choice checks an element in which one chooses among options.
func (c *checker) choice(at string, e node) {
	c.optionalText(at+"/placeholder", e["placeholder"], maxPlaceholder)
	most, listed := maxOptions, false
	switch e["type"] {
	case "radio_buttons", "checkboxes":
		most, listed = maxChoices, true
	case "static_select":
		listed = true
	}
	var known []string
	if listed {
		c.each(at+"/options", e["options"], most, func(at string, o node) {
			c.option(at, o)
			known = append(known, canonical(o))
		})
	}
	initial := []any{}
	if o, ok := e["initial_option"]; ok && o != nil {
		initial = append(initial, o)
	}
	if list, ok := e["initial_options"].([]any); ok {
		initial = append(initial, list...)
	}
	for _, o := range initial {
		n, _ := o.(map[string]any)
		c.option(at+"/initial_option", n)
		if listed && !slices.Contains(known, canonical(n)) {
			c.refuse(at+"/initial_option", "must be one of the provided options")
		}
	}
}

func (c *checker) option(at string, o node) {
	c.text(at+"/text", o["text"], maxOptionText, false)
	c.length(at+"/value", o["value"], maxOptionValue)
	c.optionalText(at+"/description", o["description"], maxOptionText)
}

// canonical is an option as a text that only the same option has.
func canonical(o node) string {
	text, err := json.Marshal(o)
	if err != nil {
		return fmt.Sprint(o)
	}
	return string(text)
}
