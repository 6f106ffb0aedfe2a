package slack

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/petrelops/petrel/bot"
	simpage "github.com/petrelops/petrel/internal/sim/page"
)

//go:embed page.html
var pageText string

// page is what the templates show.
type page struct {
	simpage.Frame
	Thread    string // that what is typed answers
	Messages  []pageMessage
	Shortcuts []Shortcut
	IsHome    bool
	Home      []node
}

// pageMessage is a message with what hangs in its thread.
type pageMessage struct {
	Message
	From    string
	Layout  []node // blocks
	Open    []*file
	Replies []pageMessage
}

// homePath is where the App home is shown.
const homePath = "/home"

// pageRoutes adds the pages on which a person can try the bot in a browser.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	simpage.Site{
		Text: pageText,
		Funcs: template.FuncMap{
			"get": get, "typed": s.typed, "who": s.who, "emoji": emoji, "signs": signs, "buttonsOf": buttonsOf,
		},
		First: "/c/" + s.o.Channels[0].ID + "?as=" + s.o.People[0].ID,
		Views: map[string]simpage.View{
			"/c/{channel}": {Gather: s.gather},
			homePath: {Gather: s.gatherHome, Opened: func(r *http.Request) {
				_ = s.OpenHome(r.URL.Query().Get("as")) // the page says when there is no such person
			}},
		},
		Actions: s.pageActions(),
	}.Routes(mux)
}

// pageActions are what the buttons of the pages do, all of it through what the control API does as well.
func (s *Server) pageActions() map[string]func(*http.Request) error {
	return map[string]func(*http.Request) error{
		"type": func(r *http.Request) error {
			w := sent(r)
			if strings.HasPrefix(w.Text, "/") {
				w.Command, w.Text, _ = strings.Cut(w.Text, " ")
				_, err := s.Slash(w)
				return err
			}
			_, err := s.Say(w)
			return err
		},
		"press": func(r *http.Request) error {
			w := sent(r)
			if w.Channel == "" {
				_, err := s.PressHome(w.User, w.Label)
				return err
			}
			_, err := s.Press(w)
			return err
		},
		"shortcut": func(r *http.Request) error {
			_, err := s.Run(sent(r), r.FormValue("callback"))
			return err
		},
		"form": s.formDone,
	}
}

// sent is what a form of the page says.
func sent(r *http.Request) Said {
	return Said{
		User: r.FormValue("as"), Channel: r.PathValue("channel"), Text: strings.TrimSpace(r.FormValue("text")), Thread: r.FormValue("thread"),
		TS: r.FormValue("message"), Label: r.FormValue("label"), Origin: "http://" + r.Host,
	}
}

// formDone submits the form that is open, closes it, or looks for values of one of its selects.
func (s *Server) formDone(r *http.Request) error {
	person := r.FormValue("as")
	if r.FormValue("close") != "" {
		s.CloseForm(person)
		return nil
	}
	form, _ := s.Form(person)
	if form.View != r.FormValue("view") {
		return bot.E(bot.CodeConflict, "simslack.form.submit", "Another form is open now", nil)
	}
	w := Filled{User: person}
	w.Values, w.Field = simpage.Filled(r)
	if w.Field == "" {
		return s.Submit(r.Context(), w)
	}
	w.Typed = r.FormValue("search." + w.Field)
	_, err := s.Suggest(r.Context(), w)
	return err
}
