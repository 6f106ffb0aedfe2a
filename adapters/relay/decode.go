package relay

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/markup"
)

// event is a line of a socket.
type event struct {
	Type     string  `json:"type"`
	BeatMS   int64   `json:"beat_ms"`
	Delivery string  `json:"delivery"`
	Retry    int     `json:"retry"`
	Message  message `json:"message"`
}

// message is a message as the chat tells it.
type message struct {
	ID      string    `json:"id"`
	Channel string    `json:"channel"`
	Thread  string    `json:"thread"`
	User    string    `json:"user"`
	Text    string    `json:"text"`
	Time    time.Time `json:"time"`
	Marks   []string  `json:"marks"`
	Bot     bool      `json:"bot"`
	Key     string    `json:"key"`
	Final   bool      `json:"final"`
}

// decodeEvent reads a line of a socket. What cannot be read, or says nothing that can be answered, is no event.
func decodeEvent(line []byte) (event, bool) {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Type == "" {
		return event{}, false
	}
	if m := e.Message; e.Type == "message" && (e.Delivery == "" || m.ID == "" || m.Channel == "" || m.User == "" || m.Bot) {
		return event{}, false
	}
	return e, true
}

// heard returns the message as the bot takes it. Its delivery is the message itself, which the history tells as well. The answer
// belongs into its thread, or begins one.
func (a *Adapter) heard(m message) bot.Message {
	thread := m.Thread
	if thread == "" {
		thread = m.ID
	}
	return bot.Message{
		Origin:   bot.Origin{Adapter: name, Workspace: a.o.Workspace, Channel: m.Channel, Thread: thread, User: m.User},
		Delivery: m.ID,
		Text:     decodeText(m.Text, a.o.Name),
	}
}

// decodeText returns what a line says to the bot called name.
func decodeText(text, name string) string {
	plain := strings.Map(visible, strings.ToValidUTF8(aliases.Normalize(text), "\uFFFD"))
	return strings.TrimSpace(markup.TrimName(strings.TrimSpace(plain), name))
}

// visible maps every kind of space to the plain one and drops control and format characters.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}
