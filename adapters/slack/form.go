package slack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/layout"
	"github.com/petrelops/petrel/internal/plain"
)

// Slack's limits of a view; internal/sim/slack names their sources.
const (
	maxViewTitle  = 24
	maxMemo       = 3000
	maxFields     = 90      // of 100 blocks
	maxFieldBytes = 160_000 // of all fields; Slack refuses a view of 250 kB
	maxFieldLabel = 2000
	maxFieldID    = 200 // of 255 with the prefix
	maxHint       = 2000
	maxInitial    = 3000
	maxOption     = 75 // characters of an option's text
	maxOptionID   = 150
	maxOptions    = 100
)

// fieldAction is the action_id of every field; the block tells them apart.
const fieldAction = "value"

// FormView returns the form as Slack shows it, with what its submission needs to know. It returns false when there is nothing to fill in
// that Slack can hold, or when the line that the form completes is too long to be carried along.
func FormView(f bot.Form, at bot.Origin) (slackgo.ModalViewRequest, bool) {
	v := slackgo.ModalViewRequest{
		Type: slackgo.VTModal, CallbackID: formID, Title: title(f.Title, "Petrel"), Submit: title(f.Submit, "Run"), Close: title("Cancel", ""),
		PrivateMetadata: memo{Command: f.Command, Channel: at.Channel, Thread: at.Thread}.text(),
	}
	if count(v.PrivateMetadata) > maxMemo || len(v.PrivateMetadata) > maxMemo {
		return v, false
	}
	d := &renderer{left: maxMessage}
	layout.Draw([]bot.Block{bot.TextBlock(f.Text)}, d)
	fields, left := fitting(f.Fields)
	if left > 0 {
		d.Text(fmt.Sprintf("%d more values can be given in a typed line; help tells which.", left))
	}
	d.out.Blocks = append(d.out.Blocks, fields...)
	v.Blocks.BlockSet = d.out.Blocks
	return v, len(fields) > 0
}

// LineView returns the form that asks for a line to run on a message, whose text stands there beforehand, or for the rest of a line that was
// chosen in the App home.
func LineView(e Event) slackgo.ModalViewRequest {
	f := bot.Form{Title: "Run on this", Submit: "Run", Text: "The answer comes into the thread of the message."}
	help := "The text of the message stands here. Put a command before it, or write another line."
	if e.Home {
		f.Title, f.Text, help = "Run", "The answer comes as a direct message.", "What is still missing is asked for next."
	}
	f.Fields = []bot.FormField{{Name: lineField, Label: "Command", Required: true, Type: "string", Default: e.Offer, Help: help}}
	v, _ := FormView(f, e.Message.Origin)
	v.CallbackID = lineID
	return v
}

func title(text, otherwise string) *slackgo.TextBlockObject {
	return plainObject(cut(cmp.Or(strings.TrimSpace(plain.Line(text)), otherwise), maxViewTitle))
}

func plainObject(text string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, text, false, false)
}

// fitting returns the fields that a view can hold, what is required first to be kept, and how many it cannot.
func fitting(fields []bot.FormField) (blocks []slackgo.Block, left int) {
	drawn, bytes := map[string]slackgo.Block{}, 0
	kept := layout.Fields(fields, func(f bot.FormField) bool {
		if drawn[f.Name] != nil {
			return false
		}
		b := fieldBlock(f)
		n := encoded(b)
		if len(drawn) == maxFields || f.Name == "" || len(f.Name) > maxFieldID || bytes+n > maxFieldBytes {
			left++
			return false
		}
		drawn[f.Name], bytes = b, bytes+n
		return true
	})
	for _, f := range kept {
		blocks = append(blocks, drawn[f.Name])
	}
	return blocks, left
}

// encoded is how long a block is on its way to Slack.
func encoded(b slackgo.Block) int {
	text, err := json.Marshal(b)
	if err != nil {
		return maxFieldBytes + 1
	}
	return len(text)
}

