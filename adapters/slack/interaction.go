package slack

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/markup"
	"github.com/petrelops/petrel/internal/plain"
)

// interaction is what of a press, a choice, a submission or a shortcut the bot has use for.
type interaction struct {
	Type string `json:"type"`
	Team struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Type      string `json:"type"`
		ChannelID string `json:"channel_id"`
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message struct {
		TS       string `json:"ts"`
		ThreadTS string `json:"thread_ts"`
		Text     string `json:"text"`
	} `json:"message"`
	Actions     []pressed `json:"actions"`
	View        view      `json:"view"`
	BlockID     string    `json:"block_id"` // of a question for values
	Value       string    `json:"value"`
	CallbackID  string    `json:"callback_id"`
	ActionTS    string    `json:"action_ts"`
	ResponseURL string    `json:"response_url"`
	TriggerID   string    `json:"trigger_id"`
}

// pressed is a button or a menu that somebody used.
type pressed struct {
	Type     string `json:"type"`
	Value    string `json:"value"`
	ActionTS string `json:"action_ts"`
	Selected struct {
		Value string `json:"value"`
	} `json:"selected_option"`
}

// command is the line that a press stands for.
func (p pressed) command() string {
	if p.Type == "static_select" {
		return p.Selected.Value
	}
	return p.Value
}

// ShortcutID is the callback_id of the message shortcut, which the manifest names.
const ShortcutID = "run_on_this"

func (r Reader) interaction(payload []byte) (Event, error) {
	var p interaction
	if err := json.Unmarshal(payload, &p); err != nil {
		return Event{}, err
	}
	var read func(interaction) (Event, error)
	switch {
	case p.Type == "block_actions" && len(p.Actions) == 1 && (p.Actions[0].Type == "button" || p.Actions[0].Type == "static_select"):
		read = r.press
	case p.Type == "view_submission" && knownForm(p.View.CallbackID):
		read = r.submission
	case p.Type == "block_suggestion" && knownForm(p.View.CallbackID):
		read = r.question
	case p.Type == "message_action" && p.CallbackID == ShortcutID:
		read = r.shortcut
	default:
		return Event{Ignored: IgnoredType}, nil
	}
	if p.Team.ID != r.Team {
		return Event{Ignored: IgnoredWorkspace}, nil
	}
	e, err := read(p)
	e.Stranger = p.User.TeamID != "" && p.User.TeamID != r.Team
	e.Message.User = p.User.ID
	return e, err
}

// press reads a button or a menu, of a message or of the App home.
func (r Reader) press(p interaction) (Event, error) {
	action := p.Actions[0]
	e := Event{Hook: p.ResponseURL, Trigger: p.TriggerID, Message: bot.Message{
		Delivery: "a/" + action.ActionTS + "/" + p.User.ID, Text: strings.TrimSpace(plain.Line(action.command())),
	}}
	if !isTimestamp(action.ActionTS) {
		return Event{}, fmt.Errorf("the press has a bad timestamp")
	}
	if p.Container.Type == "view" {
		if p.View.Type != "home" {
			return Event{Ignored: IgnoredType}, nil
		}
		at, err := parseMemo(p.View.Data)
		e.Direct, e.Home, e.Message.Channel = true, true, at.Channel
		if action.Type == "static_select" { // a choice runs nothing: the line may still lack something, or be chosen by mistake
			e.Offer, e.Message.Text = e.Message.Text, ""
		}
		return e, err
	}
	if !isTimestamp(p.Container.MessageTS) || p.Container.ThreadTS != "" && !isTimestamp(p.Container.ThreadTS) {
		return Event{}, fmt.Errorf("the press has a bad timestamp")
	}
	e.Message.Channel, e.Message.Thread = p.Container.ChannelID, p.Container.ThreadTS
	e.Direct = isDirect(e.Message.Channel)
	if e.Message.Thread == "" && !e.Direct && !p.Container.Ephemeral { // nothing can hang below a message that only one person saw
		e.Message.Thread = p.Container.MessageTS
	}
	return e, nil
}

// shortcut reads the wish to run something on a message. What comes of it belongs into the message's thread.
func (r Reader) shortcut(p interaction) (Event, error) {
	if !isTimestamp(p.Message.TS) || !isTimestamp(p.ActionTS) || p.Message.ThreadTS != "" && !isTimestamp(p.Message.ThreadTS) || p.TriggerID == "" {
		return Event{}, fmt.Errorf("the shortcut has a bad timestamp or no trigger")
	}
	thread := p.Message.ThreadTS
	if thread == "" {
		thread = p.Message.TS
	}
	direct := isDirect(p.Channel.ID)
	if direct {
		thread = ""
	}
	return Event{
		Direct: direct, Hook: p.ResponseURL, Trigger: p.TriggerID, Offer: markup.Line(p.Message.Text, markup.Slack, ""),
		Message: bot.Message{Origin: bot.Origin{Channel: p.Channel.ID, Thread: thread}, Delivery: "s/" + p.ActionTS + "/" + p.User.ID},
	}, nil
}
