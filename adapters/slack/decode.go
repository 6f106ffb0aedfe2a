package slack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/markup"
)

// The kinds of envelope, which are also the ways into the bot over HTTP.
const (
	kindEvent       = "events_api"
	kindCommand     = "slash_commands"
	kindInteraction = "interactive"
)

// Ignored says why a delivery is not for the bot. It is acknowledged and has no effect.
type Ignored string

// The reasons.
const (
	IgnoredType      Ignored = "of a type that the bot has no use for"
	IgnoredOwn       Ignored = "by the bot itself"
	IgnoredBot       Ignored = "by another bot"
	IgnoredUnsaid    Ignored = "not said to the bot"
	IgnoredWorkspace Ignored = "of another workspace"
	IgnoredCommand   Ignored = "for another command"
)

// Event is what a delivery says to the bot.
type Event struct {
	Message bot.Message
	Ignored Ignored `json:",omitempty"` // not empty: there is nothing else
	// Direct says that the bot and the person are alone.
	Direct bool `json:",omitempty"`
	// Stranger says that the payload shows the person to be of another workspace.
	Stranger bool `json:",omitempty"`
	// Hook is the response_url of a command or a press.
	Hook string `json:",omitempty"`
	// Trigger opens a form within three seconds.
	Trigger string `json:",omitempty"`
	// Offer is the message that somebody wants something run on.
	Offer string `json:",omitempty"`
	// Home says that the App home is before the person's eyes. Without a text it was opened.
	Home bool `json:",omitempty"`
	// Form is the form that was submitted, or in which somebody types.
	Form *Submitted `json:",omitempty"`
}

// Reader decodes what one workspace sends. It is pure.
type Reader struct {
	Self
	Commands []string
	Name     string
}

// Decode reads the payload of an envelope. An error means that it is no payload of its kind.
func (r Reader) Decode(kind string, payload []byte) (Event, error) {
	const op = "slack.payload.decode"
	var e Event
	var err error
	switch kind {
	case kindEvent:
		e, err = r.event(payload)
	case kindCommand:
		e, err = r.command(payload)
	case kindInteraction:
		e, err = r.interaction(payload)
	default:
		return Event{Ignored: IgnoredType}, nil
	}
	if err != nil {
		return Event{}, bot.E(bot.CodeInvalid, op, "", err)
	}
	if e.Ignored != "" {
		return Event{Ignored: e.Ignored}, nil
	}
	if !isID(e.Message.User) || !isID(e.Message.Channel) || e.Message.Delivery == "" {
		return Event{}, bot.E(bot.CodeInvalid, op, "", fmt.Errorf("user %.20q, channel %.20q or delivery %.20q is no id", e.Message.User, e.Message.Channel, e.Message.Delivery))
	}
	e.Message.Adapter, e.Message.Workspace = name, r.Team
	return e, nil
}

// callback is the outer part of an event, and of its inner part what the bot has use for.
type callback struct {
	Type           string `json:"type"`
	TeamID         string `json:"team_id"`
	Authorizations []struct {
		TeamID string `json:"team_id"`
	} `json:"authorizations"`
	Event struct {
		Type        string `json:"type"`
		Subtype     string `json:"subtype"`
		User        string `json:"user"`
		BotID       string `json:"bot_id"`
		Text        string `json:"text"`
		TS          string `json:"ts"`
		ThreadTS    string `json:"thread_ts"`
		Channel     string `json:"channel"`
		ChannelType string `json:"channel_type"`
		UserTeam    string `json:"user_team"`
		Tab         string `json:"tab"`
		EventTS     string `json:"event_ts"`
	} `json:"event"`
}

func (r Reader) event(payload []byte) (Event, error) {
	var c callback
	if err := json.Unmarshal(payload, &c); err != nil {
		return Event{}, err
	}
	return r.hear(c)
}

