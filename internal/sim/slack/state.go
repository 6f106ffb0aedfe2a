package slack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Person is a member of the workspace, or of another one that shares a channel.
type Person struct {
	ID          string
	Name        string
	Email       string
	Unconfirmed bool   // the address is not confirmed
	Team        string // empty is the workspace's own
	Guest       bool
	Bot         bool
	Deleted     bool
}

// Channel is a place to talk in.
type Channel struct {
	ID      string
	Name    string
	Members []string // ids of persons, the bot's among them where it was invited
	Private bool
	With    string // the person, of a direct message
	Shared  bool   // with another workspace
}

// Message is what stands in a channel.
type Message struct {
	TS        string
	Thread    string // of the message that it answers
	User      string
	Bot       bool
	Text      string
	Blocks    json.RawMessage
	Metadata  json.RawMessage
	Files     []string
	Edited    bool
	Reactions []string
	Only      string // the one person who sees it; it is ephemeral then
}

// file is an upload on its way or shared.
type file struct {
	id, name, title string
	size            int
	content         []byte
	uploaded        bool
	shared          bool
}

// Ids of what every workspace of the simulator has.
const (
	Team    = "T0SIM"
	App     = "A0SIM"
	BotUser = "U0PETREL"
	Bot     = "B0PETREL"
	BotName = "petrel"
)

// DemoPeople returns the people of the demo. Eve is a guest; Mallory is of another workspace.
func DemoPeople() []Person {
	return []Person{
		{ID: "U0ANN", Name: "ann", Email: "ann@example.com"},
		{ID: "U0BOB", Name: "bob", Email: "bob@example.com"},
		{ID: "U0CARL", Name: "carl", Email: "carl@example.com"},
		{ID: "U0EVE", Name: "eve", Email: "eve@example.com", Guest: true},
		{ID: "U0MAL", Name: "mallory", Team: "T0OTHER"},
		{ID: "U0BOT", Name: "otherbot", Bot: true},
	}
}

// DemoChannels returns the channels of the demo: the bot is in #ops and #shared, but was not invited to #quiet.
func DemoChannels() []Channel {
	return []Channel{
		{ID: "C0OPS", Name: "ops", Members: []string{BotUser, "U0ANN", "U0BOB", "U0CARL", "U0EVE", "U0BOT"}},
		{ID: "C0QUIET", Name: "quiet", Members: []string{"U0ANN", "U0BOB"}},
		{ID: "C0SHARED", Name: "shared", Members: []string{BotUser, "U0ANN", "U0MAL"}, Shared: true},
		{ID: "D0ANN", With: "U0ANN", Members: []string{BotUser, "U0ANN"}},
		{ID: "D0BOB", With: "U0BOB", Members: []string{BotUser, "U0BOB"}},
	}
}

// state is the workspace. The server's lock guards it.
type state struct {
	people   map[string]Person
	channels map[string]*Channel
	order    []string // of channels
	messages map[string][]*Message
	files    map[string]*file
	modals   map[string]*view // by the person who has it open
	homes    map[string]*view // the App home, by person
	lastTS   int64            // microseconds
	ids      int64
}

func newState(people []Person, channels []Channel) state {
	s := state{people: map[string]Person{}, channels: map[string]*Channel{}, messages: map[string][]*Message{}, files: map[string]*file{}, modals: map[string]*view{}, homes: map[string]*view{}}
	for _, p := range append(people, Person{ID: BotUser, Name: BotName, Bot: true}) {
		s.people[p.ID] = p
	}
	for _, c := range channels {
		c.Members = slices.Clone(c.Members)
		s.channels[c.ID] = &c
		s.order = append(s.order, c.ID)
	}
	return s
}

// nextTS returns a timestamp that no other message has. Timestamps are ids as well as times, so two never agree.
func (s *state) nextTS(now time.Time) string {
	s.lastTS = max(s.lastTS+1, now.UnixMicro())
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}

func (s *state) nextID(prefix string) string {
	s.ids++
	return fmt.Sprintf("%s%08d", prefix, s.ids)
}

func (s *state) find(channel, ts string) *Message {
	for _, m := range s.messages[channel] {
		if m.TS == ts {
			return m
		}
	}
	return nil
}

// im returns the direct channel with the person, which is made when there is none.
func (s *state) im(person string) *Channel {
	for _, id := range s.order {
		if c := s.channels[id]; c.With == person {
			return c
		}
	}
	c := &Channel{ID: s.nextID("D"), With: person, Members: []string{BotUser, person}}
	s.channels[c.ID] = c
	s.order = append(s.order, c.ID)
	return c
}

// has reports whether the person is in the channel.
func (c *Channel) has(person string) bool { return slices.Contains(c.Members, person) }

// kind is the word for the channel in events.
func (c *Channel) kind() string {
	switch {
	case c.With != "":
		return "im"
	case c.Private:
		return "group"
	}
	return "channel"
}

// mentioned makes mentions of what people type as @name.
func (s *state) mentioned(text string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		for _, p := range s.people {
			if w == "@"+p.Name {
				words[i] = "<@" + p.ID + ">"
			}
		}
	}
	return strings.Join(words, " ")
}

// escape is what Slack does to the text that a person types.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
