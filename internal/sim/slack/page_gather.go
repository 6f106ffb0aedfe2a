package slack

import (
	"net/http"
	"regexp"
	"strings"

	simpage "github.com/petrelops/petrel/internal/sim/page"
)

// gather gathers what the page of a channel shows to the person.
func (s *Server) gather(r *http.Request) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.frame(r)
	c, ok := s.state.channels[r.PathValue("channel")]
	if !ok || !c.has(p.As.ID) {
		return p
	}
	p.At = c.place()
	p.Thread = r.URL.Query().Get("thread")
	threads := map[string]int{} // index of the message that a thread hangs below
	for _, m := range s.state.messages[c.ID] {
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
func (s *Server) gatherHome(r *http.Request) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.frame(r)
	p.IsHome, p.At = true, p.Apps[0]
	if v := s.state.homes[p.As.ID]; v != nil {
		p.Home = v.blocks()
	}
	return p
}

// frame is what every page has. It is called with mu held.
func (s *Server) frame(r *http.Request) page {
	p := page{Shortcuts: s.o.Shortcuts}
	as := r.URL.Query().Get("as")
	p.Chat, p.Problem, p.As = "Slack", r.URL.Query().Get("problem"), simpage.Person{ID: as, Name: s.state.people[as].Name}
	p.Apps = []simpage.Place{{Name: "App home", Path: homePath, Silent: true}}
	for _, person := range s.o.People {
		if !person.Bot {
			p.People = append(p.People, simpage.Person{ID: person.ID, Name: person.Name})
		}
	}
	for _, id := range s.state.order {
		if c := s.state.channels[id]; c.has(as) {
			p.Channels = append(p.Channels, c.place())
		}
	}
	if v := s.state.modals[as]; v != nil {
		p.Form = v.form()
	}
	return p
}

// place is the channel as the page shows it.
func (c *Channel) place() simpage.Place {
	p := simpage.Place{Name: "# " + c.Name, Path: "/c/" + c.ID}
	if c.With != "" {
		p.Name = "direct messages"
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
func (v *view) form() *simpage.Form {
	f := &simpage.Form{ID: v.id, Title: plainOf(v.raw["title"]), Submit: plainOf(v.raw["submit"]), Close: plainOf(v.raw["close"]), Trouble: v.faults[""]}
	for _, b := range v.blocks() {
		row := simpage.Row{Layout: b}
		if in, ok := v.input(b); ok {
			row.Field = in.field()
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// field is the input as the page shows it.
func (in input) field() *simpage.Field {
	kinds := map[string]string{
		"number_input": simpage.KindNumber, "datepicker": simpage.KindDate, "static_select": simpage.KindSelect,
		"external_select": simpage.KindSearch, "radio_buttons": simpage.KindRadio, "checkboxes": simpage.KindCheck,
	}
	f := &simpage.Field{
		Name: in.Block, Label: in.Label, Hint: in.Hint, Kind: kinds[in.Kind], Placeholder: in.Placeholder, Fault: in.Fault,
		Required: in.Required, Typed: in.Typed,
	}
	if in.Long {
		f.Kind = simpage.KindLong
	}
	for _, o := range in.Options {
		f.Options = append(f.Options, simpage.Option{Value: text(o, "value"), Label: plainOf(o["text"])})
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

// buttonsOf returns what can be pressed or chosen in a block.
func buttonsOf(b node) []simpage.Button {
	list := []any{b["accessory"]}
	if b["type"] == "actions" {
		list, _ = b["elements"].([]any)
	}
	var all []simpage.Button
	for _, one := range list {
		e, ok := one.(map[string]any)
		if !ok {
			continue
		}
		button := simpage.Button{Label: plainOf(e["text"]), Style: text(e, "style")}
		if e["type"] != "button" {
			button.Label = plainOf(e["placeholder"])
			options, _ := e["options"].([]any)
			for _, o := range options {
				label, _ := get(o, "text", "text").(string)
				button.Options = append(button.Options, label)
			}
		}
		if button.Label == "" {
			button.Label = "Choose"
		}
		all = append(all, button)
	}
	return all
}
