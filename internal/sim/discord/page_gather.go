package discord

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/petrelops/petrel/bot"
	simpage "github.com/petrelops/petrel/internal/sim/page"
)

// gather gathers what the page of a channel shows to the person.
func (s *Server) gather(r *http.Request) any {
	var p page
	if r.URL.Query().Has("complete") { // whoever types waits for the bot, and nobody else does
		p = s.offered(sent(r))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frame(&p, r)
	c, ok := s.state.channels[r.PathValue("channel")]
	if !ok || !c.has(p.As.ID) {
		return p
	}
	p.At = c.place()
	for _, m := range s.state.messages[c.ID] {
		if m.Only != "" && m.Only != p.As.ID {
			continue
		}
		shown := s.drawn(m)
		p.Messages = append(p.Messages, shown)
		if m.ID == r.URL.Query().Get("reply") {
			p.Answered = &shown
		}
	}
	return p
}

// offered is what a line may become: as Discord's client knows it of itself, and otherwise as the bot says.
func (s *Server) offered(w Said) page {
	p := page{Asked: true}
	if w.Command == "" {
		p.Problem = "Values are offered for a command. Begin the line with /petrel."
		return p
	}
	s.mu.Lock()
	read, err := s.parse(w)
	s.mu.Unlock()
	var list []string
	ask := false
	if err == nil {
		list, ask = read.next(w.Text)
	}
	if ask {
		if list, err = s.Complete(w); err == nil {
			for i := range list {
				list[i] = read.taken(w.Text, list[i])
			}
		}
	}
	if err != nil {
		p.Problem = bot.ErrorText(err)
	}
	for _, line := range list {
		p.Choices = append(p.Choices, "/"+w.Command+" "+line)
	}
	return p
}

// frame fills in what every page has. It is called with mu held.
func (s *Server) frame(p *page, r *http.Request) {
	query := r.URL.Query()
	as := query.Get("as")
	p.Chat, p.As, p.Typed = "Discord", simpage.Person{ID: as, Name: s.state.people[as].Name}, query.Get("text")
	if p.Problem == "" {
		p.Problem = query.Get("problem")
	}
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
	if form := s.form[as]; form != nil {
		p.Form = form.drawn()
	}
}

// place is the channel as the page shows it.
func (c *Channel) place() simpage.Place {
	p := simpage.Place{Name: "# " + c.Name, Path: "/c/" + c.ID}
	if c.With != "" {
		p.Name = "direct messages"
	}
	return p
}

// drawn is a message as the page shows it. It is called with mu held.
func (s *Server) drawn(m *Message) pageMessage {
	author := s.state.people[m.User]
	shown := pageMessage{Message: *m, From: author.Name, Bot: author.Bot, Text: s.state.spans(m.Content)}
	if answered := s.state.find(m.Channel, m.Reply); answered != nil {
		shown.Said = s.state.people[answered.User].Name + ": " + s.state.named(answered.Content)
	}
	if in := s.interactions["token-"+m.By]; in != nil && in.kind == kindCommand {
		shown.Said = s.state.people[in.user].Name + " used /" + in.command
	}
	var embeds []embed
	_ = json.Unmarshal(m.Embeds, &embeds) // no embeds is none
	for _, e := range embeds {
		one := pageEmbed{
			Color: fmt.Sprintf("#%06x", e.Color), Author: s.state.spans(e.Author.Name), Title: s.state.spans(e.Title), Text: s.state.spans(e.Description),
			Footer: e.Footer.Text,
		}
		for _, f := range e.Fields {
			one.Fields = append(one.Fields, pageField{s.state.spans(f.Name), s.state.spans(f.Value)})
		}
		shown.Embeds = append(shown.Embeds, one)
	}
	var rows []component
	_ = json.Unmarshal(m.Components, &rows) // no components is none
	for _, row := range rows {
		var buttons []simpage.Button
		for _, c := range row.Components {
			buttons = append(buttons, c.button())
		}
		shown.Rows = append(shown.Rows, buttons)
	}
	return shown
}

// button is the component as something to press. Discord's styles are blue, grey, green and red.
func (c component) button() simpage.Button {
	styles := map[int]string{1: "blurple", 3: "primary", 4: "danger"}
	b := simpage.Button{Label: c.Label, Style: styles[c.Style]}
	if c.Type == typeSelect {
		b.Label = c.Placeholder
		if b.Label == "" {
			b.Label = "Choose"
		}
	}
	for _, o := range c.Options {
		b.Options = append(b.Options, o.Label)
	}
	return b
}

// drawn is the form as the page shows it.
func (f *openForm) drawn() *simpage.Form {
	shown := &simpage.Form{ID: f.id, Title: f.title, Submit: "Submit", Trouble: f.trouble}
	for _, c := range f.fields {
		field := &simpage.Field{
			Name: c.Component.CustomID, Label: c.Label, Hint: c.Description, Kind: simpage.KindText, Placeholder: c.Component.Placeholder,
			Required: c.Component.needed(), Typed: f.typed[c.Component.CustomID], Fault: f.faults[c.Component.CustomID],
		}
		if c.Component.Style == styleLong {
			field.Kind = simpage.KindLong
		}
		if c.Component.Type == typeSelect {
			field.Kind = simpage.KindSelect
		}
		for _, o := range c.Component.Options {
			field.Options = append(field.Options, simpage.Option{Value: o.Value, Label: o.Label})
		}
		shown.Rows = append(shown.Rows, simpage.Row{Field: field})
	}
	return shown
}