// hear returns what an event says to the bot.
func (r Reader) hear(c callback) (Event, error) {
	in := c.Event
	if reason := r.unheard(c); reason != "" {
		return Event{Ignored: reason}, nil
	}
	if in.Type == "app_home_opened" {
		return Event{Direct: true, Home: true, Message: bot.Message{Origin: bot.Origin{Channel: in.Channel, User: in.User}, Delivery: "h/" + in.EventTS + "/" + in.User}}, nil
	}
	if !isTimestamp(in.TS) || in.ThreadTS != "" && !isTimestamp(in.ThreadTS) {
		return Event{}, fmt.Errorf("the message has timestamp %.30q in thread %.30q", in.TS, in.ThreadTS)
	}
	e := Event{Direct: in.Type == "message", Stranger: in.UserTeam != "" && in.UserTeam != r.Team}
	text, name := in.Text, r.Name
	if !e.Direct {
		said, toBot := r.afterMention(text)
		if !toBot {
			return Event{Ignored: IgnoredUnsaid}, nil
		}
		text, name = said, ""
	}
	e.Message = bot.Message{
		Origin: bot.Origin{Channel: in.Channel, Thread: in.ThreadTS, User: in.User},
		// A mention may come as two events, and history shows the message without any: what all have in common is its place.
		Delivery: in.Channel + "/" + in.TS,
		Text:     markup.Line(text, markup.Slack, name),
	}
	if !e.Direct && e.Message.Thread == "" {
		e.Message.Thread = in.TS
	}
	return e, nil
}

// unheard returns why an event is not for the bot, without a look at its text.
func (r Reader) unheard(c callback) Ignored {
	in := c.Event
	ours := c.TeamID == r.Team
	for _, a := range c.Authorizations { // in a shared channel the outer team may be another workspace
		ours = ours || a.TeamID == r.Team
	}
	switch {
	case c.Type != "event_callback":
		return IgnoredType
	case !ours:
		return IgnoredWorkspace
	case in.User == r.User && in.User != "", in.BotID == r.Bot && in.BotID != "":
		return IgnoredOwn
	case in.BotID != "", in.User == "USLACKBOT":
		return IgnoredBot
	case in.Subtype != "" && in.Subtype != "file_share" && in.Subtype != "thread_broadcast":
		return IgnoredType
	case in.Type == "message" && in.ChannelType == "im", in.Type == "app_mention":
		return ""
	case in.Type == "app_home_opened" && in.Tab != "messages":
		if !isDirect(in.Channel) || !isTimestamp(in.EventTS) {
			return IgnoredType
		}
		return ""
	case in.Type == "message": // a mention comes as an app_mention too
		return IgnoredUnsaid
	}
	return IgnoredType
}

// afterMention returns what follows the bot's mention at the beginning of a text, and whether the text begins so.
func (r Reader) afterMention(text string) (said string, toBot bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "<@"+r.User)
	if !ok {
		return "", false
	}
	label, said, ok := strings.Cut(rest, ">")
	return strings.TrimLeft(said, ":, "), ok && (label == "" || label[0] == '|')
}

func (r Reader) command(payload []byte) (Event, error) {
	var c struct {
		TeamID      string `json:"team_id"`
		ChannelID   string `json:"channel_id"`
		UserID      string `json:"user_id"`
		Command     string `json:"command"`
		Text        string `json:"text"`
		ResponseURL string `json:"response_url"`
		TriggerID   string `json:"trigger_id"`
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		return Event{}, err
	}
	switch {
	case c.TeamID != r.Team:
		return Event{Ignored: IgnoredWorkspace}, nil
	case !slices.Contains(r.Commands, c.Command):
		return Event{Ignored: IgnoredCommand}, nil
	case c.TriggerID == "":
		return Event{}, fmt.Errorf("the command has no trigger")
	}
	return Event{
		Direct: isDirect(c.ChannelID), Hook: c.ResponseURL, Trigger: c.TriggerID,
		Message: bot.Message{Origin: bot.Origin{Channel: c.ChannelID, User: c.UserID}, Delivery: "t/" + c.TriggerID, Text: markup.Line(c.Text, markup.Slack, "")},
	}, nil
}

// isID reports whether s can be an id of Slack's. Ids go into addresses and keys.
func isID(s string) bool {
	odd := func(c rune) bool { return (c < 'A' || c > 'Z') && (c < '0' || c > '9') }
	return s != "" && len(s) <= 32 && !strings.ContainsFunc(s, odd)
}

// isDirect reports whether the channel is a direct message.
func isDirect(channel string) bool { return strings.HasPrefix(channel, "D") }

// isTimestamp reports whether s can be the timestamp of a message.
func isTimestamp(s string) bool {
	seconds, fraction, ok := strings.Cut(s, ".")
	if !ok || len(s) > 32 {
		return false
	}
	for _, part := range []string{seconds, fraction} {
		if _, err := strconv.ParseUint(part, 10, 64); err != nil {
			return false
		}
	}
	return true
}
