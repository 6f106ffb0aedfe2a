package slack

import (
	"net/http"
	"regexp"
	"strings"
)

// gather gathers what the page of a channel shows to the person.
func (s *Server) gather(r *http.Request) page {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.frame(r)
	if c, ok := s.state.channels[r.PathValue("channel")]; ok && c.has(p.As.ID) {
		p.At = *c
	}
	p.Thread = r.URL.Query().Get("thread")
	threads := map[string]int{} // index of the message that a thread hangs below
	for _, m := range s.state.messages[p.At.ID] {
		if m.Only != "" && m.Only != p.As.ID {
			continue
		}
		if at, hangs := threads[m.Thread]; hangs {
			p.Messages[at].Replies = append(p.Messages[at].Replies, s.drawn(m))
			continue
		}
		threads[m.TS] = len(p.Messages)
		p.Messages = append(p.Messages, s.drawn(m))
	}
	return p
}

// gatherHome gathers what the App home shows to the person.
func (s *Server) gatherHome(r *http.Request) page {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.frame(r)
	p.IsHome = true
	if v := s.state.homes[p.As.ID]; v != nil {
		p.Home = v.blocks()
	}
	return p
}

// frame is what every page has. It is called with mu held.
func (s *Server) frame(r *http.Request) page {
	p := page{People: s.o.People, Problem: r.URL.Query().Get("problem"), As: s.state.people[r.URL.Query().Get("as")], Shortcuts: s.o.Shortcuts}
	for _, id := range s.state.order {
		c := *s.state.channels[id]
		if c.With != "" {
			c.Name = "direct messages"
		}
		if c.has(p.As.ID) {
			p.Channels = append(p.Channels, c)
		}
	}
	if v := s.state.modals[p.As.ID]; v != nil {
		p.Form = v.form()
	}
	return p
}

// drawn is a message with what the page needs of it.
func (s *Server) drawn(m *Message) pageMessage {
	shown := pageMessage{Message: *m, From: s.state.people[m.User].Name, Layout: blocksOf(m.Blocks)}
	if shown.From == "" {
		shown.From = m.User
	}
	for _, id := range m.Files {
		shown.Open = append(shown.Open, s.state.files[id])
	}
	return shown
}

// form is the view as the page shows it.
func (v *view) form() *pageForm {
	f := &pageForm{ID: v.id, Title: plainOf(v.raw["title"]), Submit: plainOf(v.raw["submit"]), Close: plainOf(v.raw["close"]), Trouble: v.faults[""]}
	for _, b := range v.blocks() {
		row := pageRow{Layout: b}
		if in, ok := v.input(b); ok {
			row.Field = &in
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// Name and ID of a file are shown by the template.
func (f *file) Name() string { return f.name }

// ID returns the file's id.
func (f *file) ID() string { return f.id }

// typed returns a message's text as a person reads it. It is called while the template runs, which holds no lock.
func (s *Server) typed(text string) string {
	names := []string{"&lt;", "<", "&gt;", ">", "&amp;", "&", "<@" + BotUser + ">", "@" + BotName}
	for _, p := range s.o.People { // never changed
		names = append(names, "<@"+p.ID+">", "@"+p.Name)
	}
	return strings.NewReplacer(names...).Replace(text)
}

// who returns the name of a person, or the id of somebody who is not known.
func (s *Server) who(id any) string {
	for _, p := range s.o.People { // never changed
		if p.ID == id {
			return p.Name
		}
	}
	text, _ := id.(string)
	return text
}

// emoji draws what most fonts have, and names the rest.
func emoji(name any) string {
	known := map[any]string{
		"white_check_mark": "✔", "x": "✘", "warning": "⚠", "raised_hand": "‖", "no_entry_sign": "⊘", "hourglass_flowing_sand": "…", "eyes": "◉",
	}
	if sign := known[name]; sign != "" {
		return sign
	}
	text, _ := name.(string)
	return ":" + text + ":"
}

// named is an emoji as it is written in a text.
var named = regexp.MustCompile(`:[a-z_]+:`)

// signs draws the emoji of a text.
func signs(text string) string {
	return named.ReplaceAllStringFunc(text, func(name string) string { return emoji(strings.Trim(name, ":")) })
}

// get returns a member of an object, nil for anything else.
func get(value any, names ...string) any {
	for _, name := range names {
		switch o := value.(type) {
		case node:
			value = o[name]
		case map[string]any:
			value = o[name]
		default:
			return nil
		}
	}
	return value
}

// dict lets a template hand several things to another.
func dict(pairs ...any) map[string]any {
	all := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		all[name] = pairs[i+1]
	}
	return all
}

// elements are what can be pressed or chosen in a block.
func elements(b node) []any {
	if e := b["accessory"]; e != nil {
		return []any{e}
	}
	if b["type"] != "actions" {
		return nil
	}
	list, _ := b["elements"].([]any)
	return list
}
