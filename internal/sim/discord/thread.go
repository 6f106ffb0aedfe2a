package discord

import (
	"encoding/json"
	"net/http"
)

// startThread begins a thread at a message, whose id the thread then has.
func (s *Server) startThread(c *call) (int, any) {
	ch, status, body := s.channel(c)
	if ch == nil {
		return status, body
	}
	var w struct {
		Name    string `json:"name"`
		Archive int    `json:"auto_archive_duration"`
	}
	_ = json.Unmarshal(c.body, &w) // no name is a fault
	var f faultList
	f.length("name", w.Name, 1, 100)
	if w.Archive != 0 && w.Archive != 60 && w.Archive != 1440 && w.Archive != 4320 && w.Archive != 10080 {
		f.add("auto_archive_duration: Value must be one of {60, 1440, 4320, 10080}.")
	}
	m := s.state.find(ch.ID, c.r.PathValue("message"))
	switch {
	case ch.With != "" || ch.Parent != "":
		return fault(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	case ch.Deny&permitThreads != 0:
		return fault(http.StatusForbidden, 50013, "Missing Permissions")
	case m == nil || m.Only != "":
		return fault(http.StatusNotFound, 10008, "Unknown Message")
	case len(f) > 0:
		return wrong(f)
	case s.state.channels[m.ID] != nil:
		return fault(http.StatusBadRequest, 160004, "A thread has already been created for this message")
	}
	thread := &Channel{ID: m.ID, Name: w.Name, Parent: ch.ID, Members: ch.Members}
	s.state.channels[thread.ID] = thread
	s.state.order = append(s.state.order, thread.ID)
	s.note(Line{Kind: LineThread, Method: c.route.name, Channel: ch.ID, Message: m.ID, Text: w.Name})
	return http.StatusCreated, thread.wire()
}

func (s *Server) listThreads(c *call) (int, any) {
	if c.r.PathValue("guild") != Guild {
		return fault(http.StatusNotFound, 10004, "Unknown Guild")
	}
	list := []answer{}
	for _, id := range s.state.order {
		if ch := s.state.channels[id]; ch.Parent != "" && ch.has(App) {
			list = append(list, s.state.lastSaid(ch))
		}
	}
	return http.StatusOK, answer{"threads": list, "members": []any{}}
}

// The permissions that the simulator looks at.
const (
	permitReact   = 1 << 6
	permitView    = 1 << 10
	permitSend    = 1 << 11
	permitEmbed   = 1 << 14
	permitFiles   = 1 << 15
	permitHistory = 1 << 16
	permitThreads = 1 << 35
)

// Deny takes permissions in a channel away from the bot, in Discord's bits.
func (s *Server) Deny(channel string, permissions uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.channels[channel].Deny = permissions
}

// Uninvite takes the bot out of the list of its guilds.
func (s *Server) Uninvite() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uninvited = true
}

// DeleteCommands deletes every command, as somebody can at the developers' portal.
func (s *Server) DeleteCommands() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.commands = nil
}

// CloseDirect makes the person take no direct messages from the bot.
func (s *Server) CloseDirect(person string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.direct(person, s.clock.Now()).Closed = true
}

// Remove takes the person, or the bot, out of a channel.
func (s *Server) Remove(channel, person string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.state.channels[channel]
	for i, m := range c.Members {
		if m == person {
			c.Members = append(c.Members[:i:i], c.Members[i+1:]...)
			return
		}
	}
}