func fieldBlock(f bot.FormField) slackgo.Block {
	var hint *slackgo.TextBlockObject
	if text := strings.TrimSpace(plain.Line(f.Help + " " + note(f))); text != "" {
		hint = plainObject(cut(text, maxHint))
	}
	b := slackgo.NewInputBlock(fieldPrefix+f.Name, plainObject(cut(layout.Label(f), maxFieldLabel)), hint, element(f))
	b.Optional = !f.Required
	return b
}

// note says what a person cannot see of a field.
func note(f bot.FormField) string {
	switch {
	case f.Secret:
		return "What you type can be seen here until the form is gone; after that it is kept sealed."
	case f.Type == "array":
		return "Several: a, b, c, or JSON."
	case f.Type == "object":
		return "As JSON."
	case len(f.Options) > 0 && !selectable(f.Options):
		return "One of: " + strings.Join(f.Options, ", ") + "."
	}
	return ""
}

// element is what the value is typed or chosen in. Where the value that stands there beforehand does not suit it, it is a line to type.
func element(f bot.FormField) slackgo.BlockElement {
	preset := strings.TrimSpace(f.Default)
	if f.Secret {
		preset = ""
	}
	switch {
	case len(f.Options) > 0 && selectable(f.Options):
		e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, nil, fieldAction, options(f.Options)...)
		if slices.Contains(f.Options, preset) {
			e.InitialOption = optionOf(preset)
		}
		return e
	case f.Live && (preset == "" || selectable([]string{preset})):
		e, atOnce := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeExternal, plainObject("Type to search"), fieldAction), 0
		e.MinQueryLength = &atOnce
		if preset != "" {
			e.InitialOption = optionOf(preset)
		}
		return e
	case f.Type == "boolean":
		return choice(preset)
	case isNumber(f.Type, preset):
		e := slackgo.NewNumberInputBlockElement(nil, fieldAction, f.Type == "number")
		e.InitialValue = preset
		return e
	case f.Format == "date" && isDate(preset):
		e := slackgo.NewDatePickerBlockElement(fieldAction)
		e.InitialDate = preset
		return e
	}
	e := slackgo.NewPlainTextInputBlockElement(nil, fieldAction)
	e.Multiline = f.Type == "array" || f.Type == "object"
	if count(preset) <= maxInitial {
		e.InitialValue = preset
	}
	return e
}

func choice(preset string) slackgo.BlockElement {
	yes, no := slackgo.NewOptionBlockObject("true", plainObject("yes"), nil), slackgo.NewOptionBlockObject("false", plainObject("no"), nil)
	e := slackgo.NewRadioButtonsBlockElement(fieldAction, yes, no)
	switch preset {
	case "true":
		e.InitialOption = yes
	case "false":
		e.InitialOption = no
	}
	return e
}

// isNumber reports whether Slack's field for numbers can hold the value beforehand.
func isNumber(kind, preset string) bool {
	var err error
	switch kind {
	case "integer":
		if preset != "" {
			_, err = strconv.ParseInt(preset, 10, 64)
		}
	case "number":
		if preset != "" {
			_, err = strconv.ParseFloat(preset, 64)
		}
		if strings.Trim(preset, "0123456789.-") != "" { // ParseFloat reads more than digits
			return false
		}
	default:
		return false
	}
	return err == nil
}

func isDate(preset string) bool {
	_, err := time.Parse(time.DateOnly, preset)
	return preset == "" || err == nil
}

// selectable reports whether every value can be an option of a menu as it is.
func selectable(values []string) bool {
	odd := func(v string) bool {
		return v == "" || count(v) > maxOption || len(v) > maxOptionID || strings.TrimSpace(plain.Line(v)) != v
	}
	return len(values) <= maxOptions && !slices.ContainsFunc(values, odd)
}

func options(values []string) []*slackgo.OptionBlockObject {
	list := make([]*slackgo.OptionBlockObject, len(values))
	for i, v := range values {
		list[i] = optionOf(v)
	}
	return list
}

func optionOf(value string) *slackgo.OptionBlockObject {
	return slackgo.NewOptionBlockObject(value, plainObject(cut(value, maxOption)), nil)
}
