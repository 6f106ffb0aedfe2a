package discord

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	simpage "github.com/petrelops/petrel/internal/sim/page"
)

//go:embed page.html
var pageText string

// page is what the templates show.
type page struct {
	simpage.Frame
	Messages []pageMessage
	Answered *pageMessage // what is typed is a reply to it
	Choices  []string     // what the line may become
	Asked    bool         // for choices
}

// pageMessage is a message as it is drawn.
type pageMessage struct {
	Message
	From   string
	Bot    bool
	Said   string // what is answered: a message's beginning, or the use of a command
	Text   []span
	Embeds []pageEmbed
	Rows   [][]simpage.Button
}

// pageEmbed is an embed as it is drawn.
type pageEmbed struct {
	Color         string
	Author, Title []span
	Text          []span
	Fields        []pageField
	Footer        string
}

type pageField struct{ Name, Value []span }

// pageRoutes adds the page on which a person can try the bot in a browser.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	simpage.Site{
		Text:  pageText,
		Funcs: template.FuncMap{"signs": signs},
		First: "/c/" + s.o.Channels[0].ID + "?as=" + s.o.People[0].ID,
		Views: map[string]simpage.View{"/c/{channel}": {Gather: s.gather}},
		Actions: map[string]func(*http.Request) error{
			"type": func(r *http.Request) error {
				w := sent(r)
				var err error
				if w.Command != "" {
					_, err = s.Slash(w)
				} else {
					w.Text = strings.TrimSpace(w.Text)
					_, err = s.Say(w)
				}
				return err
			},
			"press": func(r *http.Request) error {
				_, err := s.Press(sent(r))
				return err
			},
			"form": s.formDone,
		},
	}.Routes(mux)
}

// sent is what a form of the page says. A slash begins a command.
func sent(r *http.Request) Said {
	w := Said{
		User: r.FormValue("as"), Channel: r.PathValue("channel"), Text: strings.TrimLeft(r.FormValue("text"), " "), Reply: r.FormValue("reply"),
		Message: r.FormValue("message"), Label: r.FormValue("label"),
	}
	if command, ok := strings.CutPrefix(w.Text, "/"); ok {
		w.Command, w.Text, _ = strings.Cut(command, " ")
	}
	return w
}

// formDone submits the form that is open or closes it.
func (s *Server) formDone(r *http.Request) error {
	person := r.FormValue("as")
	if r.FormValue("close") != "" {
		s.CloseForm(person)
		return nil
	}
	filled, _ := simpage.Filled(r)
	return s.Fill(person, r.FormValue("view"), filled)
}
