package notice

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// Button is what can be done about a note. One of Line, Action, and Word says what.
type Button struct {
	Label string `json:"label"`
	// Line is typed by whoever presses it.
	Line string `json:"line,omitempty"`
	// Action runs with Params for whoever presses it; what it lacks is asked for.
	Action string         `json:"action,omitempty"`
	Params map[string]any `json:"parameters,omitempty"`
	// Word is one that Petrel knows: Acknowledge or MuteWord.
	Word   string `json:"word,omitempty"`
	Danger bool   `json:"danger,omitempty"`
}

// The words that stand for a button of Petrel's own.
const (
	Acknowledge = "acknowledge"
	MuteWord    = "mute"
	details     = "details" // of a digest
)

// MaxButtons is how many buttons a note has at the most.
const MaxButtons = 10

// written is a button as a rule writes it.
type written struct {
	Label  string         `json:"label"`
	Line   any            `json:"line"` // a text, or a list of words and of pairs, of which each is quoted where it must be
	Action string         `json:"action"`
	Params map[string]any `json:"parameters"`
	Danger bool           `json:"danger"`
}

// ParseButtons reads the buttons of a rule. CodeInvalid says what is wrong with one.
func ParseButtons(list []any) ([]Button, error) {
	if len(list) > MaxButtons {
		return nil, wrongButton(fmt.Sprintf("There are %d buttons, at most %d are shown.", len(list), MaxButtons), nil)
	}
	buttons := make([]Button, 0, len(list))
	for _, item := range list {
		b, err := parseButton(item)
		if err != nil {
			return nil, err
		}
		buttons = append(buttons, b)
	}
	return buttons, nil
}

func wrongButton(text string, cause error) error {
	return bot.E(bot.CodeInvalid, "notice.button.parse", text, cause)
}

func parseButton(item any) (Button, error) {
	if word, ok := item.(string); ok {
		switch word {
		case Acknowledge:
			return Button{Label: "Acknowledge", Word: word}, nil
		case MuteWord:
			return Button{Label: "Mute for 1 h", Word: word}, nil
		}
		return Button{}, wrongButton(fmt.Sprintf("There is no button %q. Write acknowledge, mute, or a label with a line or an action.", word), nil)
	}
	data, err := json.Marshal(item)
	var w written
	if err == nil {
		d := json.NewDecoder(strings.NewReader(string(data)))
		d.DisallowUnknownFields()
		err = d.Decode(&w)
	}
	if err != nil {
		return Button{}, wrongButton("A button has label and line, or label, action and parameters, and may have danger: true. This one cannot be read: "+string(data), err)
	}
	typed, err := line(w.Line)
	if err != nil {
		return Button{}, err
	}
	b := Button{Label: strings.TrimSpace(plain.Line(w.Label)), Line: typed, Action: w.Action, Params: w.Params, Danger: w.Danger}
	switch {
	case b.Label == "":
		return Button{}, wrongButton("A button needs a label.", nil)
	case (b.Line == "") == (b.Action == ""):
		return Button{}, wrongButton(fmt.Sprintf("The button %s needs a line or an action, and not both.", b.Label), nil)
	}
	return b, nil
}

// line returns what is typed. Each word of a list stays one word, and each value of a pair one value, whatever an event brought into it.
func line(value any) (string, error) {
	list, ok := value.([]any)
	if !ok {
		text, _ := value.(string)
		return strings.TrimSpace(plain.Line(text)), nil
	}
	var words []string
	for _, item := range list {
		pairs, ok := item.(map[string]any)
		if !ok {
			words = append(words, quoted(fmt.Sprint(item)))
		}
		for _, name := range slices.Sorted(maps.Keys(pairs)) {
			if name == "" || quoted(name) != name {
				return "", wrongButton(fmt.Sprintf("%q cannot be the name of a pair in a line. Write for example {expected: production}.", name), nil)
			}
			words = append(words, name+"="+quoted(fmt.Sprint(pairs[name])))
		}
	}
	return strings.Join(words, " "), nil
}

// quoted returns one word. A quote or a backslash in it could end the word early, so there is none.
func quoted(word string) string {
	word = strings.TrimSpace(strings.NewReplacer(`"`, `'`, `\`, `/`).Replace(plain.Line(word)))
	if word == "" || strings.ContainsAny(word, " '=|{}()<>") {
		return `"` + word + `"`
	}
	return word
}

// digestButtons are those of a note that make sense for many: Petrel's own.
func digestButtons(n Note) []Button {
	var list []Button
	for _, b := range n.Buttons {
		if b.Word != "" {
			list = append(list, b)
		}
	}
	return list
}
