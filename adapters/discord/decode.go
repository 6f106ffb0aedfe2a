package discord

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/markup"
)

// The kinds of event that the bot has use for.
const (
	kindMessage     = "MESSAGE_CREATE"
	kindInteraction = "INTERACTION_CREATE"
)

// Ignored says why an event is not for the bot. It has no effect.
type Ignored string

// The reasons.
const (
	IgnoredType    Ignored = "of a type that the bot has no use for"
	IgnoredOwn     Ignored = "by the bot itself"
	IgnoredBot     Ignored = "by another bot"
	IgnoredUnsaid  Ignored = "not said to the bot"
	IgnoredCommand Ignored = "for another command"
	IgnoredApp     Ignored = "of another application"
)

// Event is what the platform says to the bot.
type Event struct {
	Message bot.Message
	Ignored Ignored `json:",omitempty"` // not empty: there is nothing else but, of an interaction, how it is answered
	// Hook is how an interaction is answered; nil for a message.
	Hook *Interaction `json:",omitempty"`
	// Line is what was typed so far, where a completion is asked for. Message has no text then.
	Line string `json:",omitempty"`
	// Typing is the value of a pack's command that is being typed, where a completion is asked for.
	Typing *bot.Typing `json:",omitempty"`
	// Taken and Answered are what the platform remembers of a message (bot.Past).
	Taken bool `json:",omitempty"`
}

// Interaction is how something that a person did is answered.
type Interaction struct {
	ID, Token string
	Kind      int
}

// Kinds of interaction.
const (
	interactionPing      = 1
	interactionCommand   = 2
	interactionComponent = 3
	interactionComplete  = 4
	interactionForm      = 5
)

// Types of components.
const (
	componentButton    = 2
	componentSelect    = 3
	componentTextInput = 4
	componentLabel     = 18
)

// Reader decodes what Discord sends. It is pure.
type Reader struct {
	Self
	Command string
	Prefix  string
	// Offers are the commands of packs, by what is chosen, such as "clary node status-get".
	Offers map[string]bot.Offer
}

// Decode reads the data of an event. An error means that it is no data of its kind.
func (r Reader) Decode(kind string, data []byte) (Event, error) {
	var e Event
	var err error
	switch kind {
	case kindMessage:
		e, err = r.message(data)
	case kindInteraction:
		e, err = r.interaction(data)
	default:
		return Event{Ignored: IgnoredType}, nil
	}
	if err == nil && e.Ignored == "" {
		err = e.check()
	}
	if err != nil {
		return Event{}, bot.E(bot.CodeInvalid, "discord.event.decode", "", err)
	}
	if e.Ignored != "" {
		return Event{Ignored: e.Ignored, Hook: e.Hook}, nil
	}
	e.Message.Adapter = name
	if e.Typing != nil {
		e.Typing.Origin = e.Message.Origin
	}
	return e, nil
}

func (e Event) check() error {
	m := e.Message
	if !isID(m.User) || !isID(m.Channel) || m.Workspace != "" && !isID(m.Workspace) {
		return fmt.Errorf("user %.20q, channel %.20q or guild %.20q is no id", m.User, m.Channel, m.Workspace)
	}
	return nil
}

// message is what the bot has use for of a message.
type message struct {
	ID        string `json:"id"`
	Type      int    `json:"type"`
	ChannelID string `json:"channel_id"`
	GuildID   string `json:"guild_id"`
	Content   string `json:"content"`
	WebhookID string `json:"webhook_id"`
	Author    struct {
		ID  string `json:"id"`
		Bot bool   `json:"bot"`
	} `json:"author"`
	Reference *struct {
		MessageID string `json:"message_id"`
	} `json:"message_reference"`
	Thread *struct {
		ID string `json:"id"`
	} `json:"thread"`
	Embeds    []embedded `json:"embeds"`
	Reactions []struct {
		Me bool `json:"me"`
	} `json:"reactions"`
}

// embedded is what the bot reads again of its own embeds.
type embedded struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Footer      struct {
		Text string `json:"text"`
	} `json:"footer"`
}

// Types of messages that people write.
const (
	messagePlain = 0
	messageReply = 19
)

func (r Reader) message(data []byte) (Event, error) {
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		return Event{}, err
	}
	return r.said(m)
}

// said returns what a message says to the bot.
func (r Reader) said(m message) (Event, error) {
	switch {
	case m.Author.ID == r.User:
		return Event{Ignored: IgnoredOwn}, nil
	case m.Author.Bot, m.WebhookID != "":
		return Event{Ignored: IgnoredBot}, nil
	case m.Type != messagePlain && m.Type != messageReply:
		return Event{Ignored: IgnoredType}, nil
	}
	if !isID(m.ID) {
		return Event{}, fmt.Errorf("the message has the id %.30q", m.ID)
	}
	text, meant := r.afterMention(m.Content)
	if !meant {
		text, meant = r.afterPrefix(m.Content)
	}
	direct, name := m.GuildID == "", ""
	if direct {
		name = r.Command
	}
	if !meant && !direct {
		return Event{Ignored: IgnoredUnsaid}, nil
	}
	if !meant {
		text = m.Content
	}
	e := Event{Message: bot.Message{
		Origin:   bot.Origin{Workspace: m.GuildID, Channel: m.ChannelID, User: m.Author.ID},
		Delivery: m.ID, Text: markup.Line(text, markup.Discord, name),
	}}
	if !direct {
		e.Message.Thread = m.ID
	}
	for _, x := range m.Reactions {
		e.Taken = e.Taken || x.Me
	}
	return e, nil
}

// afterMention returns what follows the bot's mention at the beginning of a text, and whether the text begins so.
func (r Reader) afterMention(text string) (said string, meant bool) {
	text = strings.TrimSpace(text)
	for _, mention := range []string{"<@" + r.User + ">", "<@!" + r.User + ">"} {
		if rest, ok := strings.CutPrefix(text, mention); ok {
			return strings.TrimLeft(rest, ":, "), true
		}
	}
	return "", false
}

// afterPrefix returns what follows the prefix, which is a word of its own.
func (r Reader) afterPrefix(text string) (said string, meant bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), r.Prefix)
	if !ok || r.Prefix == "" || rest != "" && !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "\n") {
		return "", false
	}
	return strings.TrimSpace(rest), true
}

// isID reports whether s can be an id of Discord's. Ids go into addresses and keys.
func isID(s string) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n > 0 && s[0] != '0' && s[0] != '+'
}

// discordEpoch is when Discord's ids begin, in milliseconds since 1970.
const discordEpoch = 1420070400000

// idTime returns when an id was made.
func idTime(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + discordEpoch)
}

// timeID returns the smallest id of a time.
func timeID(at time.Time) string {
	return strconv.FormatInt(max(0, at.UnixMilli()-discordEpoch)<<22, 10)
}
