package discord

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/petrelops/petrel/bot"
)

//go:embed page.html
var pageText string

// page is what the template shows.
type page struct {
	People   []Person
	As       Person
	Channels []Channel
	At       Channel
	Messages []pageMessage
	Problem  string
}

type pageMessage struct {
	Message
	From    string
	Text    string
	Buttons []string
	Open    []string // names of files
}

// pageRoutes adds the page on which a person can try the bot in a browser.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	shown := template.Must(template.New("page").Parse(pageText))
	show := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_ = shown.ExecuteTemplate(w, name, s.gather(r)) // a reader that went away has no further say
		}
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/c/"+s.o.Channels[0].ID+"?as="+s.o.People[0].ID, http.StatusSeeOther)
	})
	mux.HandleFunc("GET /c/{channel}", show("page"))
	mux.HandleFunc("GET /c/{channel}/messages", show("messages"))
	mux.HandleFunc("POST /c/{channel}/type", s.acted(func(w Said) error {
		var err error
		if command, ok := strings.CutPrefix(w.Text, "/"); ok {
			w.Command, w.Text, _ = strings.Cut(command, " ")
			_, err = s.Slash(w)
		} else {
			_, err = s.Say(w)
		}
		return err
	}))
	mux.HandleFunc("POST /c/{channel}/press", s.acted(func(w Said) error {
		_, err := s.Press(w)
		return err
	}))
}

// acted does what a form asks for and shows the channel again.
func (s *Server) acted(do func(Said) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxMemory)
		said := Said{
			User: r.FormValue("as"), Channel: r.PathValue("channel"), Text: strings.TrimSpace(r.FormValue("text")),
			Message: r.FormValue("message"), Label: r.FormValue("label"),
		}
		back := url.Values{"as": {said.User}}
		if err := do(said); err != nil {
			back.Set("problem", bot.ErrorText(err))
		}
		http.Redirect(w, r, "/c/"+url.PathEscape(said.Channel)+"?"+back.Encode(), http.StatusSeeOther)
	}
}

// gather gathers what the page of a channel shows to the person.
func (s *Server) gather(r *http.Request) page {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := page{People: s.o.People, Problem: r.URL.Query().Get("problem"), As: s.state.people[r.URL.Query().Get("as")]}
	for _, id := range s.state.order {
		c := *s.state.channels[id]
		if c.With != "" {
			c.Name = "direct messages"
		}
		if !c.has(p.As.ID) {
			continue
		}
		p.Channels = append(p.Channels, c)
		if id == r.PathValue("channel") {
			p.At = c
		}
	}
	for _, m := range s.state.messages[p.At.ID] {
		if m.Only != "" && m.Only != p.As.ID {
			continue
		}
		shown := pageMessage{Message: *m, From: s.state.people[m.User].Name, Text: Readable(*m), Open: m.Files}
		var rows []component
		_ = json.Unmarshal(m.Components, &rows) // no components is none
		for _, row := range rows {
			for _, c := range row.Components {
				if c.Label != "" {
					shown.Buttons = append(shown.Buttons, c.Label)
				}
				for _, o := range c.Options {
					shown.Buttons = append(shown.Buttons, o.Label)
				}
			}
		}
		p.Messages = append(p.Messages, shown)
	}
	return p
}
