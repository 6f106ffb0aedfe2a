package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/script"
)

// controlRoutes adds the hidden API, which is listed in the package comment.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	script.Handle(mux, s.formControls())
	script.Handle(mux, map[string]script.Control{
		"POST /_sim/say": script.Body(func(w Said) (any, error) {
			ts, err := s.Say(w)
			return answer{"ts": ts}, err
		}),
		"POST /_sim/slash": script.Request(func(r *http.Request, w Said) (any, error) {
			w.Origin = "http://" + r.Host
			id, err := s.Slash(w)
			return answer{"trigger_id": id}, err
		}),
		"POST /_sim/press": script.Request(func(r *http.Request, w Said) (any, error) {
			w.Origin = "http://" + r.Host
			id, err := s.Press(w)
			return answer{"trigger_id": id}, err
		}),
		"POST /_sim/raw": script.Body(func(w struct {
			Type    string          `json:"type"`
			Payload json.RawMessage `json:"payload"`
		},
		) (any, error) {
			s.Raw(w.Type, w.Payload)
			return script.None{}, nil
		}),
		"POST /_sim/redeliver":      func(*http.Request) (any, error) { return script.None{}, s.Redeliver() },
		"GET /_sim/messages":        s.controlMessages,
		"GET /_sim/wait":            s.controlWait,
		"GET /_sim/sockets":         func(*http.Request) (any, error) { return answer{"open": s.Sockets()}, nil },
		"POST /_sim/sockets/rotate": script.Do(s.RotateSocket),
		"POST /_sim/sockets/warn":   script.Do(s.WarnSocket),
		"POST /_sim/sockets/drop":   script.Do(s.DropSockets),
		"POST /_sim/sockets/deaf":   script.Do(s.DeafenSockets),
		"POST /_sim/faults": script.Body(func(f script.Fault) (any, error) {
			id, err := s.Inject(f)
			return answer{"id": id}, err
		}),
		"GET /_sim/faults":    func(*http.Request) (any, error) { return answer{"faults": s.Faults()}, nil },
		"DELETE /_sim/faults": script.Do(s.ClearFaults),
		"PUT /_sim/scopes": script.Body(func(w struct{ Scopes []string }) (any, error) {
			s.SetScopes(w.Scopes)
			return script.None{}, nil
		}),
		"POST /_sim/revoke": script.Do(s.Revoke),
	})
}

// shownMessage is a message as the control API shows it.
type shownMessage struct {
	TS       string   `json:"ts"`
	Thread   string   `json:"thread,omitempty"`
	User     string   `json:"user"`
	Text     string   `json:"text"` // as a person reads it
	Only     string   `json:"only,omitempty"`
	Files    []string `json:"files,omitempty"`
	Reaction []string `json:"reactions,omitempty"`
}

func (s *Server) controlMessages(r *http.Request) (any, error) {
	list := []shownMessage{}
	for _, m := range s.Messages(r.URL.Query().Get("channel")) {
		list = append(list, shownMessage{m.TS, m.Thread, m.User, Readable(m), m.Only, m.Files, m.Reactions})
	}
	return answer{"messages": list}, nil
}

// controlWait waits for a text, or for sockets to be open, for as long as the query says.
func (s *Server) controlWait(r *http.Request) (any, error) {
	query := r.URL.Query()
	limit, err := script.Patience(r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	if text := query.Get("sockets"); text != "" {
		count, err := strconv.Atoi(text)
		if err != nil {
			return nil, bot.E(bot.CodeInvalid, "simslack.control.wait", "The number of sockets is no number", err)
		}
		return answer{"seen": s.WaitSockets(ctx, count) == nil}, nil
	}
	if person := query.Get("form"); person != "" {
		return answer{"seen": s.WaitForm(ctx, person) == nil}, nil
	}
	if person := query.Get("home"); person != "" {
		return answer{"seen": s.WaitHome(ctx, person, query.Get("text")) == nil}, nil
	}
	return answer{"seen": s.Wait(ctx, query.Get("text")) == nil}, nil
}
