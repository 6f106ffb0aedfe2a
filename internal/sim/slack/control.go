package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/petrelops/petrel/bot"
)

// none is the answer of a control call that has nothing to say.
type none struct{}

// controlRoutes adds the hidden API, which is listed in the package comment.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	for pattern, do := range s.formControls() {
		mux.HandleFunc(pattern, controlAnswer(do))
	}
	for pattern, do := range map[string]func(*http.Request) (any, error){
		"POST /_sim/say": controlled(func(r *http.Request, w Said) (any, error) {
			ts, err := s.Say(w)
			return answer{"ts": ts}, err
		}),
		"POST /_sim/slash": controlled(func(r *http.Request, w Said) (any, error) {
			w.Origin = "http://" + r.Host
			id, err := s.Slash(w)
			return answer{"trigger_id": id}, err
		}),
		"POST /_sim/press": controlled(func(r *http.Request, w Said) (any, error) {
			w.Origin = "http://" + r.Host
			id, err := s.Press(w)
			return answer{"trigger_id": id}, err
		}),
		"POST /_sim/raw": controlled(func(_ *http.Request, w struct {
			Type    string          `json:"type"`
			Payload json.RawMessage `json:"payload"`
		},
		) (any, error) {
			s.Raw(w.Type, w.Payload)
			return none{}, nil
		}),
		"POST /_sim/redeliver":      func(*http.Request) (any, error) { return none{}, s.Redeliver() },
		"GET /_sim/messages":        s.controlMessages,
		"GET /_sim/wait":            s.controlWait,
		"GET /_sim/sockets":         func(*http.Request) (any, error) { return answer{"open": s.Sockets()}, nil },
		"POST /_sim/sockets/rotate": func(*http.Request) (any, error) { s.RotateSocket(); return none{}, nil },
		"POST /_sim/sockets/drop":   func(*http.Request) (any, error) { s.DropSockets(); return none{}, nil },
		"POST /_sim/sockets/deaf":   func(*http.Request) (any, error) { s.DeafenSockets(); return none{}, nil },
		"POST /_sim/faults": controlled(func(_ *http.Request, f Fault) (any, error) {
			id, err := s.Inject(f)
			return answer{"id": id}, err
		}),
		"GET /_sim/faults":    func(*http.Request) (any, error) { return answer{"faults": s.Faults()}, nil },
		"DELETE /_sim/faults": func(*http.Request) (any, error) { s.ClearFaults(); return none{}, nil },
		"PUT /_sim/scopes": controlled(func(_ *http.Request, w struct{ Scopes []string }) (any, error) {
			s.SetScopes(w.Scopes)
			return none{}, nil
		}),
		"POST /_sim/revoke": func(*http.Request) (any, error) { s.Revoke(); return none{}, nil },
	} {
		mux.HandleFunc(pattern, controlAnswer(do))
	}
}

func controlAnswer(do func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := do(r)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		switch bot.ErrorCode(err) {
		case "":
		case bot.CodeNotFound:
			w.WriteHeader(http.StatusNotFound)
			body = answer{"error": err.Error()}
		default:
			w.WriteHeader(http.StatusBadRequest)
			body = answer{"error": err.Error()}
		}
		send(w, body)
	}
}

// controlled reads the body into a T for do.
func controlled[T any](do func(*http.Request, T) (any, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var body T
		d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
		d.DisallowUnknownFields()
		if err := d.Decode(&body); err != nil {
			return nil, bot.E(bot.CodeInvalid, "simslack.control.read", "The body cannot be read", err)
		}
		return do(r, body)
	}
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
	limit := 10 * time.Second
	if text := query.Get("timeout"); text != "" {
		var err error
		if limit, err = time.ParseDuration(text); err != nil {
			return nil, bot.E(bot.CodeInvalid, "simslack.control.wait", `Write durations such as "250ms"`, err)
		}
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
