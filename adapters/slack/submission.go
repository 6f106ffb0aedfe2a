package slack

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/markup"
	"github.com/petrelops/petrel/internal/plain"
)

// Submitted is what a payload tells of a form.
type Submitted struct {
	View   string   // its id
	Fields []string // the names of its fields, in order
	Field  string   `json:",omitempty"` // in which somebody types; the form is not submitted then
	Prefix string   `json:",omitempty"` // what was typed there
}

// The callback_ids of the bot's forms.
const (
	formID = "petrel_form" // completes a line
	lineID = "petrel_line" // asks for a line
)

func knownForm(callback string) bool { return callback == formID || callback == lineID }

// view is what of a view the bot has use for.
type view struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	CallbackID string `json:"callback_id"`
	Data       string `json:"private_metadata"`
	Blocks     []struct {
		Type    string `json:"type"`
		BlockID string `json:"block_id"`
	} `json:"blocks"`
	State struct {
		Values map[string]map[string]held `json:"values"`
	} `json:"state"`
}

// held is what stands in a field.
type held struct {
	Type     string `json:"type"`
	Value    string `json:"value"`
	Date     string `json:"selected_date"`
	Selected struct {
		Value string `json:"value"`
	} `json:"selected_option"`
}

func (h held) text() string {
	for _, text := range []string{h.Value, h.Date, h.Selected.Value} {
		if text != "" {
			return text
		}
	}
	return ""
}

// memo is what a view carries for its submission. It comes back from outside, so all of it is read as if somebody had typed it.
type memo struct {
	Command string `json:"command,omitempty"`
	Channel string `json:"channel"`
	Thread  string `json:"thread,omitempty"`
}

func (m memo) text() string {
	text, err := json.Marshal(m)
	if err != nil {
		return "{}" // strings can be written
	}
	return string(text)
}

func parseMemo(text string) (memo, error) {
	var m memo
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, fmt.Errorf("the view's metadata cannot be read: %w", err)
	}
	if !isID(m.Channel) || m.Thread != "" && !isTimestamp(m.Thread) {
		return m, fmt.Errorf("the view's metadata names the channel %.20q and the thread %.30q", m.Channel, m.Thread)
	}
	m.Command = strings.TrimSpace(plain.Line(m.Command))
	return m, nil
}

// fieldPrefix begins the block_id of a field; its name follows.
const fieldPrefix = "field."

// lineField is the name of the field that holds a whole line.
const lineField = "line"

// form reads what a submission and a question have in common.
func (r Reader) form(p interaction) (Event, error) {
	at, err := parseMemo(p.View.Data)
	if err != nil {
		return Event{}, err
	}
	if !isViewID(p.View.ID) || p.View.Type != "modal" {
		return Event{}, fmt.Errorf("%.30q is no id of a modal", p.View.ID)
	}
	f := &Submitted{View: p.View.ID}
	for _, b := range p.View.Blocks {
		if name, ok := strings.CutPrefix(b.BlockID, fieldPrefix); ok && b.Type == "input" {
			f.Fields = append(f.Fields, name)
		}
	}
	return Event{Direct: isDirect(at.Channel), Form: f, Message: bot.Message{
		Origin: bot.Origin{Channel: at.Channel, Thread: at.Thread}, Delivery: "v/" + p.View.ID + "/" + p.User.ID, Text: at.Command,
	}}, nil
}

// submission reads a form that was filled in. A field that holds nothing gives no value.
func (r Reader) submission(p interaction) (Event, error) {
	e, err := r.form(p)
	if err != nil {
		return e, err
	}
	values := map[string]string{}
	for block, actions := range p.View.State.Values {
		name, ok := strings.CutPrefix(block, fieldPrefix)
		for _, h := range actions {
			if text := strings.TrimSpace(strings.Join(plain.Lines(h.text()), "\n")); ok && text != "" {
				values[name] = text
			}
		}
	}
	if p.View.CallbackID == lineID {
		e.Message.Text = markup.Line(values[lineField], markup.Slack, "")
		return e, nil
	}
	e.Message.Values = values
	return e, nil
}

// question reads what was typed into a field for which values are offered.
func (r Reader) question(p interaction) (Event, error) {
	e, err := r.form(p)
	if err != nil {
		return e, err
	}
	name, ok := strings.CutPrefix(p.BlockID, fieldPrefix)
	if !ok || name == "" {
		return Event{}, fmt.Errorf("%.30q is no field", p.BlockID)
	}
	e.Form.Field, e.Form.Prefix = name, strings.TrimSpace(plain.Line(p.Value))
	return e, nil
}

// isViewID reports whether s can be the id of a view. It becomes part of the delivery's id.
func isViewID(s string) bool { return isID(s) && strings.HasPrefix(s, "V") }
