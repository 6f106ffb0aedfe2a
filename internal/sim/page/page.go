package page

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/petrelops/petrel/bot"
)

//go:embed page.html
var text string

// maxForm bounds what a form of a page may send.
const maxForm = 1 << 20

// Site is the page of one chat.
type Site struct {
	// Text has the templates of the chat: "style" has its colours, "content" what stands in the frame of messages. It may define "above",
	// "beside" and "after" the line to type on, and "body", what a form tells between its fields.
	Text  string
	Funcs template.FuncMap
	// First is where a visitor begins.
	First string
	// Views are by their path, such as /c/{channel}.
	Views map[string]View
	// Actions are what the forms of each view do, by the last part of their path: they take what was sent and show the view again.
	Actions map[string]func(*http.Request) error
}

// View is a place that can be looked at.
type View struct {
	// Opened is told that somebody came here; nil tells nobody. The messages are looked at every two seconds without it.
	Opened func(*http.Request)
	// Gather returns a struct that embeds Frame.
	Gather func(*http.Request) any
}

// Frame is what every page shows.
type Frame struct {
	Chat     string // such as Slack
	People   []Person
	As       Person
	Channels []Place
	Apps     []Place
	At       Place  // none: the person is not there
	Typed    string // stands in the line to type on
	Problem  string
	Form     *Form // covers the messages
}

// Person is somebody whom a visitor can be.
type Person struct{ ID, Name string }

// Place is a channel, or something else that can be looked at.
type Place struct {
	Name, Path string
	Silent     bool // nothing can be typed there
}

// Button can be pressed. With options one of them is chosen.
type Button struct {
	Label, Style string
	Options      []string
}

// Form covers the messages until it is sent or closed.
type Form struct {
	ID                            string
	Title, Submit, Close, Trouble string
	Rows                          []Row
}

// Row is a field of a form, or something between the fields.
type Row struct {
	Field  *Field
	Layout any
}

// The kinds of Field.
const (
	KindText   = "text"
	KindLong   = "long"
	KindNumber = "number"
	KindDate   = "date"
	KindSelect = "select"
	KindSearch = "search" // a select whose options are looked for
	KindRadio  = "radio"
	KindCheck  = "checkbox"
)

// Field is something to fill in.
type Field struct {
	Name, Label, Hint, Kind string
	Placeholder, Fault      string
	Required                bool
	Typed                   []string
	Options                 []Option
}

// Option is a value to choose.
type Option struct{ Value, Label string }

// First returns the text that stands in a line.
func (f Field) First() string {
	if len(f.Typed) == 0 {
		return ""
	}
	return f.Typed[0]
}

// Has reports whether the value is chosen.
func (f Field) Has(value string) bool {
	for _, v := range f.Typed {
		if v == value {
			return true
		}
	}
	return false
}

// Routes adds the pages to mux.
func (s Site) Routes(mux *http.ServeMux) {
	shown := template.Must(template.Must(template.New("page").Funcs(template.FuncMap{"dict": dict}).Funcs(s.Funcs).Parse(text)).Parse(s.Text))
	mux.Handle("GET /{$}", http.RedirectHandler(s.First, http.StatusSeeOther))
	for path, view := range s.Views {
		show := func(name string) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if name == "page" && view.Opened != nil {
					view.Opened(r)
				}
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Cache-Control", "no-store")
				_ = shown.ExecuteTemplate(w, name, view.Gather(r)) // a reader that went away has no further say
			}
		}
		mux.HandleFunc("GET "+path, show("page"))
		mux.HandleFunc("GET "+path+"/messages", show("messages"))
		for name, do := range s.Actions {
			mux.HandleFunc("POST "+path+"/"+name, done("/"+name, do))
		}
	}
}

// done does what a form asks for and shows the view again.
func done(name string, do func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		back := url.Values{"as": {r.FormValue("as")}}
		if err := do(r); err != nil {
			back.Set("problem", bot.ErrorText(err))
		}
		http.Redirect(w, r, strings.TrimSuffix(r.URL.EscapedPath(), name)+"?"+back.Encode(), http.StatusSeeOther)
	}
}

// Filled returns what was filled into the fields of a form by their names, and the field whose values are looked for instead, if any.
func Filled(r *http.Request) (values map[string][]string, find string) {
	values = map[string][]string{}
	_ = r.ParseForm() // what cannot be read is not filled in
	for name, sent := range r.PostForm {
		field, ok := strings.CutPrefix(name, "field.")
		if !ok {
			continue
		}
		values[field] = []string{}
		for _, v := range sent {
			if v != "" { // each field sends an empty one, so that nothing chosen is told as well
				values[field] = append(values[field], v)
			}
		}
	}
	return values, r.PostForm.Get("find")
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
