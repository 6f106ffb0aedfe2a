package slack

import (
	"net/http"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/script"
)

// formControls are the calls of the control API that are about forms, the App home and shortcuts.
func (s *Server) formControls() map[string]script.Control {
	return map[string]script.Control{
		"GET /_sim/form": func(r *http.Request) (any, error) {
			form, open := s.Form(r.URL.Query().Get("user"))
			if !open {
				return nil, bot.E(bot.CodeNotFound, "simslack.form.find", "No form is open", nil)
			}
			return form, nil
		},
		"POST /_sim/submit": script.Request(func(r *http.Request, w Filled) (any, error) {
			if err := s.Submit(r.Context(), w); err != nil {
				return nil, err
			}
			form, open := s.Form(w.User)
			return answer{"open": open, "form": form}, nil
		}),
		"POST /_sim/suggest": script.Request(func(r *http.Request, w Filled) (any, error) {
			options, err := s.Suggest(r.Context(), w)
			return answer{"options": options}, err
		}),
		"POST /_sim/close": script.Body(func(w Filled) (any, error) {
			s.CloseForm(w.User)
			return script.None{}, nil
		}),
		"POST /_sim/shortcut": script.Request(func(r *http.Request, w Said) (any, error) {
			w.Origin = "http://" + r.Host
			id, err := s.Run(w, w.Command)
			return answer{"trigger_id": id}, err
		}),
		"POST /_sim/home": script.Body(func(w Said) (any, error) {
			if w.Label != "" {
				_, err := s.PressHome(w.User, w.Label)
				return script.None{}, err
			}
			return script.None{}, s.OpenHome(w.User)
		}),
		"GET /_sim/home": func(r *http.Request) (any, error) { return answer{"text": s.Home(r.URL.Query().Get("user"))}, nil },
	}
}
