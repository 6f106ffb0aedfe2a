package slack

import (
	_ "embed"
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
	People    []Person
	As        Person
	Channels  []Channel
	At        Channel
	Thread    string // that what is typed answers
	Messages  []pageMessage
	Shortcuts []Shortcut
	Problem   string
	Form      *pageForm
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

// pageForm is the modal that covers the messages.
type pageForm struct {
	ID                            string // of the view
	Title, Submit, Close, Trouble string
	Rows                          []pageRow
}

// pageRow is a field of a form, or a block that only tells something.
type pageRow struct {
	Field  *input
	Layout node
}

// pageRoutes adds the pages on which a person can try the bot in a browser. They need no script.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	shown := template.Must(template.New("page").Funcs(template.FuncMap{
		"get": get, "typed": s.typed, "who": s.who, "emoji": emoji, "signs": signs, "dict": dict, "elements": elements,
	}).Parse(pageText))
	show := func(name string, gather func(*http.Request) page) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			_ = shown.ExecuteTemplate(w, name, gather(r)) // a reader that went away has no further say
		}
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/c/"+s.o.Channels[0].ID+"?as="+s.o.People[0].ID, http.StatusSeeOther)
	})
	mux.HandleFunc("GET /c/{channel}", show("page", s.gather))
	mux.HandleFunc("GET /c/{channel}/messages", show("messages", s.gather))
	mux.HandleFunc("GET /home", show("page", func(r *http.Request) page {
		_ = s.OpenHome(r.URL.Query().Get("as")) // the page says when there is no such person
		return s.gatherHome(r)
	}))
	mux.HandleFunc("GET /home/messages", show("messages", s.gatherHome))
	for name, do := range s.pageActions() {
		mux.HandleFunc("POST /c/{channel}/"+name, s.done(do))
		mux.HandleFunc("POST /home/"+name, s.done(do))
	}
}

// pageActions are what the buttons of the pages do, all of it through what the control API does as well.
func (s *Server) pageActions() map[string]func(*http.Request, Said) error {
	return map[string]func(*http.Request, Said) error{
		"type": func(_ *http.Request, w Said) error {
			if strings.HasPrefix(w.Text, "/") {
				w.Command, w.Text, _ = strings.Cut(w.Text, " ")
				_, err := s.Slash(w)
				return err
			}
			_, err := s.Say(w)
			return err
		},
		"press": func(_ *http.Request, w Said) error {
			if w.Channel == "" {
				_, err := s.PressHome(w.User, w.Label)
				return err
			}
			_, err := s.Press(w)
			return err
		},
		"shortcut": func(r *http.Request, w Said) error {
			_, err := s.Run(w, r.FormValue("callback"))
			return err
		},
		"form": func(r *http.Request, w Said) error { return s.formDone(r, w.User) },
	}
}

// formDone submits the form that is open, closes it, or looks for values of one of its selects.
func (s *Server) formDone(r *http.Request, person string) error {
	if r.FormValue("close") != "" {
		s.CloseForm(person)
		return nil
	}
	w := Filled{User: person, Values: map[string][]string{}, Field: r.FormValue("find")}
	form, _ := s.Form(person)
	if form.View != r.FormValue("view") {
		return bot.E(bot.CodeConflict, "simslack.form.submit", "Another form is open now", nil)
	}
	for name, values := range r.Form {
		if block, ok := strings.CutPrefix(name, "field."); ok {
			w.Values[block] = without(values, "")
		}
	}
	if w.Field == "" {
		return s.Submit(r.Context(), w)
	}
	w.Typed = r.FormValue("search." + w.Field)
	_, err := s.Suggest(r.Context(), w)
	return err
}

// without returns the values that are not the one; a form sends an empty one so that nothing chosen is told as well.
func without(values []string, one string) []string {
	list := []string{}
	for _, v := range values {
		if v != one {
			list = append(list, v)
		}
	}
	return list
}

// done does what a form of the page asks for and shows the page again.
func (s *Server) done(do func(*http.Request, Said) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		said := Said{
			User: r.FormValue("as"), Channel: r.PathValue("channel"), Text: strings.TrimSpace(r.FormValue("text")), Thread: r.FormValue("thread"),
			TS: r.FormValue("ts"), Label: r.FormValue("label"), Origin: "http://" + r.Host,
		}
		back, path := url.Values{"as": {said.User}}, "/home"
		if said.Channel != "" {
			path = "/c/" + url.PathEscape(said.Channel)
		}
		if err := do(r, said); err != nil {
			back.Set("problem", bot.ErrorText(err))
		}
		http.Redirect(w, r, path+"?"+back.Encode(), http.StatusSeeOther)
	}
}
