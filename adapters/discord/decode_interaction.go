package discord

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// interaction is what the bot has use for of an interaction.
type interaction struct {
	ID        string `json:"id"`
	App       string `json:"application_id"`
	Type      int    `json:"type"`
	Token     string `json:"token"`
	GuildID   string `json:"guild_id"`
	ChannelID string `json:"channel_id"`
	Member    *struct {
		User person `json:"user"`
	} `json:"member"`
	User *person         `json:"user"`
	Data json.RawMessage `json:"data"`
}

type person struct {
	ID string `json:"id"`
}

// inside is the data of an interaction of any kind. What Discord adds to it is not looked at.
type inside struct {
	Name          string   `json:"name"`
	Options       []option `json:"options"`
	CustomID      string   `json:"custom_id"`
	ComponentType int      `json:"component_type"`
	Values        []string `json:"values"`
	Components    []field  `json:"components"`
}

// field is a component of a form that was sent, or what holds one: a label, or the row of older forms.
type field struct {
	Type       int      `json:"type"`
	CustomID   string   `json:"custom_id"`
	Value      string   `json:"value"`
	Values     []string `json:"values"`
	Component  *field   `json:"component"`
	Components []field  `json:"components"`
}

func (r Reader) interaction(data []byte) (Event, error) {
	var i interaction
	if err := json.Unmarshal(data, &i); err != nil {
		return Event{}, err
	}
	switch {
	case !isID(i.ID) || !isToken(i.Token):
		return Event{}, fmt.Errorf("the interaction has the id %.30q or a token that is none", i.ID)
	case i.App != r.App:
		return Event{Ignored: IgnoredApp}, nil
	}
	e := Event{Hook: &Interaction{ID: i.ID, Token: i.Token, Kind: i.Type}}
	e.Message = bot.Message{
		Origin:   bot.Origin{Workspace: i.GuildID, Channel: i.ChannelID, Thread: hookThread(i.ID)},
		Delivery: hookThread(i.ID),
	}
	switch {
	case i.Member != nil:
		e.Message.User = i.Member.User.ID
	case i.User != nil:
		e.Message.User = i.User.ID
	}
	if i.GuildID != "" && i.Member == nil {
		return Event{}, fmt.Errorf("the interaction is of a guild and has no member")
	}
	var in inside
	if len(i.Data) > 0 {
		if err := json.Unmarshal(i.Data, &in); err != nil {
			return Event{}, err
		}
	}
	return r.did(e, in)
}

// did adds what was typed, pressed, chosen or filled in.
func (r Reader) did(e Event, in inside) (Event, error) {
	unknown := Event{Ignored: IgnoredType, Hook: e.Hook}
	switch e.Hook.Kind {
	case interactionCommand, interactionComplete:
		if !r.commanded(&e, in) {
			return Event{Ignored: IgnoredCommand, Hook: e.Hook}, nil
		}
		return e, nil
	case interactionComponent:
		command, ok := pressed(in)
		if !ok {
			return unknown, nil
		}
		e.Message.Text = command
		return e, nil
	case interactionForm:
		command, ok := formCommand(in.CustomID)
		if !ok {
			return unknown, nil
		}
		e.Message.Text, e.Message.Values = command, map[string]string{}
		for _, f := range in.Components {
			f.collect(e.Message.Values)
		}
		return e, nil
	}
	return unknown, nil
}

// pressed returns the command of a button, or of the option that was chosen.
func pressed(in inside) (string, bool) {
	id := in.CustomID
	if in.ComponentType == componentSelect {
		if len(in.Values) != 1 || !strings.HasPrefix(id, chooserID) {
			return "", false
		}
		id = in.Values[0]
	} else if in.ComponentType != componentButton {
		return "", false
	}
	kind, command, ok := strings.Cut(id, ":")
	command = strings.TrimSpace(plain.Line(command))
	return command, ok && strings.HasPrefix(kind, "c") && command != ""
}

// collect takes the values of a form. Of a choice the values are joined as they would be typed.
func (f field) collect(values map[string]string) {
	for _, inner := range f.Components {
		inner.collect(values)
	}
	if f.Component != nil {
		f.Component.collect(values)
	}
	if f.CustomID == "" {
		return
	}
	if value := strings.Join(f.Values, ","); value != "" {
		values[f.CustomID] = value
	} else if f.Value != "" {
		values[f.CustomID] = f.Value
	}
}

// hookThread is the thread of what answers an interaction: the token is found by it.
func hookThread(id string) string { return "i" + id }

// hookID returns the interaction that a thread belongs to.
func hookID(thread string) (string, bool) {
	id, ok := strings.CutPrefix(thread, "i")
	return id, ok && isID(id)
}

// isToken reports whether s can be the token of an interaction. Tokens go into addresses.
func isToken(s string) bool {
	odd := func(c rune) bool {
		return (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' && c != '='
	}
	return s != "" && len(s) <= 512 && s != "." && s != ".." && !strings.ContainsFunc(s, odd)
}
