package discord

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Person is somebody with an account.
type Person struct {
	ID   string
	Name string
	Bot  bool
}

// Channel is a place to talk in.
type Channel struct {
	ID      string
	Name    string
	Members []string // who sees it, the bot among them where it may look and write
	With    string   // the person, of a direct message
	Parent  string   // the channel, of a thread; its id is that of the message it began with
	Deny    uint64   // permissions that the bot lacks there, in Discord's bits
	Closed  bool     // the person takes no direct messages from the bot
}

// Message is what stands in a channel.
type Message struct {
	ID         string
	Channel    string
	User       string
	Content    string
	Embeds     json.RawMessage
	Components json.RawMessage
	Files      []string // names
	Reply      string   // the message that it answers
	Nonce      string
	Flags      int
	Reactions  []string // of the bot
	Edited     bool
	Loading    bool   // "thinking…": a deferred answer that has not come
	Only       string // the one person who sees it
	By         string // the interaction that it answers
}

// Ids of what every guild of the simulator has.
const (
	Guild   = "100000000000000001"
	App     = "100000000000000009" // and the user id of its bot
	BotName = "petrel"

	Ann   = "100000000000000101"
	Bob   = "100000000000000102"
	Eve   = "100000000000000103"
	Other = "100000000000000104" // another bot
	Carl  = "100000000000000105"

	Ops       = "100000000000000201"
	Quiet     = "100000000000000202" // the bot does not see it
	DirectAnn = "100000000000000301"
	DirectBob = "100000000000000302"
)

const (
	flagEphemeral = 1 << 6
	typeThread    = 11 // of a channel
	botRole       = "100000000000000008"
	permissions   = permitReact | permitView | permitSend | permitEmbed | permitFiles | permitHistory | permitThreads | 1<<38 // that the bot has where a channel says nothing else
	// epoch is when Discord's ids begin, in milliseconds since 1970.
	epoch = 1420070400000
)

// DemoPeople returns the people of the demo.
func DemoPeople() []Person {
	return []Person{{ID: Ann, Name: "ann"}, {ID: Bob, Name: "bob"}, {ID: Carl, Name: "carl"}, {ID: Eve, Name: "eve"}, {ID: Other, Name: "otherbot", Bot: true}}
}

// DemoChannels returns the channels of the demo.
func DemoChannels() []Channel {
	return []Channel{
		{ID: Ops, Name: "ops", Members: []string{App, Ann, Bob, Carl, Eve, Other}},
		{ID: Quiet, Name: "quiet", Members: []string{Ann, Bob}},
		{ID: DirectAnn, With: Ann, Members: []string{App, Ann}},
		{ID: DirectBob, With: Bob, Members: []string{App, Bob}},
	}
}

// answer is a JSON object.
type answer map[string]any

// state is the guild. The server's lock guards it.
type state struct {
	people   map[string]Person
	channels map[string]*Channel
	order    []string // of channels
	messages map[string][]*Message
	files    map[string][]byte // by message id and name
	commands []answer
	last     int64
}

func newState(people []Person, channels []Channel) state {
	s := state{people: map[string]Person{}, channels: map[string]*Channel{}, messages: map[string][]*Message{}, files: map[string][]byte{}}
	for _, p := range append(people, Person{ID: App, Name: BotName, Bot: true}) {
		s.people[p.ID] = p
	}
	for _, c := range channels {
		c.Members = slices.Clone(c.Members)
		s.channels[c.ID] = &c
		s.order = append(s.order, c.ID)
	}
	return s
}

// nextID returns an id that no other thing has and that tells the time, as Discord's do.
func (s *state) nextID(now time.Time) string {
	s.last = max(s.last+1, (now.UnixMilli()-epoch)<<22)
	return strconv.FormatInt(s.last, 10)
}

