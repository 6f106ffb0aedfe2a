//go:build fault

package fault

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/sim/chat"
	"github.com/petrelops/petrel/internal/sim/clary"
)

// History is what the witnesses saw.
type History struct {
	Commands  []*Command
	Firings   []Firing
	Hits      map[failpoint.Point]int
	Refused   []chat.Line // calls that the chat refused
	Audit     *AuditLog   // nil when it was not read
	Races     []Race
	Told      []*Told
	Questions []Question
	Stray     []string            // what is wrong with keys that nothing would take away
	Hasty     []string            // calls that the chat had asked not to be made yet
	Limited   int                 // calls that were answered with 429
	Others    int                 // such calls of processes that were not asked
	authors   map[string]*Command // by the key of a posting
	shared    map[string]bool     // the threads that hold several commands
}

// read reads the ledgers.
func (l *lab) read() (*History, error) {
	l.mu.Lock()
	commands := make([]*Command, len(l.commands))
	for i, c := range l.commands {
		fresh := *c
		fresh.Deliveries, fresh.Acks, fresh.Marks, fresh.Posts, fresh.Effects = nil, nil, nil, nil, nil
		commands[i] = &fresh
	}
	l.mu.Unlock()
	h := &History{Commands: commands}
	h.Firings, h.Hits = l.in.ledger()
	byMessage, byTag := map[string]*Command{}, map[string]*Command{}
	h.shared = map[string]bool{}
	for _, c := range commands {
		byMessage[c.Message], byTag[c.Tag] = c, c
		if c.Thread != "" {
			h.shared[c.Thread] = true
		}
	}
	said, err := l.room.lines()
	if err != nil {
		return nil, err
	}
	done, err := parse[clary.Line](l.clary.ledger)
	if err != nil {
		return nil, err
	}
	h.authors = authors(said, done, byTag)
	for _, line := range said {
		if line.Kind == chat.LineRefused {
			h.Refused = append(h.Refused, line)
		}
		h.sort(line, byMessage)
	}
	l.readRaces(h, said)
	l.readQuestions(h, said)
	l.readTold(h, said)
	for _, line := range done {
		if line.Kind == clary.LineRefused {
			continue
		}
		for _, c := range tagged(line.Comment, byTag) {
			c.Effects = append(c.Effects, line)
		}
	}
	return h, l.room.witness(h)
}

// owner returns the command that alone has one of the hosts in a text.
func (h *History) owner(text string) *Command {
	var found *Command
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r != 'n' && (r < '0' || r > '9') }) {
		for _, c := range h.Commands {
			if !slices.Contains(c.Hosts, word) || c == found {
				continue
			}
			if found != nil {
				return nil
			}
			found = c
		}
	}
	return found
}

// tagged returns the commands whose tags are in a text.
func tagged(text string, byTag map[string]*Command) []*Command {
	var list []*Command
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r != 'c' && (r < '0' || r > '9') }) {
		if c := byTag[word]; c != nil {
			list = append(list, c)
		}
	}
	return list
}

// authors tells to which command a posting belongs, where its place does not tell: several commands may be in one thread. The tag is in what
// the posting says at some time, or in an effect that names the execution.
func authors(said []chat.Line, done []clary.Line, byTag map[string]*Command) map[string]*Command {
	known := map[string]*Command{}
	for _, line := range said {
		if c := tagged(line.Text, byTag); line.Execution != "" && len(c) == 1 {
			known[line.Key] = c[0]
		}
	}
	for _, line := range done {
		if c := tagged(line.Comment, byTag); line.RequestID != "" && len(c) == 1 {
			known[line.RequestID] = c[0]
		}
	}
	return known
}

// sort gives a line of the chat to its command.
func (h *History) sort(line chat.Line, byMessage map[string]*Command) {
	c := byMessage[line.Message]
	switch line.Kind {
	case chat.LinePost, chat.LineEdit:
		if ofQuestion(line.Key) {
			return
		}
		c = byMessage[line.Thread]
		if author := h.authors[line.Key]; author != nil && (c == nil || h.shared[line.Thread]) {
			c = author // elsewhere its tag may stand in what is said of another command that waits for it
		}
		if c == nil && line.Execution != "" {
			c = h.owner(line.Text)
		}
		if c != nil {
			c.Posts = append(c.Posts, line)
		}
		return
	}
	if c == nil {
		return
	}
	switch line.Kind {
	case chat.LineSaid:
		c.Said = line.Time
	case chat.LineDelivery:
		c.Deliveries = append(c.Deliveries, line)
	case chat.LineAck:
		c.Acks = append(c.Acks, line)
	case chat.LineMark:
		c.Marks = append(c.Marks, line)
	}
}

// parse reads a ledger. A last line without its end is still being written.
func parse[T any](path string) ([]T, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []T
	for len(data) > 0 {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		if !whole {
			break
		}
		var one T
		if err := json.Unmarshal(line, &one); err != nil {
			return nil, err
		}
		list, data = append(list, one), rest
	}
	return list, nil
}

// Executions returns the ids of the executions that a command became, as its thread tells.
func (c *Command) Executions() []string {
	var ids []string
	seen := map[string]bool{}
	for _, p := range c.Posts {
		if p.Execution != "" && !seen[p.Execution] {
			seen[p.Execution] = true
			ids = append(ids, p.Execution)
		}
	}
	return ids
}

// End returns the first final state that the thread shows of an execution.
func (c *Command) End() (chat.Line, bool) {
	for _, p := range c.Posts {
		if p.Execution != "" && p.Final {
			return p, true
		}
	}
	return chat.Line{}, false
}

// Told returns whether the thread has a post whose key begins so: refused, busy, answer or lost.
func (c *Command) Told(key string) (chat.Line, bool) {
	for _, p := range c.Posts {
		if strings.HasPrefix(p.Key, key+"/") {
			return p, true
		}
	}
	return chat.Line{}, false
}

// Quiet reports whether the chat will not deliver it again: it was acknowledged, or the last redelivery is over. Until then a second
// execution may still come of it.
func (c *Command) Quiet() bool {
	return c.Silent || len(c.Acks) > 0 || len(c.Deliveries) == redeliveries+1
}

// redeliveries is how often the chat brings again what was not acknowledged.
const redeliveries = 3

// Taken reports whether the bot took it.
func (c *Command) Taken() bool { return len(c.Acks) > 0 || len(c.Executions()) > 0 }

// Settled reports whether nothing more is to come of the command.
func (c *Command) Settled() bool {
	_, ended := c.End()
	_, busy := c.Told("busy")
	_, lost := c.Told("lost")
	_, answered := c.Told("answer")
	return ended || busy || lost || answered
}
