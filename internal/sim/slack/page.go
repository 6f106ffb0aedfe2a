package slack

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

// page is what the templates show.
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
	From   string
	Layout []node // blocks
	Open   []*file
}

// pageRoutes adds the pages on which a person can try the bot in a browser.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	shown := template.Must(template.New("page").Funcs(template.FuncMap{"get": get, "typed": s.typed}).Parse(pageText))
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
		if strings.HasPrefix(w.Text, "/") {
			w.Command, w.Text, _ = strings.Cut(w.Text, " ")
			_, err := s.Slash(w)
			return err
		}
		_, err := s.Say(w)
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
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		said := Said{
			User: r.FormValue("as"), Channel: r.PathValue("channel"), Text: strings.TrimSpace(r.FormValue("text")), Thread: r.FormValue("thread"),
			TS: r.FormValue("ts"), Label: r.FormValue("label"), Origin: "http://" + r.Host,
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
		shown := pageMessage{Message: *m, From: s.state.people[m.User].Name}
		if shown.From == "" {
			shown.From = m.User
		}
		_ = json.Unmarshal(m.Blocks, &shown.Layout) // no blocks is no layout
		for _, id := range m.Files {
			shown.Open = append(shown.Open, s.state.files[id])
		}
		p.Messages = append(p.Messages, shown)
	}
	return p
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