func (s *state) find(channel, id string) *Message {
	for _, m := range s.messages[channel] {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// direct returns the direct channel with the person, which is made when there is none.
func (s *state) direct(person string, now time.Time) *Channel {
	for _, id := range s.order {
		if c := s.channels[id]; c.With == person {
			return c
		}
	}
	c := &Channel{ID: s.nextID(now), With: person, Members: []string{App, person}}
	s.channels[c.ID] = c
	s.order = append(s.order, c.ID)
	return c
}

func (c *Channel) has(person string) bool { return slices.Contains(c.Members, person) }

func (c *Channel) wire() answer {
	if c.With != "" {
		return answer{"id": c.ID, "type": 1, "recipients": []answer{{"id": c.With, "username": c.With}}}
	}
	if c.Parent != "" {
		return answer{"id": c.ID, "type": typeThread, "name": c.Name, "guild_id": Guild, "parent_id": c.Parent, "thread_metadata": answer{"archived": false, "locked": false}}
	}
	deny := c.Deny
	if !c.has(App) {
		deny |= permitView
	}
	return answer{"id": c.ID, "type": 0, "name": c.Name, "guild_id": Guild, "permission_overwrites": []answer{
		{"id": botRole, "type": 0, "allow": "0", "deny": strconv.FormatUint(deny, 10)},
	}}
}

func (p Person) wire() answer {
	return answer{"id": p.ID, "username": p.Name, "discriminator": "0", "global_name": p.Name, "avatar": nil, "bot": p.Bot}
}

// mentioned makes mentions of what people type as @name.
func (s *state) mentioned(text string) string {
	for _, p := range s.people {
		text = strings.ReplaceAll(text, "@"+p.Name, "<@"+p.ID+">")
	}
	return text
}

// wireMessage is a message as the API shows it.
func (s *state) wireMessage(m *Message) answer {
	at := idTime(m.ID).UTC().Format(time.RFC3339Nano)
	a := answer{
		"id": m.ID, "channel_id": m.Channel, "author": s.people[m.User].wire(), "content": m.Content, "timestamp": at, "edited_timestamp": nil,
		"tts": false, "mention_everyone": false, "mentions": s.mentions(m.Content), "mention_roles": []any{}, "pinned": false, "type": 0,
		"flags": m.Flags, "embeds": rawOr(m.Embeds), "components": rawOr(m.Components), "attachments": []any{},
	}
	if m.Edited {
		a["edited_timestamp"] = at
	}
	if thread := s.channels[m.ID]; thread != nil {
		a["thread"] = thread.wire()
	}
	if m.Reply != "" {
		a["type"] = 19
		a["message_reference"] = answer{"message_id": m.Reply, "channel_id": m.Channel}
	}
	files := []answer{}
	for i, name := range m.Files {
		size := len(s.files[m.ID+"/"+name])
		files = append(files, answer{"id": strconv.Itoa(i + 1), "filename": name, "size": size, "url": "/files/" + m.ID + "/" + name})
	}
	a["attachments"] = files
	if len(m.Reactions) > 0 {
		list := []answer{}
		for _, e := range m.Reactions {
			list = append(list, answer{"count": 1, "me": true, "emoji": answer{"id": nil, "name": e}})
		}
		a["reactions"] = list
	}
	return a
}

func (s *state) mentions(text string) []answer {
	list := []answer{}
	for _, p := range s.people {
		if mentions(text, p.ID) {
			list = append(list, p.wire())
		}
	}
	return list
}

// pinged returns whom a message of the bot notifies. The text of embeds notifies nobody.
func (s *state) pinged(w written, text, reply string) []string {
	var allowed *struct {
		Parse   []string `json:"parse"`
		Users   []string `json:"users"`
		Replied bool     `json:"replied_user"`
	}
	_ = json.Unmarshal(w.AllowedMentions, &allowed) // none is all
	var list []string
	for _, p := range s.people {
		if mentions(text, p.ID) && (allowed == nil || slices.Contains(allowed.Parse, "users") || slices.Contains(allowed.Users, p.ID)) {
			list = append(list, p.ID)
		}
	}
	if strings.Contains(text, "@everyone") && (allowed == nil || slices.Contains(allowed.Parse, "everyone")) {
		list = append(list, "everyone")
	}
	for _, messages := range s.messages {
		for _, m := range messages {
			if m.ID == reply && (allowed == nil || allowed.Replied) {
				list = append(list, m.User)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func mentions(text, id string) bool {
	return strings.Contains(text, "<@"+id+">") || strings.Contains(text, "<@!"+id+">")
}

func rawOr(raw json.RawMessage) any {
	if raw == nil {
		return []any{}
	}
	return raw
}

// idTime returns when an id was made.
func idTime(id string) time.Time {
	n, _ := strconv.ParseInt(id, 10, 64) // ids are ours
	return time.UnixMilli(n>>22 + epoch)
}
