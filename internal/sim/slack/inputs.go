package slack

import (
	"fmt"
	"regexp"
	"strconv"
)

// input is one field of a view as the page shows it.
type input struct {
	Block, Action     string
	Label, Hint, Kind string
	Placeholder       string
	Required, Long    bool
	Typed             []string
	Options           []node
	Fault             string
}

// inputs are the fields of the view.
func (v *view) inputs() []input {
	var list []input
	for _, b := range v.blocks() {
		if in, ok := v.input(b); ok {
			list = append(list, in)
		}
	}
	return list
}

// input returns the field that a block is.
func (v *view) input(b node) (input, bool) {
	e, ok := b["element"].(map[string]any)
	if b["type"] != "input" || !ok {
		return input{}, false
	}
	in := input{
		Block: text(b, "block_id"), Action: text(e, "action_id"), Label: plainOf(b["label"]), Hint: plainOf(b["hint"]), Kind: text(e, "type"),
		Placeholder: plainOf(e["placeholder"]), Required: b["optional"] != true, Long: e["multiline"] == true,
	}
	in.Fault = v.faults[in.Block]
	if options, ok := e["options"].([]any); ok {
		for _, o := range options {
			if n, ok := o.(map[string]any); ok {
				in.Options = append(in.Options, n)
			}
		}
	}
	if in.Kind == "external_select" {
		in.Options = v.found[in.Block]
		if o, ok := e["initial_option"].(map[string]any); ok {
			in.Options = append([]node{o}, in.Options...)
		}
	}
	if typed, touched := v.typed[in.Block]; touched {
		in.Typed = typed
	} else {
		in.Typed = initial(e)
	}
	return in, true
}

// initial is what a field holds before anybody fills it in.
func initial(e node) []string {
	var list []string
	for _, name := range []string{"initial_value", "initial_date"} {
		if value := text(e, name); value != "" {
			list = append(list, value)
		}
	}
	if o, ok := e["initial_option"].(map[string]any); ok {
		list = append(list, text(o, "value"))
	}
	options, _ := e["initial_options"].([]any)
	for _, o := range options {
		if n, ok := o.(map[string]any); ok {
			list = append(list, text(n, "value"))
		}
	}
	return list
}

func plainOf(value any) string {
	o, _ := value.(map[string]any)
	return text(o, "text")
}

// First is what was typed or chosen, empty when nothing was.
func (in input) First() string {
	for _, value := range in.Typed {
		return value
	}
	return ""
}

var date = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// wrong says why Slack would not submit what is in the field, without asking the app.
func (in input) wrong() string {
	value := in.First()
	if value == "" {
		if in.Required && in.Kind != "checkboxes" || in.Required && len(in.Typed) == 0 {
			return "Please complete this required field."
		}
		return ""
	}
	switch in.Kind {
	case "plain_text_input":
		if len([]rune(value)) > maxInput {
			return fmt.Sprintf("Please write at most %d characters.", maxInput)
		}
	case "number_input":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return "Please enter a valid number."
		}
	case "datepicker":
		if !date.MatchString(value) {
			return "Please enter a valid date."
		}
	case "static_select", "external_select", "radio_buttons", "checkboxes":
		for _, value := range in.Typed {
			if in.option(value) == nil {
				return "Please choose one of the options."
			}
		}
	}
	return ""
}

func (in input) option(value string) node {
	for _, o := range in.Options {
		if text(o, "value") == value {
			return o
		}
	}
	return nil
}

// values is what the fields hold, as the payload of a submission has it.
func (v *view) values() answer {
	all := answer{}
	for _, in := range v.inputs() {
		value := answer{"type": in.Kind}
		switch in.Kind {
		case "static_select", "external_select", "radio_buttons":
			value["selected_option"] = nil
			if o := in.option(in.First()); o != nil {
				value["selected_option"] = o
			}
		case "checkboxes":
			chosen := []node{}
			for _, one := range in.Typed {
				if o := in.option(one); o != nil {
					chosen = append(chosen, o)
				}
			}
			value["selected_options"] = chosen
		case "datepicker":
			value["selected_date"] = orNull(in.First())
		default:
			value["value"] = orNull(in.First())
		}
		all[in.Block] = answer{in.Action: value}
	}
	return all
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
