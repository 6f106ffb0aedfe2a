package slack

import (
	"net/http"

	"github.com/petrelops/petrel/bot"
)

// formControls are the calls of the control API that are about forms, the App home and shortcuts.
func (s *Server) formControls() map[string]func(*http.Request) (any, error) {
	return map[string]func(*http.Request) (any, error){
		"GET /_sim/form": func(r *http.Request) (any, error) {
			form, open := s.Form(r.URL.Query().Get("user"))
			if !open {
				return nil, bot.E(bot.CodeNotFound, "simslack.form.find", "No form is open", nil)
			}
			return form, nil
		},
		"POST /_sim/submit": controlled(func(r *http.Request, w Filled) (any, error) {
			if err := s.Submit(r.Context(), w); err != nil {
				return nil, err
			}
			form, open := s.Form(w.User)
			return answer{"open": open, "form": form}, nil
		}),
		"POST /_sim/suggest": controlled(func(r *http.Request, w Filled) (any, error) {
			options, err := s.Suggest(r.Context(), w)
			return answer{"options": options}, err
		}),
		"POST /_sim/close": controlled(func(_ *http.Request, w Filled) (any, error) {
			s.CloseForm(w.User)
			return none{}, nil
		}),
		"POST /_sim/shortcut": controlled(func(r *http.Request, w Said) (any, error) {
			w.Origin = "http://" + r.Host
			id, err := s.Run(w, w.Command)
			return answer{"trigger_id": id}, err
		}),
		"POST /_sim/home": controlled(func(_ *http.Request, w Said) (any, error) {
			if w.Label != "" {
				_, err := s.PressHome(w.User, w.Label)
				return none{}, err
			}
			return none{}, s.OpenHome(w.User)
		}),
		"GET /_sim/home": func(r *http.Request) (any, error) { return answer{"text": s.Home(r.URL.Query().Get("user"))}, nil },
	}
}
